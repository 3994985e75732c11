/** Predicted against measured iteration times. */
import { median } from 'simple-statistics';
import type { Datum, Json, Plot } from '../plots/plot.ts';
import { type ComparedCell, errorOf } from './score.ts';

/** What tells cells apart in the plot: the last word of their names, the link's bandwidth. */
const seriesOf = (name: string): string => name.split(' ').at(-1) ?? '';

export function fidelityPlot(cells: readonly ComparedCell[]): Plot {
  const error = median(cells.map(cell => Math.abs(errorOf(cell, 'iterationSeconds'))));
  const data = cells.map((cell): Datum => {
    const times = cell.runs.map(run => 1000 * run.iterationSeconds);
    return {
      cell: cell.name,
      series: seriesOf(cell.name),
      predicted: 1000 * cell.predicted.iterationSeconds,
      measured: 1000 * cell.measured.iterationSeconds,
      low: Math.min(...times),
      high: Math.max(...times)
    };
  });
  const ends = data.flatMap(({ predicted, low, high }) => [predicted, low, high].map(Number));
  const domain = [0.9 * Math.min(...ends), 1.1 * Math.max(...ends)];
  const series = [...new Set(data.map(datum => String(datum['series'])))];
  return {
    name: 'predicted-against-measured',
    title: `Predicted iteration times are ${(100 * error).toFixed(1)} % off in the median`,
    caption:
      'Point: one cell; whiskers: lowest to highest of its runs. On the dotted line a prediction is right.',
    data,
    view: { layer: layers(domain, series) },
    panels: null,
    ownScale: null,
    columnsMax: 1,
    widthMax: 560,
    height: 420,
    axisWidth: 60,
    legend: series,
    steps: series.length
  };
}

function layers(domain: readonly number[], series: readonly string[]): Json[] {
  const channel = (field: string, what: string): Json => ({
    field,
    type: 'quantitative',
    title: `${what} iteration time (ms)`,
    scale: { type: 'log', domain: [...domain], nice: false },
    // The labels of a logarithmic axis are chosen by its count of ticks, and not by their room.
    axis: { labelExpr: "format(datum.value, '~r')", labelSeparation: 3 }
  });
  const color = { field: 'series', type: 'nominal', title: null, sort: [...series] };
  const x = channel('predicted', 'Predicted');
  return [
    {
      mark: { type: 'point', filled: true, size: 60, opacity: 0.85 },
      encoding: { x, y: channel('measured', 'Measured'), color }
    },
    {
      mark: { type: 'rule', strokeWidth: 1.5, opacity: 0.6 },
      encoding: { x, y: channel('low', 'Measured'), y2: { field: 'high' }, color }
    },
    {
      data: { values: [{ from: domain[0]!, to: domain[1]! }] },
      mark: { type: 'rule', strokeDash: [2, 3] },
      encoding: {
        x: channel('from', 'Predicted'),
        y: channel('from', 'Measured'),
        x2: { field: 'to' },
        y2: { field: 'to' }
      }
    }
  ];
}
