/** Time to the target against the swept value: the question of a staleness sweep in one picture. */
import type { RunResult } from '../run-result.ts';
import { type Arrangement, arrange, type CellRuns, cellsOf } from './arrangement.ts';
import { axisTitle, driverShape, seriesColour } from './channels.ts';
import { counted, formatSeconds, formatTimes } from './format.ts';
import { bestOfEachPlace, placesMax, rankCells } from './headline.ts';
import { farApart, reachByPanel } from './panel-scale.ts';
import type { Datum, DrawPlot, Json } from './plot.ts';
import { drawnSpread, spreadCaption } from './spread.ts';
import { sharedTarget, type Target, targetText, wayToTarget } from './target.ts';

/** Letters of labels that have room side by side in the narrowest panel. */
const lettersMax = 44;

/** Null where the runs share no target. */
export const timeToTarget: DrawPlot = results => {
  const target = sharedTarget(results);
  if (target === null) return null;
  const arrangement = arrange(results);
  const cells = cellsOf(arrangement);
  const runs = cells.flatMap(cell => cell.results.map(run => runDatum(run, cell, target)));
  const summaries = cells.flatMap(cell => summary(cell, target));
  const ends = runs.map(({ panel, seconds }) => ({ panel: String(panel), at: Number(seconds) }));
  return {
    name: 'time-to-target',
    title: title(results, target),
    caption: caption(arrangement, cells, target, runs),
    data: [...runs, ...summaries],
    view: { layer: layers(arrangement, runs) },
    panels: arrangement.panels.length > 1 ? arrangement.panels : null,
    ownScale: farApart([...reachByPanel(ends).values()]) ? 'y' : null,
    columnsMax: 3,
    widthMax: null,
    height: 300,
    axisWidth: 60,
    legend: arrangement.drivers.length > 1 ? arrangement.drivers : [],
    steps: arrangement.series.length
  };
};

function title(results: readonly RunResult[], target: Target): string {
  const ranked = rankCells(results, runs =>
    runs.map(run => {
      const way = wayToTarget(run, target);
      return way.reached ? way.seconds : Infinity;
    })
  ).filter(({ value }) => value < Infinity);
  const goal = targetText(target);
  if (ranked.length === 0) return `Time to ${goal}`;
  const places = bestOfEachPlace(ranked).map(first => {
    const last = ranked.findLast(({ place }) => place === first.place) ?? first;
    return { first, last, ratio: formatTimes(last.value / first.value) };
  });
  if (places.length > 1 && places.length <= placesMax) {
    const each = places.map(({ first, ratio }) => `${ratio} (${first.place})`);
    return `The slowest takes ${each.join(', ')} as long to ${goal} as the fastest`;
  }
  const first = ranked[0]!;
  const last = ranked[ranked.length - 1]!;
  if (first === last) return `To ${goal} ${first.name} takes ${formatSeconds(first.value)}`;
  const figures = `${formatSeconds(last.value)} against ${formatSeconds(first.value)}`;
  const ratio = formatTimes(last.value / first.value);
  return `To ${goal} ${last.name} takes ${ratio} as long as ${first.name}: ${figures}`;
}

function runDatum(result: RunResult, cell: CellRuns, target: Target): Datum {
  const { seconds, reached } = wayToTarget(result, target);
  return {
    what: reached ? 'reached' : 'censored',
    series: cell.series,
    panel: cell.panel,
    driver: cell.driver,
    seed: result.seed,
    seconds
  };
}

// The median over all seeds, censored ones counted as later than any other: none where it's censored.
function summary(cell: CellRuns, target: Target): Datum[] {
  const ways = cell.results.map(result => wayToTarget(result, target));
  const { median, low, high } = drawnSpread(
    ways.map(({ seconds, reached }) => (reached ? seconds : Infinity))
  );
  if (!Number.isFinite(median)) return [];
  const latest = Math.max(...ways.map(({ seconds }) => seconds));
  return [
    {
      what: 'median',
      series: cell.series,
      panel: cell.panel,
      driver: cell.driver,
      median,
      low,
      high: Number.isFinite(high) ? high : latest,
      seeds: ways.length
    }
  ];
}

// Each label needs the room of the longest.
function labelLetters({ series }: Arrangement): number {
  return series.length * Math.max(...series.map(label => label.length));
}

function layers(arrangement: Arrangement, runs: readonly Datum[]): Json[] {
  const x = {
    field: 'series',
    type: 'ordinal',
    title:
      arrangement.ordered && arrangement.axis === 'consistency'
        ? `${axisTitle(arrangement.axis)}, from strict to eventual`
        : axisTitle(arrangement.axis),
    sort: [...arrangement.series],
    scale: { domain: [...arrangement.series] },
    axis: {
      labelAngle: labelLetters(arrangement) > lettersMax ? -35 : 0,
      labelOverlap: false,
      labelFlush: false,
      grid: false
    }
  };
  const offset =
    arrangement.drivers.length > 1
      ? {
          xOffset: { field: 'driver', sort: [...arrangement.drivers], scale: { paddingOuter: 0.9 } }
        }
      : {};
  const seconds = (field: string): Json => ({
    field,
    type: 'quantitative',
    title: 'Time to target (s)',
    scale: { zero: true }
  });
  const color = { ...seriesColour(arrangement), legend: null };
  const shape = driverShape(arrangement);
  const only = (what: string): Json => ({ filter: { field: 'what', equal: what } });
  const layer: Json[] = [
    {
      transform: [only('median')],
      mark: { type: 'rule', strokeWidth: 6, strokeCap: 'round', opacity: 0.4 },
      encoding: { x, ...offset, y: seconds('low'), y2: { field: 'high' }, color }
    },
    {
      transform: [only('reached')],
      mark: { type: 'point', filled: true, size: 28, opacity: 0.85 },
      encoding: { x, ...offset, y: seconds('seconds'), color, ...shape, tooltip: runTooltip }
    },
    {
      transform: [only('median')],
      mark: {
        type: 'tick',
        thickness: 3,
        size: arrangement.drivers.length > 1 ? 16 : 26,
        orient: 'horizontal'
      },
      encoding: { x, ...offset, y: seconds('median'), color, tooltip: medianTooltip }
    }
  ];
  if (runs.some(({ what }) => what === 'censored')) {
    layer.push({
      transform: [only('censored')],
      mark: { type: 'point', shape: 'triangle-up', filled: false, size: 70, strokeWidth: 1.8 },
      encoding: { x, ...offset, y: seconds('seconds'), color, tooltip: runTooltip }
    });
  }
  return layer;
}

const runTooltip: Json = [
  { field: 'series', title: 'Series' },
  { field: 'driver', title: 'Driver' },
  { field: 'seed', title: 'Seed', type: 'quantitative' },
  { field: 'what', title: 'Target' },
  { field: 'seconds', title: 'Seconds', type: 'quantitative', format: '.4~r' }
];

const medianTooltip: Json = [
  { field: 'series', title: 'Series' },
  { field: 'driver', title: 'Driver' },
  { field: 'median', title: 'Median (s)', type: 'quantitative', format: '.4~r' },
  { field: 'low', title: 'Lowest (s)', type: 'quantitative', format: '.4~r' },
  { field: 'high', title: 'Highest (s)', type: 'quantitative', format: '.4~r' },
  { field: 'seeds', title: 'Seeds', type: 'quantitative' }
];

function caption(
  arrangement: Arrangement,
  cells: readonly CellRuns[],
  target: Target,
  runs: readonly Datum[]
): string {
  const seeds = Math.max(...cells.map(cell => cell.results.length));
  const sentences = [
    `Time to ${targetText(target)}. Point: one run.`,
    ...(seeds === 1 ? [] : [`Bar: median over seeds. Shade: ${spreadCaption(seeds)}.`])
  ];
  const censored = runs.filter(({ what }) => what === 'censored').length;
  if (censored > 0) {
    sentences.push(
      'Open triangle: a run that ended there without the target and would have taken longer',
      `(${counted(censored, 'run')}); medians count it as later than all others.`
    );
  }
  if (arrangement.drivers.length > 1) sentences.push('Circle: simulated. Diamond: real.');
  return sentences.join(' ');
}
