/** What the servers bore: their CPU work and the bytes they sent, one dot a server. */
import type { RunResult } from '../run-result.ts';
import { type Arrangement, arrange, type CellRuns, cellsOf, cellTitle } from './arrangement.ts';
import { seriesColour } from './channels.ts';
import { digits } from './format.ts';
import { extremesText, rankCells } from './headline.ts';
import type { Datum, DrawPlot, Json } from './plot.ts';
import { endOf } from './target.ts';

const busy = 'CPU busy (% of time)';
const sent = 'Sent (MB/s)';

/** The load of one server in one run. */
interface Load {
  readonly server: string;
  readonly busyPercent: number;
  readonly megabytesPerSecond: number;
}

/** Null where no server's traffic was recorded. */
export const serverLoad: DrawPlot = results => {
  const arrangement = arrange(results);
  const cells = cellsOf(arrangement).filter(cell =>
    cell.results.some(run => loadsOf(run).length > 0)
  );
  if (cells.length === 0) return null;
  const names = cells.map(cell => cellTitle(cell, arrangement));
  const dots = cells.flatMap(cell => cellDots(cell, arrangement));
  // Where declared work costs nothing, a panel full of zeros would say no more than that.
  const panels = [busy, sent].filter(panel =>
    dots.some(dot => dot['panel'] === panel && dot['value'] !== 0)
  );
  if (panels.length === 0) return null;
  return {
    name: 'server-load',
    title: title(results),
    caption: [
      'Dot: one server, mean over seeds. Dots apart in a row are servers that bear unequal loads.',
      panels.includes(busy)
        ? 'Busy: the share of the run that declared CPU work took. Sent: training bytes.'
        : 'Sent: training bytes. CPU work costs nothing in these runs.'
    ].join(' '),
    data: dots.filter(dot => panels.includes(String(dot['panel']))),
    view: view(arrangement, names),
    panels,
    ownScale: 'x',
    columnsMax: 2,
    widthMax: null,
    height: 24 * names.length,
    axisWidth: 16 + 7 * Math.max(...names.map(name => name.length)),
    legend: [],
    steps: arrangement.series.length
  };
};

function loadsOf(result: RunResult): Load[] {
  const seconds = endOf(result) / 1e9;
  if (seconds === 0) return [];
  return result.rows.flatMap(row =>
    row.kind === 'traffic' && row.node.startsWith('s')
      ? [
          {
            server: row.node,
            busyPercent: (100 * row.workNanos) / 1e9 / seconds,
            megabytesPerSecond: row.trainingBytes / 1e6 / seconds
          }
        ]
      : []
  );
}

function cellDots(cell: CellRuns, arrangement: Arrangement): Datum[] {
  const byServer = new Map<string, Load[]>();
  for (const load of cell.results.flatMap(loadsOf)) {
    byServer.set(load.server, [...(byServer.get(load.server) ?? []), load]);
  }
  return [...byServer].flatMap(([server, loads]) => {
    const mean = (of: (load: Load) => number): number =>
      loads.reduce((sum, load) => sum + of(load), 0) / loads.length;
    const common = { cell: cellTitle(cell, arrangement), series: cell.series, server };
    return [
      { ...common, panel: busy, value: mean(load => load.busyPercent) },
      { ...common, panel: sent, value: mean(load => load.megabytesPerSecond) }
    ];
  });
}

function view(arrangement: Arrangement, names: readonly string[]): { [key: string]: Json } {
  return {
    mark: { type: 'point', filled: true, size: 70, opacity: 0.75 },
    encoding: {
      y: {
        field: 'cell',
        type: 'ordinal',
        title: null,
        sort: [...names],
        axis: { grid: true, ticks: false, domain: false, labelOverlap: false, labelFlush: false }
      },
      x: {
        field: 'value',
        type: 'quantitative',
        title: null,
        scale: { zero: true },
        axis: { tickCount: 5 }
      },
      color: { ...seriesColour(arrangement), legend: null },
      tooltip: [
        { field: 'server', title: 'Server' },
        { field: 'cell', title: 'Cell' },
        { field: 'value', title: 'Value', type: 'quantitative', format: '.3~r' }
      ]
    }
  };
}

function title(results: readonly RunResult[]): string {
  const ranked = rankCells(results, runs =>
    runs.flatMap(run => loadsOf(run).map(({ megabytesPerSecond }) => megabytesPerSecond))
  );
  const extremes = extremesText(ranked, digits, 'MB/s');
  return extremes === null ? 'The load of the servers' : `A server sends ${extremes}`;
}
