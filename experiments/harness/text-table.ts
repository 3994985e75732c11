/** The table of results for a terminal: one line a cell, medians under each other. */
import { type Figure, type FigureName, figureNames, figures, figureText } from './figures.ts';
import type { ResultRow, Results } from './results-table.ts';
import type { Spread } from './statistics.ts';

/** A column: its heading, and one text a row. */
export interface Column {
  readonly heading: string;
  readonly align: 'left' | 'right';
  readonly texts: readonly string[];
}

const gap = '  ';

/** Figures whose spread is shown on a narrow terminal too. */
const spreadAlways: ReadonlySet<FigureName> = new Set(['secondsToTarget', 'seconds']);

/**
 * Medians, with the lowest and highest run behind where there are several; on a terminal of fewer
 * columns than that takes, only the time has its spread. A figure that no run has takes no column;
 * `> 12.3` is a target that at least half of the runs had not reached by then.
 */
export function textTable(results: Results, columnsMax = Number.POSITIVE_INFINITY): string {
  const whole = layOut(columnsOf(results, () => true));
  const width = Math.max(...whole.split('\n').map(line => line.length));
  return width <= columnsMax ? whole : layOut(columnsOf(results, name => spreadAlways.has(name)));
}

/** Medians and spread in words, for the line below the table. */
export function tableLegend(results: Results): string {
  const runs = Math.max(0, ...results.rows.map(row => row.planned));
  return runs > 1 ? `median of ${runs} runs (lowest to highest)` : 'one run a cell';
}

function columnsOf({ rows, axes }: Results, hasSpread: (name: FigureName) => boolean): Column[] {
  const columns: Column[] = axes.map(({ name }) => ({
    heading: name,
    align: 'left',
    texts: rows.map(({ labels }) => labels[name] ?? '')
  }));
  for (const name of shownFigures(rows)) {
    columns.push(...figureColumns(figures[name], name, rows, hasSpread(name)));
  }
  const remarks = rows.map(remark);
  if (remarks.some(text => text !== '')) {
    columns.push({ heading: '', align: 'left', texts: remarks });
  }
  return columns;
}

/**
 * The figures that a table of these rows shows. Where there is a target, the time to it stands for
 * the time, and accuracy for the loss.
 */
export function shownFigures(rows: readonly ResultRow[]): FigureName[] {
  const some = (name: FigureName): boolean => rows.some(row => row[name].reached > 0);
  const hidden = new Set<FigureName>(['parkedShare']);
  if (some('secondsToTarget')) hidden.add('seconds');
  if (some('finalAccuracy')) hidden.add('finalLoss');
  return figureNames.filter(name => some(name) && !hidden.has(name));
}

function figureColumns(
  figure: Figure,
  name: FigureName,
  rows: readonly ResultRow[],
  hasSpread: boolean
): Column[] {
  const unit = figure.unit === '' ? '' : ` ${figure.unit}`;
  const spreads = rows.map(row => (hasSpread ? spreadText(figure, row[name]) : ''));
  const medians: Column = {
    heading: figure.title,
    align: 'right',
    texts: rows.map(row => medianText(figure, row[name], unit))
  };
  if (spreads.every(text => text === '')) return [medians];
  return [medians, { heading: '', align: 'left', texts: spreads }];
}

export function medianText(figure: Figure, spread: Spread, unit: string): string {
  if (spread.median !== null) return `${figureText(figure, spread.median)}${unit}`;
  if (spread.censoredAt === null) return '-';
  return `> ${figureText(figure, spread.censoredAt)}${unit}`;
}

export function spreadText(figure: Figure, { min, max, runs, reached }: Spread): string {
  if (runs < 2 || min === null) return '';
  const low = figureText(figure, min);
  if (max === null) return `(${low}.. ${reached} of ${runs})`;
  const high = figureText(figure, max);
  return low === high ? '' : `(${low}..${high})`;
}

export function remark({ planned, done, diverged }: ResultRow): string {
  const words = diverged.map(({ seed, clock }) => `seed ${seed} diverged in iteration ${clock}`);
  if (done < planned) words.push(`${planned - done} of ${planned} runs missing`);
  return words.join(', ');
}

/** Columns under their headings, as lines. */
export function layOut(columns: readonly Column[]): string {
  const widths = columns.map(({ heading, texts }, index) => {
    // A heading may run on over the spread behind it, whose own heading is empty.
    const next = columns[index + 1];
    const spare = next?.heading === '' ? widthOf(next.texts) + gap.length : 0;
    return Math.max(widthOf(texts), heading.length - spare);
  });
  const lines = [headingLine(columns, widths)];
  for (let row = 0; row < (columns[0]?.texts.length ?? 0); row++) {
    const cells = columns.map(({ texts, align }, index) => {
      const text = texts[row] ?? '';
      const width = widths[index] ?? 0;
      return align === 'left' ? text.padEnd(width) : text.padStart(width);
    });
    lines.push(cells.join(gap).trimEnd());
  }
  return lines.join('\n');
}

function headingLine(columns: readonly Column[], widths: readonly number[]): string {
  let line = '';
  let end = 0;
  columns.forEach(({ heading, align }, index) => {
    const width = widths[index] ?? 0;
    const start = index === 0 ? 0 : end + gap.length;
    end = start + width;
    if (heading === '') return;
    const room = Math.max(width, heading.length);
    const runsOn = heading.length > width;
    const at = align === 'left' || runsOn ? start : start + room - heading.length;
    line = line.padEnd(at) + heading;
  });
  return line.trimEnd();
}

function widthOf(texts: readonly string[]): number {
  return Math.max(0, ...texts.map(text => text.length));
}
