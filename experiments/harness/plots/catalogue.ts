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

const catalogue: readonly DrawPlot[] = [
  accuracyAgainstTime,
  timeToTarget,
  accuracyAgainstGradients,
  lossAgainstTime,
  lossAgainstGradients,
  simulatedAgainstReal,
  stalenessHistogram,
  timeShares,
  timeline,
  linkUtilisation,
  serverLoad
];

/** Digits that a picture can show; the others would only make its file long. */
const significantDigits = 5;

/** The plots that these runs hold something for. */
export function plotsOf(results: readonly RunResult[]): Plot[] {
  if (results.length === 0) return [];
  return catalogue.flatMap(draw => {
    const plot = draw(results);
    return plot === null ? [] : [{ ...plot, data: plot.data.map(rounded) }];
  });
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
