/** Where the time went: compute, communicate, wait, apply, for every worker and server. */
import type { RunResult } from '../run-result.ts';
import {
  type Activity,
  activityColour,
  activityLabels,
  sharesOfRun,
  type TimeShares
} from './activity.ts';
import { type Arrangement, arrange, type CellRuns, cellsOf, cellTitle } from './arrangement.ts';
import { formatPercent } from './format.ts';
import { extremesText, rankCells } from './headline.ts';
import { groupLanes, laneChannel, lanesMax } from './lanes.ts';
import type { Datum, DrawPlot, Json } from './plot.ts';

const activities: readonly Activity[] = ['compute', 'communicate', 'wait', 'apply', 'other'];

/** Null where no worker ended an iteration. */
export const timeShares: DrawPlot = results => {
  const arrangement = arrange(results);
  const cells = cellsOf(arrangement);
  const data = cells.flatMap(cell => cellBars(cell, arrangement));
  if (data.length === 0) return null;
  const lanes = [...new Set(data.map(({ node }) => String(node)))];
  const shown = activities.filter(activity =>
    data.some(datum => datum['activity'] === activityLabels[activity] && Number(datum['share']) > 0)
  );
  return {
    name: 'time-shares',
    title: title(results),
    caption: caption(results, lanes),
    data,
    view: view(lanes, shown),
    panels: [...new Set(data.map(({ panel }) => String(panel)))],
    ownScale: null,
    columnsMax: arrangement.drivers.length > 1 ? 2 : 3,
    widthMax: null,
    height: 15 * lanes.length,
    axisWidth: lanes.some(lane => lane.includes('-')) ? 76 : 36,
    legend: shown.map(activity => activityLabels[activity]),
    steps: arrangement.series.length
  };
};

// The mean over seeds and the members of a lane: medians of shares wouldn't sum to the whole.
function cellBars(cell: CellRuns, arrangement: Arrangement): Datum[] {
  const byNode = new Map<string, TimeShares[]>();
  for (const result of cell.results) {
    for (const own of sharesOfRun(result)) {
      byNode.set(own.node, [...(byNode.get(own.node) ?? []), own]);
    }
  }
  const nodes = [...byNode].map(([node, all]) => ({ node, all }));
  const lanes = ['w', 's'].flatMap(role =>
    groupLanes(nodes.filter(({ node }) => node.startsWith(role)))
  );
  return lanes.flatMap(({ label, members }) => {
    const all = members.flatMap(member => member.all);
    return activities.map((activity, order) => ({
      panel: cellTitle(cell, arrangement),
      node: label,
      activity: activityLabels[activity],
      order,
      share: (100 * all.reduce((sum, { shares }) => sum + shares[activity], 0)) / all.length
    }));
  });
}

function view(lanes: readonly string[], shown: readonly Activity[]): { [key: string]: Json } {
  return {
    mark: { type: 'bar', height: { band: 0.82 } },
    encoding: {
      y: laneChannel(lanes),
      x: {
        field: 'share',
        type: 'quantitative',
        title: 'Share of time (%)',
        stack: 'zero',
        scale: { domain: [0, 100], nice: false },
        axis: { tickCount: 5, grid: false }
      },
      color: activityColour(shown),
      order: { field: 'order', type: 'quantitative' },
      tooltip: [
        { field: 'node', title: 'Node' },
        { field: 'activity', title: 'Activity' },
        { field: 'share', title: 'Share of time (%)', type: 'quantitative', format: '.3~r' }
      ]
    }
  };
}

function title(results: readonly RunResult[]): string {
  const ranked = rankCells(results, runs =>
    runs.flatMap(run =>
      sharesOfRun(run)
        .filter(({ node }) => node.startsWith('w'))
        .map(({ shares }) => shares.compute)
    )
  );
  const extremes = extremesText(ranked, formatPercent, 'of their time');
  return extremes === null ? 'Where the time went' : `Workers compute ${extremes}`;
}

function caption(results: readonly RunResult[], lanes: readonly string[]): string {
  const sentences = [
    'Mean over seeds. Wait: the longest time that an answer was parked by the consistency model.',
    'Communicate: from the end of a computation to the last answer, less the wait and the work of',
    'the worker itself.'
  ];
  if (lanes.length > lanesMax && lanes.some(lane => lane.includes('-'))) {
    sentences.push('Each bar is the mean of the workers that it names.');
  }
  if (results.some(({ driver }) => driver === 'sim')) {
    sentences.push('Simulated work costs what the price list of the configuration says.');
  }
  return sentences.join(' ');
}
