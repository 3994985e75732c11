/** The same cells simulated and real: how far the simulator can be believed. */
import type { RunResult } from '../run-result.ts';
import { type Arrangement, arrange, type CellRuns, cellsOf } from './arrangement.ts';
import { seriesColour } from './channels.ts';
import { formatTimes } from './format.ts';
import type { Datum, DrawPlot, Json } from './plot.ts';
import { drawnSpread, spreadCaption } from './spread.ts';
import { endOf, sharedTarget, targetText, wayToTarget } from './target.ts';

/** Null unless some cell was run by both drivers, to its end and its target if there is one. */
export const simulatedAgainstReal: DrawPlot = results => {
  const arrangement = arrange(results);
  const measure = measureOf(results);
  const pairs = pairsOf(arrangement, measure.seconds);
  if (pairs.length === 0) return null;
  const ratios = pairs.map(pair => Number(pair['real']) / Number(pair['simulated']));
  const ratio = drawnSpread(ratios).median;
  const farthest = Math.max(
    ...pairs.flatMap(pair => [Number(pair['simulatedHigh']), Number(pair['realHigh'])])
  );
  const seeds = Math.max(...cellsOf(arrangement).map(cell => cell.results.length));
  const median = pairs.length === 1 ? 'one cell' : `median over ${pairs.length} cells`;
  return {
    name: 'simulated-against-real',
    title: `Real runs take ${formatTimes(ratio)} the simulated ${measure.noun} (${median})`,
    caption: [
      `Point: one cell, medians over seeds. Whiskers: ${spreadCaption(seeds)}.`,
      'On the dotted line both take equally long.'
    ].join(' '),
    data: pairs,
    view: { layer: layers(arrangement, measure.noun, farthest) },
    panels: arrangement.panels.length > 1 ? arrangement.panels : null,
    ownScale: null,
    columnsMax: 3,
    widthMax: 560,
    height: arrangement.panels.length > 1 ? 260 : 400,
    axisWidth: 60,
    legend: arrangement.series,
    steps: arrangement.series.length
  };
};

interface Measure {
  readonly noun: string;
  /** Infinity for a run that doesn't get there. */
  readonly seconds: (run: RunResult) => number;
}

function measureOf(results: readonly RunResult[]): Measure {
  const target = sharedTarget(results);
  if (target === null) return { noun: 'time of a run', seconds: run => endOf(run) / 1e9 };
  return {
    noun: `time to ${targetText(target)}`,
    seconds: run => {
      const way = wayToTarget(run, target);
      return way.reached ? way.seconds : Infinity;
    }
  };
}

function pairsOf(arrangement: Arrangement, seconds: Measure['seconds']): Datum[] {
  const cells = cellsOf(arrangement);
  return cells.flatMap(cell => {
    if (cell.driver !== 'simulated') return [];
    const real = cells.find(
      other => other.driver === 'real' && other.series === cell.series && other.panel === cell.panel
    );
    return real === undefined ? [] : pair(cell, real, seconds);
  });
}

function pair(simulated: CellRuns, real: CellRuns, seconds: Measure['seconds']): Datum[] {
  const one = drawnSpread(simulated.results.map(seconds));
  const other = drawnSpread(real.results.map(seconds));
  if (![one.high, other.high].every(Number.isFinite)) return [];
  return [
    {
      series: simulated.series,
      panel: simulated.panel,
      simulated: one.median,
      simulatedLow: one.low,
      simulatedHigh: one.high,
      real: other.median,
      realLow: other.low,
      realHigh: other.high
    }
  ];
}

function layers(arrangement: Arrangement, noun: string, farthest: number): Json[] {
  const channel = (field: string, driver: string): Json => ({
    field,
    type: 'quantitative',
    title: `${driver} ${noun} (s)`,
    scale: { domain: [0, farthest], nice: true }
  });
  const color = seriesColour(arrangement);
  const whiskers = { type: 'rule', strokeWidth: 1.5, opacity: 0.6 };
  return [
    {
      params: [{ name: 'pick', select: { type: 'point', fields: ['series'] }, bind: 'legend' }],
      mark: { type: 'point', filled: true, size: 80 },
      encoding: {
        x: channel('simulated', 'Simulated'),
        y: channel('real', 'Real'),
        color,
        opacity: { condition: { param: 'pick', value: 1, empty: true }, value: 0.12 },
        tooltip: [
          { field: 'series', title: 'Series' },
          { field: 'simulated', title: 'Simulated (s)', type: 'quantitative', format: '.4~r' },
          { field: 'real', title: 'Real (s)', type: 'quantitative', format: '.4~r' }
        ]
      }
    },
    {
      mark: whiskers,
      encoding: {
        x: channel('simulatedLow', 'Simulated'),
        x2: { field: 'simulatedHigh' },
        y: channel('real', 'Real'),
        color
      }
    },
    {
      mark: whiskers,
      encoding: {
        x: channel('simulated', 'Simulated'),
        y: channel('realLow', 'Real'),
        y2: { field: 'realHigh' },
        color
      }
    },
    {
      data: { values: [{ from: 0, to: farthest }] },
      mark: { type: 'rule', strokeDash: [2, 3] },
      encoding: {
        x: channel('from', 'Simulated'),
        y: channel('from', 'Real'),
        x2: { field: 'to' },
        y2: { field: 'to' }
      }
    }
  ];
}
