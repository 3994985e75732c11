/** How stale the applied gradients were: the measured staleness, not the bound. */
import type { RunResult } from '../run-result.ts';
import { type Arrangement, arrange, type CellRuns, cellsOf, cellTitle } from './arrangement.ts';
import { seriesColour } from './channels.ts';
import { digits } from './format.ts';
import { extremesText, rankCells } from './headline.ts';
import type { Datum, DrawPlot, Json } from './plot.ts';

/** Wider distributions are drawn in bins of several versions. */
const barsMax = 48;

/** Null where no shard applied a gradient late. */
export const stalenessHistogram: DrawPlot = results => {
  const arrangement = arrange(results);
  const applied = cellsOf(arrangement).filter(cell => pooled(cell.results).length > 0);
  // Where nothing is late there is nothing to see, and beside a bar of 100 % the others are too low.
  const cells = applied.filter(cell => pooled(cell.results).length > 1);
  if (cells.length === 0) return null;
  const fresh = applied
    .filter(cell => !cells.includes(cell))
    .map(cell => cellTitle(cell, arrangement));
  const longest = Math.max(...cells.map(cell => pooled(cell.results).length));
  const binWidth = Math.ceil(longest / barsMax);
  return {
    name: 'staleness-histogram',
    title: title(results),
    caption: [
      ...(fresh.length === 0 ? [] : [`Not drawn, since all staleness is 0: ${fresh.join(', ')}.`]),
      'Staleness of a gradient at a shard: versions applied between the read it was computed from',
      'and its own application. All shards and seeds of a cell together. Rule: the mean.',
      ...(binWidth === 1 ? [] : [`Bars are ${binWidth} versions wide.`])
    ].join(' '),
    data: cells.flatMap(cell => cellBars(cell, arrangement, binWidth)),
    view: { layer: layers(arrangement) },
    panels: cells.map(cell => cellTitle(cell, arrangement)),
    ownScale: null,
    columnsMax: arrangement.drivers.length > 1 ? 2 : 3,
    widthMax: null,
    height: 120,
    axisWidth: 56,
    legend: [],
    steps: arrangement.series.length
  };
};

/** Gradients by staleness, over all shards of the runs; empty where none was applied. */
export function pooled(results: readonly RunResult[]): number[] {
  const counts: number[] = [];
  for (const { rows } of results) {
    for (const row of rows) {
      if (row.kind !== 'shard') continue;
      row.histogram.forEach((count, staleness) => {
        counts[staleness] = (counts[staleness] ?? 0) + count;
      });
    }
  }
  const dense = Array.from(counts, count => count ?? 0);
  return dense.slice(0, dense.findLastIndex(count => count > 0) + 1);
}

/** The mean of a histogram by value; null for an empty one. */
export function histogramMean(counts: readonly number[]): number | null {
  const all = counts.reduce((sum, count) => sum + count, 0);
  if (all === 0) return null;
  return counts.reduce((sum, count, value) => sum + count * value, 0) / all;
}

function cellBars(cell: CellRuns, arrangement: Arrangement, binWidth: number): Datum[] {
  const counts = pooled(cell.results);
  const all = counts.reduce((sum, count) => sum + count, 0);
  const common = { panel: cellTitle(cell, arrangement), series: cell.series, driver: cell.driver };
  const mean = histogramMean(counts) ?? 0;
  const bins = Array.from({ length: Math.ceil(counts.length / binWidth) }, (_, bin) => {
    const from = bin * binWidth;
    const within = counts.slice(from, from + binWidth);
    return { from, count: within.reduce((sum, count) => sum + count, 0) };
  });
  return [
    ...bins.map(({ from, count }) => ({
      ...common,
      what: 'bar',
      staleness: binWidth === 1 ? String(from) : `${from} to ${from + binWidth - 1}`,
      from: from - 0.42,
      to: from + binWidth - 0.58,
      share: (100 * count) / all,
      gradients: count
    })),
    {
      ...common,
      what: 'mean',
      mean,
      text: `mean ${digits(mean)}, maximum ${counts.length - 1}`
    }
  ];
}

function layers(arrangement: Arrangement): Json[] {
  const x = (field: string): Json => ({
    field,
    type: 'quantitative',
    title: 'Staleness (versions)',
    scale: { zero: false, nice: false },
    axis: { grid: false, tickMinStep: 1, format: 'd' }
  });
  const only = (what: string): Json => ({ filter: { field: 'what', equal: what } });
  return [
    {
      transform: [only('bar')],
      mark: { type: 'bar' },
      encoding: {
        x: x('from'),
        x2: { field: 'to' },
        y: {
          field: 'share',
          type: 'quantitative',
          title: 'Gradients (%)',
          axis: { tickCount: 3 }
        },
        y2: { datum: 0 },
        color: { ...seriesColour(arrangement), legend: null },
        tooltip: [
          { field: 'staleness', title: 'Staleness' },
          { field: 'share', title: 'Share of gradients (%)', type: 'quantitative', format: '.3~r' },
          { field: 'gradients', title: 'Applications', type: 'quantitative' }
        ]
      }
    },
    {
      transform: [only('mean')],
      mark: { type: 'rule', strokeWidth: 1.5, strokeDash: [3, 2] },
      encoding: { x: x('mean') }
    },
    {
      transform: [only('mean')],
      mark: { type: 'text', align: 'right', baseline: 'top', x: 'width', y: 2, dx: -2 },
      encoding: { text: { field: 'text' } }
    }
  ];
}

function title(results: readonly RunResult[]): string {
  const ranked = rankCells(results, runs => {
    const mean = histogramMean(pooled(runs));
    return mean === null ? [] : [mean];
  });
  const extremes = extremesText(ranked, digits, 'versions');
  return extremes === null
    ? 'Staleness of the applied gradients'
    : `On average gradients are applied late by ${extremes}`;
}
