/** The first iterations of one run of every cell: workers as lanes, what they did as bars. */
import type { IterationRow } from '../../../core/record.ts';
import type { RunResult } from '../run-result.ts';
import { type Activity, activityColour, activityLabels, iterationsByWorker } from './activity.ts';
import { type Arrangement, arrange, type CellRuns, cellsOf, cellTitle } from './arrangement.ts';
import { digits, formatSeconds } from './format.ts';
import { rankCells } from './headline.ts';
import { lanesMax } from './lanes.ts';
import type { Datum, DrawPlot, Json } from './plot.ts';

/** The window is so long that a worker of the slowest cell ends about this many iterations. */
const iterationsShown = 6;

const activities: readonly Activity[] = ['compute', 'communicate', 'wait'];

/** Null where no worker ended an iteration. */
export const timeline: DrawPlot = results => {
  const arrangement = arrange(results);
  const cells = cellsOf(arrangement).filter(cell => firstRun(cell).rows.some(isIteration));
  if (cells.length === 0) return null;
  const end = Math.max(...cells.map(cell => windowOf(firstRun(cell))));
  const data = cells.flatMap(cell => cellBars(cell, arrangement, end));
  const lanes = [...new Set(data.map(({ node }) => String(node)))];
  return {
    name: 'timeline',
    title: title(results, end),
    caption: caption(results, cells, lanes.length),
    data,
    view: view(lanes, end),
    panels: cells.map(cell => cellTitle(cell, arrangement)),
    ownScale: null,
    columnsMax: 2,
    widthMax: null,
    height: 13 * lanes.length,
    axisWidth: 36,
    legend: activities.map(activity => activityLabels[activity]),
    steps: arrangement.series.length
  };
};

// The lowest seed: the same in all cells, so that the same straggler is seen in each.
function firstRun(cell: CellRuns): RunResult {
  return cell.results.reduce((first, run) => (run.seed < first.seed ? run : first));
}

function isIteration(row: { readonly kind: string }): boolean {
  return row.kind === 'iteration';
}

// Seconds in which a worker ends `iterationsShown` iterations, for the slowest of the workers.
function windowOf(run: RunResult): number {
  const workers = [...iterationsByWorker(run.rows).values()];
  const ends = workers.map(rows => {
    const last = rows[Math.min(iterationsShown, rows.length) - 1]!;
    return last.ended - originOf(run, rows);
  });
  return Math.max(...ends) / 1e9;
}

// Clocks of real processes have no common zero; each begins at the worker's own first computation.
function originOf(run: RunResult, rows: readonly IterationRow[]): number {
  return run.driver === 'real' ? rows[0]!.started : 0;
}

function cellBars(cell: CellRuns, arrangement: Arrangement, end: number): Datum[] {
  const run = firstRun(cell);
  const workers = [...iterationsByWorker(run.rows)].slice(0, lanesMax);
  return workers.flatMap(([node, rows]) => {
    const origin = originOf(run, rows);
    return rows.flatMap(row =>
      spansOf(row).flatMap(({ activity, from, to }) => {
        const begins = (from - origin) / 1e9;
        const ends = Math.min((to - origin) / 1e9, end);
        if (begins >= end || ends <= begins) return [];
        return [
          {
            panel: cellTitle(cell, arrangement),
            node,
            activity: activityLabels[activity],
            from: begins,
            to: ends,
            iteration: row.clock
          }
        ];
      })
    );
  });
}

// Where within the exchange an answer was parked isn't recorded: it's drawn in the middle, between
// the way there and the way back.
function spansOf(row: IterationRow): { activity: Activity; from: number; to: number }[] {
  const parked = Math.min(row.parkedNanos, row.ended - row.computed);
  const way = (row.ended - row.computed - parked) / 2;
  return [
    { activity: 'compute', from: row.started, to: row.computed },
    { activity: 'communicate', from: row.computed, to: row.computed + way },
    { activity: 'wait', from: row.computed + way, to: row.ended - way },
    { activity: 'communicate', from: row.ended - way, to: row.ended }
  ];
}

function view(lanes: readonly string[], end: number): { [key: string]: Json } {
  return {
    // A label for a screen reader on each of thousands of bars would make the picture six times as long.
    mark: { type: 'bar', height: { band: 0.8 }, aria: false },
    encoding: {
      y: {
        field: 'node',
        type: 'ordinal',
        title: null,
        sort: [...lanes],
        axis: { ticks: false, domain: false, labelOverlap: false, labelFlush: false }
      },
      x: {
        field: 'from',
        type: 'quantitative',
        title: 'Time since the start of training (s)',
        scale: { domain: [0, end], nice: false }
      },
      x2: { field: 'to' },
      color: activityColour(activities),
      tooltip: [
        { field: 'node', title: 'Worker' },
        { field: 'iteration', title: 'Iteration', type: 'quantitative' },
        { field: 'activity', title: 'Activity' },
        { field: 'from', title: 'From (s)', type: 'quantitative', format: '.4~r' },
        { field: 'to', title: 'To (s)', type: 'quantitative', format: '.4~r' }
      ]
    }
  };
}

function title(results: readonly RunResult[], end: number): string {
  const lowest = Math.min(...results.map(({ seed }) => seed));
  const ranked = rankCells(
    results.filter(({ seed }) => seed === lowest),
    runs =>
      runs.flatMap(run =>
        [...iterationsByWorker(run.rows).values()].map(
          rows => rows.filter(row => row.ended - originOf(run, rows) <= end * 1e9).length
        )
      )
  );
  const [first] = ranked;
  const last = ranked[ranked.length - 1];
  if (first === undefined || last === undefined) return 'The first iterations';
  const time = `In the first ${formatSeconds(end)} a worker ends`;
  const one = `${digits(first.value)} iterations under ${first.name}`;
  return first === last
    ? `${time} ${one}`
    : `${time} ${one} and ${digits(last.value)} under ${last.name}`;
}

function caption(results: readonly RunResult[], cells: readonly CellRuns[], lanes: number): string {
  const workers = Math.max(...results.map(({ config }) => config.workers));
  const seed = firstRun(cells[0]!).seed;
  const sentences = [
    `One run of each cell, seed ${seed}. The wait is drawn between the way to the servers and the`,
    'way back, taken as equally long.'
  ];
  if (workers > lanes) sentences.push(`The first ${lanes} of ${workers} workers.`);
  if (results.some(({ driver }) => driver === 'real')) {
    sentences.push('In a real run each worker begins at its own first computation.');
  }
  return sentences.join(' ');
}
