/** What a fidelity grid came to: as JSON, as a table for a terminal, and as a page with its plot. */
import * as path from 'node:path';
import type { Plot } from '../plots/plot.ts';
import { drawSvg } from '../plots/svg.ts';
import { writePlots } from '../plots/write-plots.ts';
import { escaped } from '../report/html.ts';
import { reportStyle } from '../report/style.ts';
import { jsonText, replaceFile } from '../results.ts';
import { shown } from '../shown-path.ts';
import type { FidelityDocument } from './fidelity-document.ts';
import type { Measures } from './measures.ts';
import { fidelityPlot } from './plot.ts';
import { type ComparedCell, errorOf, type Score, tieShare } from './score.ts';

/** Writes `fidelity.json`, `report.html` and `plots` into the folder, and prints the table. */
export async function writeFidelity(
  document: FidelityDocument,
  folder: string,
  json: boolean
): Promise<void> {
  const plots = document.cells.length === 0 ? [] : [fidelityPlot(document.cells)];
  await writePlots(plots, path.join(folder, 'plots'));
  replaceFile(path.join(folder, 'fidelity.json'), jsonText(document));
  const report = path.join(folder, 'report.html');
  replaceFile(report, await page(document, plots));
  if (json) process.stdout.write(jsonText(document));
  else process.stdout.write(`${fidelityText(document)}\n\nReport: ${shown(report)}\n`);
}

/** The table, and below it the score in words. */
export function fidelityText({ cells, score }: FidelityDocument): string {
  const table = [headings, ...cells.map(cellTexts)];
  const widths = headings.map((_, column) => Math.max(...table.map(row => row[column]!.length)));
  const lines = table.map(row =>
    row
      .map((text, column) =>
        column === 0 ? text.padEnd(widths[0]!) : text.padStart(widths[column]!)
      )
      .join('  ')
  );
  return [...lines, '', ...scoreLines(cells, score)].join('\n');
}

const headings = [
  'cell',
  'predicted',
  'measured',
  'error',
  'runs',
  'updates/s',
  '',
  'kB',
  '',
  'staleness',
  ''
];

function cellTexts(cell: ComparedCell): string[] {
  const { predicted, measured, runs, dropped } = cell;
  const both = (of: (measures: Measures) => string): string[] => [of(predicted), of(measured)];
  return [
    cell.name,
    ...both(({ iterationSeconds }) => `${(1000 * iterationSeconds).toFixed(1)} ms`),
    percent(errorOf(cell, 'iterationSeconds')),
    dropped.length === 0 ? String(runs.length) : `${runs.length} (-${dropped.length})`,
    ...both(({ updatesPerSecond }) => updatesPerSecond.toFixed(1)),
    ...both(({ iterationBytes }) => (iterationBytes / 1000).toFixed(0)),
    ...both(({ stalenessMean }) => stalenessMean.toFixed(2))
  ];
}

function scoreLines(cells: readonly ComparedCell[], score: Score | null): string[] {
  if (score === null) return ['No cell has a run that counts.'];
  const dropped = cells.reduce((sum, cell) => sum + cell.dropped.length, 0);
  const runs = cells.reduce((sum, cell) => sum + cell.runs.length, 0);
  const { medianError, worstError, worstCell, pairs, ranked } = score;
  const share = pairs === 0 ? '' : ` (${(100 * (ranked / pairs)).toFixed(1)} %)`;
  return [
    `Iteration time: median error ${size(medianError)}, worst ${size(worstError)} (${worstCell}).`,
    `Ranked as measured: ${ranked} of ${pairs} pairs that differ by more than ${100 * tieShare} %${share}.`,
    `Runs that count: ${runs}; dropped for a disturbed machine: ${dropped}.`,
    'Each figure twice: predicted, then measured (median of the runs). kB are sent for an iteration.'
  ];
}

async function page(document: FidelityDocument, plots: readonly Plot[]): Promise<string> {
  const { name, question, expected, cells, score, beds } = document;
  const pictures = await Promise.all(
    plots.map(async plot => {
      const svg = await drawSvg(plot, { theme: 'light', width: 960, titled: false });
      const caption = `<figcaption>${escaped(plot.caption)}</figcaption>`;
      return `<figure><h3 class="statement">${escaped(plot.title)}</h3>${svg}${caption}</figure>`;
    })
  );
  const row = (texts: readonly string[], tag: string): string =>
    `<tr>${texts.map(text => `<${tag}>${escaped(text)}</${tag}>`).join('')}</tr>`;
  const drops = cells.flatMap(cell => cell.dropped.map(({ why }) => `${cell.name}: ${why}`));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(name)}: ${escaped(question)}</title>
<style>${reportStyle()}</style>
</head>
<body>
<main>
<h1>${escaped(question)}</h1>
<p>Expected: ${escaped(expected ?? 'nothing')}</p>
${list(scoreLines(cells, score))}
${pictures.join('\n')}
<div class="table"><table>
<thead>${row(headings, 'th')}</thead>
<tbody>${cells.map(cell => row(cellTexts(cell), 'td')).join('\n')}</tbody>
</table></div>
<h2>How it was made</h2>
<p>Real runs on ${escaped(beds.join('; '))}. The simulator knew the calibration and none of these runs.</p>
${drops.length === 0 ? '' : `<p>Dropped runs:</p>${list(drops)}`}
</main>
</body>
</html>
`;
}

function list(lines: readonly string[]): string {
  return `<ul>${lines.map(line => `<li>${escaped(line)}</li>`).join('')}</ul>`;
}

function percent(share: number): string {
  return `${share < 0 ? '-' : '+'}${size(Math.abs(share))}`;
}

function size(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
