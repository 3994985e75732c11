/** The first iterations of one run of every cell: nodes and links as lanes, what they did as bars. */
import type { RunResult } from '../run-result.ts';
import {
  type Activity,
  activityColour,
  activityLabels,
  iterationsByWorker,
  rankOf
} from './activity.ts';
import { type Arrangement, arrange, type CellRuns, cellsOf, cellTitle } from './arrangement.ts';
import { digits } from './format.ts';
import { extremesText, rankCells } from './headline.ts';
import { laneChannel, lanesMax } from './lanes.ts';
import { activityColours, faultColour } from './palette.ts';
import { farApart, reachByPanel } from './panel-scale.ts';
import type { Datum, DrawPlot, Json } from './plot.ts';
import { compareLanes, laneKind, recordedUntil, spansOfRun } from './spans.ts';
import { busyTrunks, trunksBetween, trunksMax } from './trunks.ts';

/** The window is so long that a worker of the slowest cell ends about this many iterations. */
const iterationsShown = 6;

const activities: readonly Activity[] = ['compute', 'communicate', 'wait', 'apply'];

/** Of a label, in pixels. */
const letterWidth = 6;

/** Servers that have lanes, and their links. */
const serversShown = 4;

/** Null where no worker ended an iteration. */
export const timeline: DrawPlot = results => {
  const arrangement = arrange(results);
  const cells = cellsOf(arrangement).filter(cell => firstRun(cell).rows.some(isIteration));
  if (cells.length === 0) return null;
  const windows = windowsOf(cells);
  const trunks = busyTrunks(cells.map(firstRun));
  const shown = trunks.slice(0, trunksMax);
  const data = cells.flatMap(cell => {
    const end = windows.get(cell.panel) ?? 0;
    const bars = cellBars(cell, arrangement, end, shown);
    return [...bars, ...unrecorded(bars, firstRun(cell), end)];
  });
  const own = farApart([...windows.values()]);
  const found = new Set(data.map(({ node }) => String(node)));
  const nodes = [...found].filter(lane => laneKind(lane) !== 'trunk').sort(compareLanes);
  const lanes = [...nodes, ...shown.filter(name => found.has(name))];
  const occurring = activities.filter(activity =>
    data.some(datum => datum['activity'] === activityLabels[activity])
  );
  return {
    name: 'timeline',
    title: title(results, windows),
    caption: caption(results, cells, { partly: data.some(isUnrecorded), trunks: trunks.length }),
    data,
    view: view(lanes, occurring, own ? null : Math.max(...windows.values())),
    panels: cells.map(cell => cellTitle(cell, arrangement)),
    ownScale: own ? 'x' : null,
    columnsMax: 2,
    widthMax: null,
    height: 13 * lanes.length,
    axisWidth: Math.max(44, ...lanes.map(lane => letterWidth * lane.length)),
    legend: occurring.map(activity => activityLabels[activity]),
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
    return last.ended;
  });
  return Math.max(...ends) / 1e9;
}

// One window for all cells that differ by their series only; for all there are, unless they are so
// far apart that nothing could be seen in the shorter ones.
function windowsOf(cells: readonly CellRuns[]): Map<string, number> {
  const windows = reachByPanel(
    cells.map(cell => ({ panel: cell.panel, at: windowOf(firstRun(cell)) }))
  );
  if (farApart([...windows.values()])) return windows;
  const longest = Math.max(...windows.values());
  return new Map([...windows.keys()].map(panel => [panel, longest]));
}

function cellBars(
  cell: CellRuns,
  arrangement: Arrangement,
  end: number,
  trunks: readonly string[]
): Datum[] {
  const ranks = new Set<number>();
  const { config, rows } = firstRun(cell);
  const spans = spansOfRun(rows, trunksBetween(config, trunks));
  return spans.flatMap(({ lane, activity, from, to, detail }) => {
    const begins = from / 1e9;
    const ends = Math.min(to / 1e9, end);
    if (begins >= end || ends <= begins) return [];
    const kind = laneKind(lane);
    if (kind === 'worker') ranks.add(rankOf(lane));
    else if (kind !== 'trunk' && rankOf(lane.split(' ')[0] ?? '') >= serversShown) return [];
    if (kind === 'worker' && ranks.size > lanesMax) return [];
    return [
      {
        panel: cellTitle(cell, arrangement),
        node: lane,
        activity: activity === 'fault' ? 'fault' : activityLabels[activity],
        from: begins,
        to: ends,
        detail,
        link: kind === 'link' || kind === 'trunk'
      }
    ];
  });
}

/** What a bar says where there may have been something that was not recorded. */
const notRecorded = 'not recorded';

function isUnrecorded({ activity }: Datum): boolean {
  return activity === notRecorded;
}

// Links and servers of which the rows tell no more, and which else would look idle.
function unrecorded(bars: readonly Datum[], run: RunResult, end: number): Datum[] {
  const from = recordedUntil(run.rows) / 1e9;
  if (from >= end) return [];
  const lanes = new Map(bars.map(bar => [String(bar['node']), bar]));
  return [...lanes.values()]
    .filter(({ node }) => laneKind(String(node)) !== 'worker')
    .map(bar => ({ ...bar, activity: notRecorded, from, to: end, detail: '', link: false }));
}

function view(
  lanes: readonly string[],
  activities: readonly Activity[],
  end: number | null
): { [key: string]: Json } {
  const encoding = {
    y: laneChannel(lanes),
    x: {
      field: 'from',
      type: 'quantitative',
      title: 'Time since the start of training (s)',
      scale: { ...(end === null ? { zero: true } : { domain: [0, end] }), nice: false }
    },
    x2: { field: 'to' },
    tooltip: [
      { field: 'node', title: 'Lane' },
      { field: 'activity', title: 'Activity' },
      { field: 'detail', title: 'What' },
      { field: 'from', title: 'From (s)', type: 'quantitative', format: '.4~r' },
      { field: 'to', title: 'To (s)', type: 'quantitative', format: '.4~r' }
    ]
  };
  // A label for a screen reader on each of thousands of bars would make the picture six times as long.
  const mark = { type: 'bar', aria: false };
  return {
    layer: [
      {
        transform: [{ filter: `datum.activity === '${notRecorded}'` }],
        mark: { ...mark, height: { band: 0.8 }, color: activityColours.other },
        encoding
      },
      {
        transform: [
          { filter: `datum.activity !== 'fault' && datum.activity !== '${notRecorded}'` }
        ],
        mark: { ...mark, height: { band: 0.8 } },
        encoding: {
          ...encoding,
          color: activityColour(activities),
          // Messages share a link: where several overlap it is darker.
          opacity: { condition: { test: 'datum.link', value: 0.4 }, value: 1 }
        }
      },
      {
        transform: [{ filter: "datum.activity === 'fault'" }],
        mark: { ...mark, height: { band: 0.3 }, color: faultColour },
        encoding
      }
    ]
  };
}

function title(results: readonly RunResult[], windows: ReadonlyMap<string, number>): string {
  const arrangement = arrange(results);
  const rates = new Map<RunResult, number[]>();
  for (const cell of cellsOf(arrangement)) {
    const run = firstRun(cell);
    const seconds = windows.get(cell.panel) ?? 0;
    const workers = [...iterationsByWorker(run.rows).values()];
    const ended = workers.map(rows => rows.filter(row => row.ended <= seconds * 1e9).length);
    rates.set(run, seconds === 0 ? [] : ended.map(count => count / seconds));
  }
  const ranked = rankCells(results, runs => runs.flatMap(run => rates.get(run) ?? []));
  const extremes = extremesText(ranked, digits, 'iterations a second');
  return extremes === null ? 'The first iterations' : `At first a worker ends ${extremes}`;
}

function caption(
  results: readonly RunResult[],
  cells: readonly CellRuns[],
  { partly, trunks }: { readonly partly: boolean; readonly trunks: number }
): string {
  const workers = Math.max(...results.map(({ config }) => config.workers));
  const servers = Math.max(...results.map(({ config }) => config.servers));
  const runs = cells.map(firstRun);
  const told = runs.map(({ rows }) => rows.some(({ kind }) => kind === 'transfer'));
  const sentences = [`One run of each cell, seed ${runs[0]!.seed}.`];
  if (told.includes(true)) {
    sentences.push(
      'A bar of a link is a message, from sending to arrival: where messages',
      'share the link they overlap, and it is darker.'
    );
  }
  if (partly) {
    sentences.push(
      'Grey: messages and work were recorded up to there; with --trace all of them are.'
    );
  }
  if (told.includes(false)) {
    sentences.push(
      'Where messages were not recorded, the wait is drawn between the way to the servers and the',
      'way back, taken as equally long.'
    );
  }
  if (runs.some(({ rows }) => rows.some(({ kind }) => kind === 'fault'))) {
    sentences.push('The thin red bars are faults.');
  }
  if (workers > lanesMax) sentences.push(`The first ${lanesMax} of ${workers} workers.`);
  if (servers > serversShown) sentences.push(`The first ${serversShown} of ${servers} servers.`);
  if (trunks > trunksMax) {
    const ends = runs.every(({ config }) => config.environment.network.kind === 'wan');
    const what = ends ? 'regions' : 'switches';
    sentences.push(`The ${trunksMax} busiest of ${trunks} links between ${what}.`);
  }
  return sentences.join(' ');
}
