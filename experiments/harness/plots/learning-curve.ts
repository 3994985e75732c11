/**
 * What the four learning curves share: test loss or accuracy against time or gradients applied,
 * the median over the seeds as a line and their spread as a band.
 */
import type { EvaluationRow } from '../../../core/record.ts';
import type { RunResult } from '../run-result.ts';
import { type Arrangement, arrange, type CellRuns, cellsOf } from './arrangement.ts';
import { driverDash, seriesColour } from './channels.ts';
import { counted, formatPercent } from './format.ts';
import { farApart, reachByPanel } from './panel-scale.ts';
import type { Datum, Json, Plot } from './plot.ts';
import { drawnSpread, spreadCaption } from './spread.ts';
import { diverged, evaluationsOf, sharedTarget } from './target.ts';

export interface CurveRequest {
  readonly name: string;
  readonly x: 'seconds' | 'gradients';
  readonly y: 'accuracy' | 'loss';
  /** States what is seen, from the runs. */
  readonly title: (results: readonly RunResult[]) => string;
}

/** A piecewise linear curve: points by ascending x. */
export type Curve = readonly (readonly [x: number, y: number])[];

/** Points of the common grid: enough for a curve as wide as a page. */
const gridPoints = 80;

/** A loss that falls by more than this factor is drawn on a logarithmic axis. */
const logarithmicRatio = 30;

const axisTitles = {
  seconds: 'Time since the start of training (s)',
  gradients: 'Gradients applied, over all workers',
  accuracy: 'Test accuracy (%)',
  loss: 'Test loss'
};

/** The plot; null where no run has evaluations with that measure. */
export function learningCurve(results: readonly RunResult[], request: CurveRequest): Plot | null {
  const arrangement = arrange(results);
  const data = cellsOf(arrangement).flatMap(cell => cellCurve(cell, request));
  if (data.length === 0) return null;
  const ends = data.map(({ panel, x }) => ({ panel: String(panel), at: Number(x) }));
  return {
    name: request.name,
    title: request.title(results),
    caption: caption(results, arrangement, request),
    data,
    view: { layer: layers(results, arrangement, request, data) },
    panels: arrangement.panels.length > 1 ? arrangement.panels : null,
    ownScale: farApart([...reachByPanel(ends).values()]) ? 'x' : null,
    columnsMax: 3,
    widthMax: null,
    height: arrangement.panels.length > 1 ? 220 : 320,
    axisWidth: 60,
    legend: arrangement.series,
    steps: arrangement.series.length
  };
}

/**
 * The curves of all seeds of a cell on one grid. Between evaluations the measure is interpolated
 * linearly; a run that has ended keeps its last value while others go on, but for a diverged one,
 * which has none. The grid begins where every seed has a value.
 */
export function onCommonGrid(
  curves: readonly { readonly curve: Curve; readonly holds: boolean }[],
  points: number
): { x: number; values: number[] }[] {
  const drawn = curves.filter(({ curve }) => curve.length > 0);
  const begin = Math.max(...drawn.map(({ curve }) => curve[0]![0]));
  const end = Math.max(...drawn.map(({ curve }) => curve[curve.length - 1]![0]));
  if (drawn.length === 0 || end < begin) return [];
  const grid = Array.from({ length: points }, (_, k) => begin + ((end - begin) * k) / (points - 1));
  return (end === begin ? [begin] : grid)
    .map(x => ({
      x,
      values: drawn.flatMap(({ curve, holds }) => {
        const value = valueAt(curve, x, holds);
        return value === null ? [] : [value];
      })
    }))
    .filter(({ values }) => values.length > 0);
}

function valueAt(curve: Curve, x: number, holds: boolean): number | null {
  const next = curve.findIndex(([at]) => at >= x);
  if (next === -1) return holds ? curve[curve.length - 1]![1] : null;
  const [toX, toY] = curve[next]!;
  if (next === 0 || toX === x) return toY;
  const [fromX, fromY] = curve[next - 1]!;
  return fromY + ((toY - fromY) * (x - fromX)) / (toX - fromX);
}

function cellCurve(cell: CellRuns, request: CurveRequest): Datum[] {
  const curves = cell.results.map(result => ({
    curve: evaluationsOf(result).flatMap(row => point(row, request)),
    holds: !diverged(result)
  }));
  if (curves.every(({ curve }) => curve.length === 0)) return [];
  return onCommonGrid(curves, gridPoints).map(({ x, values }) => ({
    series: cell.series,
    panel: cell.panel,
    driver: cell.driver,
    x,
    ...drawnSpread(values),
    seeds: values.length
  }));
}

function point(row: EvaluationRow, { x, y }: CurveRequest): [number, number][] {
  const value = y === 'accuracy' ? row.accuracy : row.loss;
  if (value === null || !Number.isFinite(value)) return [];
  return [[x === 'seconds' ? row.at / 1e9 : row.gradients, y === 'accuracy' ? value * 100 : value]];
}

function layers(
  results: readonly RunResult[],
  arrangement: Arrangement,
  { x, y }: CurveRequest,
  data: readonly Datum[]
): Json[] {
  const color = seriesColour(arrangement);
  const drivers = driverDash(arrangement);
  const horizontal = {
    field: 'x',
    type: 'quantitative',
    title: axisTitles[x],
    scale: { nice: false, zero: true }
  };
  // A logarithmic axis has no zero to leave out, and Vega-Lite warns of one that says so.
  const scale: Json = isLogarithmic(y, data)
    ? { type: 'log', nice: false }
    : { type: 'linear', zero: false };
  const picked = (full: number, faint: number): Json => ({
    condition: { param: 'pick', value: full, empty: true },
    value: faint
  });
  const lines: Json = {
    // First: a selection bound to a legend is dead in any layer but this one.
    params: [{ name: 'pick', select: { type: 'point', fields: ['series'] }, bind: 'legend' }],
    mark: { type: 'line', strokeWidth: 2, interpolate: 'linear' },
    encoding: {
      x: horizontal,
      y: { field: 'median', type: 'quantitative', title: axisTitles[y], scale },
      color,
      ...drivers,
      opacity: picked(1, 0.12),
      tooltip: [
        { field: 'series', title: 'Series' },
        ...(arrangement.drivers.length > 1 ? [{ field: 'driver', title: 'Driver' }] : []),
        { field: 'x', title: axisTitles[x], format: '.4~r', type: 'quantitative' },
        { field: 'median', title: 'Median', format: '.4~r', type: 'quantitative' },
        { field: 'low', title: 'Lowest', format: '.4~r', type: 'quantitative' },
        { field: 'high', title: 'Highest', format: '.4~r', type: 'quantitative' },
        { field: 'seeds', title: 'Seeds', type: 'quantitative' }
      ]
    }
  };
  const band: Json = {
    mark: { type: 'area', line: false, tooltip: false },
    encoding: {
      x: horizontal,
      y: { field: 'low', type: 'quantitative', title: axisTitles[y], scale },
      y2: { field: 'high' },
      color,
      ...(arrangement.drivers.length > 1 ? { detail: { field: 'driver' } } : {}),
      opacity: picked(0.13, 0.02)
    }
  };
  const target = sharedTarget(results);
  return target?.measure === y ? [lines, band, ...targetRule(target.value, y)] : [lines, band];
}

function targetRule(value: number, y: 'accuracy' | 'loss'): Json[] {
  const at = y === 'accuracy' ? value * 100 : value;
  const text = `target ${y === 'accuracy' ? formatPercent(value) : value}`;
  return [
    {
      data: { values: [{ at }] },
      mark: { type: 'rule', strokeDash: [2, 3] },
      encoding: { y: { field: 'at', type: 'quantitative' } }
    },
    {
      data: { values: [{ at, text }] },
      mark: { type: 'text', align: 'left', baseline: 'bottom', dy: -3, x: 4 },
      encoding: {
        y: { field: 'at', type: 'quantitative' },
        text: { field: 'text' }
      }
    }
  ];
}

function isLogarithmic(y: 'accuracy' | 'loss', data: readonly Datum[]): boolean {
  if (y === 'accuracy') return false;
  const lowest = Math.min(...data.map(({ low }) => Number(low)));
  const highest = Math.max(...data.map(({ high }) => Number(high)));
  return lowest > 0 && highest / lowest > logarithmicRatio;
}

function caption(
  results: readonly RunResult[],
  arrangement: Arrangement,
  { x }: CurveRequest
): string {
  const seeds = Math.max(...cellsOf(arrangement).map(cell => cell.results.length));
  const grid = x === 'seconds' ? 'times' : 'gradients';
  const sentences =
    seeds === 1
      ? ['One run a cell, interpolated linearly between its evaluations.']
      : [
          `Line: median over seeds. Band: ${spreadCaption(seeds)}.`,
          `The seeds are interpolated linearly to a common grid of ${grid};`,
          'a run that has ended keeps its last value until the last of its seeds ends.'
        ];
  const lost = results.filter(diverged).length;
  if (lost > 0) sentences.push(`${counted(lost, 'run')} diverged and is drawn up to there.`);
  if (arrangement.drivers.length > 1) sentences.push('Solid: simulated. Dashed: real.');
  return sentences.join(' ');
}
