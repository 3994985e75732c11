/** The middle and the spread of a measurement over the seeds of one cell, as plots draw them. */
import { censoredQuantile } from '../statistics.ts';

/** The median, and between which values the seeds lie. */
export interface DrawnSpread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** With at most this many seeds the spread is the whole range: quartiles of five say nothing. */
const rangeSeedsMax = 5;

/**
 * Median and spread over `values`, those of all seeds (at least one). Infinity stands for a seed
 * that never got there: later than any other, and so may the median be.
 */
export function drawnSpread(values: readonly number[]): DrawnSpread {
  if (values.length === 0) throw new RangeError('the spread of no value is asked for');
  const sorted = values.filter(value => value < Infinity).sort((one, other) => one - other);
  const quantile = (probability: number): number =>
    censoredQuantile(sorted, values.length, probability) ?? Infinity;
  const whole = values.length <= rangeSeedsMax;
  return {
    median: quantile(0.5),
    low: quantile(whole ? 0 : 0.25),
    high: quantile(whole ? 1 : 0.75)
  };
}

/** What a band or a whisker shows, for captions: "from the lowest to the highest of 3 seeds". */
export function spreadCaption(seeds: number): string {
  if (seeds === 1) return 'one seed, so no spread';
  return seeds <= rangeSeedsMax
    ? `from the lowest to the highest of ${seeds} seeds`
    : `the middle half of ${seeds} seeds`;
}
