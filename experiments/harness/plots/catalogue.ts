/** All plots of a report, in its order. A new plot is its file and one line here. */
import type { RunResult } from '../run-result.ts';
import { accuracyAgainstGradients } from './accuracy-against-gradients.ts';
import { accuracyAgainstTime } from './accuracy-against-time.ts';
import { linkUtilisation } from './link-utilisation.ts';
import { lossAgainstGradients } from './loss-against-gradients.ts';
import { lossAgainstTime } from './loss-against-time.ts';
import type { Datum, DrawPlot, Plot } from './plot.ts';
import { serverLoad } from './server-load.ts';
import { simulatedAgainstReal } from './simulated-against-real.ts';
import { stalenessHistogram } from './staleness-histogram.ts';
import { timeShares } from './time-shares.ts';
import { timeToTarget } from './time-to-target.ts';
import { timeline } from './timeline.ts';
import { topology } from './topology.ts';

const catalogue = {
  'accuracy-against-time': accuracyAgainstTime,
  'time-to-target': timeToTarget,
  'accuracy-against-gradients': accuracyAgainstGradients,
  'loss-against-time': lossAgainstTime,
  'loss-against-gradients': lossAgainstGradients,
  'simulated-against-real': simulatedAgainstReal,
  'staleness-histogram': stalenessHistogram,
  'time-shares': timeShares,
  timeline,
  'link-utilisation': linkUtilisation,
  'server-load': serverLoad,
  topology
} as const satisfies Readonly<Record<string, DrawPlot>>;

/** A plot by the name of its files. */
export type PlotName = keyof typeof catalogue;

/** All names, in the order of a report. */
export const plotNames: readonly PlotName[] = Object.keys(catalogue).filter(isPlotName);

/** Digits that a picture can show; the others would only make its file long. */
const significantDigits = 5;

/** Those of the plots that these runs hold something for, in the order of the names. */
export function plotsOf(
  results: readonly RunResult[],
  names: readonly PlotName[] = plotNames
): Plot[] {
  if (results.length === 0) return [];
  return names.flatMap(name => {
    const plot = catalogue[name](results);
    return plot === null ? [] : [{ ...plot, data: plot.data.map(rounded) }];
  });
}

/** Whether there is a plot of this name. */
export function isPlotName(name: string): name is PlotName {
  return Object.hasOwn(catalogue, name);
}

function rounded(datum: Datum): Datum {
  return Object.fromEntries(
    Object.entries(datum).map(([field, value]) => [
      field,
      typeof value === 'number' && !Number.isInteger(value)
        ? Number(value.toPrecision(significantDigits))
        : value
    ])
  );
}
