/** Median and spread over seeds, with runs that never reached the target kept in the count. */
import seedrandom from 'seedrandom';
import { median, quantileSorted, sampleWithReplacement } from 'simple-statistics';

/** One figure over the runs of a cell. All null where no run has it. */
export interface Spread {
  /** Runs in the cell, and those that have the figure: the rest is censored (or was not run). */
  readonly runs: number;
  readonly reached: number;
  /** Over all runs, those without the figure counted as larger than any: null when it is one. */
  readonly median: number | null;
  readonly quartile1: number | null;
  readonly quartile3: number | null;
  readonly min: number | null;
  /** Null when some run never got there. */
  readonly max: number | null;
  /** 95 % interval of the median by the bootstrap; null with fewer than five runs or any censored. */
  readonly medianInterval: readonly [number, number] | null;
  /** The least figure at which a run gave up; null when none did. `> censoredAt` is what is known. */
  readonly censoredAt: number | null;
}

/** A run's value of one figure, or how far it had come when it ended without. */
export interface Measured {
  readonly value: number | null;
  readonly censoredAt: number | null;
}

/** Resamples of the bootstrap, and runs below which it says nothing (all resamples look alike). */
const resamples = 2000;
const bootstrapRunsMin = 5;

/** The spread of one figure over the runs of a cell. */
export function spread(measured: readonly Measured[]): Spread {
  const values = measured.flatMap(({ value }) => (value === null ? [] : [value]));
  values.sort((a, b) => a - b);
  const limits = measured.flatMap(({ value, censoredAt }) =>
    value === null && censoredAt !== null ? [censoredAt] : []
  );
  const whole = values.length === measured.length && values.length > 0;
  return {
    runs: measured.length,
    reached: values.length,
    median: censoredQuantile(values, measured.length, 0.5),
    quartile1: censoredQuantile(values, measured.length, 0.25),
    quartile3: censoredQuantile(values, measured.length, 0.75),
    min: values[0] ?? null,
    max: whole ? (values.at(-1) ?? null) : null,
    medianInterval: whole && values.length >= bootstrapRunsMin ? bootstrapMedian(values, 1) : null,
    censoredAt: limits.length === 0 ? null : Math.min(...limits)
  };
}

/**
 * 95 % percentile interval of the median (Efron 1979), by resampling with a seeded generator: the
 * same values give the same interval.
 */
export function bootstrapMedian(values: readonly number[], seed: number): [number, number] {
  const random = seedrandom.alea(String(seed));
  const medians = Array.from({ length: resamples }, () =>
    median(sampleWithReplacement([...values], values.length, () => random()))
  );
  medians.sort((a, b) => a - b);
  return [quantileSorted(medians, 0.025), quantileSorted(medians, 0.975)];
}

/**
 * The quantile (linear interpolation, R's type 7) of `count` values, of which the ones not in
 * `sorted` are larger than any; null when it falls among those.
 */
export function censoredQuantile(
  sorted: readonly number[],
  count: number,
  probability: number
): number | null {
  const position = (count - 1) * probability;
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  if (below === undefined || above === undefined) return null;
  return below + (above - below) * (position - Math.floor(position));
}
