/** Estimates with an interval of confidence, and the truth held against them. */
import * as assert from 'uvu/assert';
import { isLong } from './timing-run.ts';

/** Batches of a batch-means estimate, and Student's quantile for a 99.9 % interval of so many. */
const batches = 30;
const student = 3.659;

export interface Estimate {
  readonly mean: number;
  /** Half the width of the 99.9 % interval. */
  readonly half: number;
}

/**
 * Batch means: the values in 30 batches of equal length, whose means are near to independent where
 * the values are not. `ratio` estimates the sum of the values over that of `weights` instead.
 */
export function batchMeans(
  values: readonly number[],
  weights: readonly number[] | null = null
): Estimate {
  const length = Math.floor(values.length / batches);
  assert.ok(length > 0, `${values.length} values are too few for ${batches} batches`);
  const means = Array.from({ length: batches }, (_, batch) => {
    const range = [batch * length, (batch + 1) * length] as const;
    const over = weights === null ? length : sum(weights.slice(...range));
    return sum(values.slice(...range)) / over;
  });
  const mean = sum(means) / batches;
  const variance = sum(means.map(one => (one - mean) ** 2)) / (batches - 1);
  return { mean, half: student * Math.sqrt(variance / batches) };
}

/** The estimate of a run that has taken batch means itself: 30 of them at least. */
export function ofBatches(means: readonly number[]): Estimate {
  assert.ok(means.length >= batches, `${means.length} batches are too few`);
  const mean = sum(means) / means.length;
  const variance = sum(means.map(one => (one - mean) ** 2)) / (means.length - 1);
  return { mean, half: student * Math.sqrt(variance / means.length) };
}

/**
 * The truth must lie in the interval, and the interval be narrow: half of it at most `relative` of
 * the truth in the long form of a check, and three times as much in the short one.
 */
export function assertHolds(
  name: string,
  truth: number,
  { mean, half }: Estimate,
  relative = 0.01
): void {
  const said = `${name}: theory ${truth.toFixed(5)}, measured ${mean.toFixed(5)} ± ${half.toFixed(5)}`;
  if (isLong) console.log(said);
  assert.ok(Math.abs(mean - truth) <= half, said);
  assert.ok(half <= (isLong ? 1 : 3.2) * relative * truth, `${said}: too wide`);
}

/**
 * Pearson's chi-square of counts against probabilities, the rest in a class of its own; the critical
 * value at 0.1 % by Wilson and Hilferty (1931). Classes that expect fewer than 5 join the rest.
 */
export function assertLaw(
  name: string,
  counts: readonly number[],
  law: (k: number) => number
): void {
  const total = sum(counts);
  let statistic = 0;
  let classes = 0;
  let restCount = total;
  let restProbability = 1;
  for (let k = 0; total * law(k) >= 5 && total * (restProbability - law(k)) >= 5; k++) {
    const expected = total * law(k);
    const found = counts[k] ?? 0;
    statistic += (found - expected) ** 2 / expected;
    restCount -= found;
    restProbability -= law(k);
    classes += 1;
  }
  statistic += (restCount - total * restProbability) ** 2 / (total * restProbability);
  assert.ok(classes >= 2, `${name}: ${total} are too few to tell a law by`);
  const spread = 2 / (9 * classes);
  const critical = classes * (1 - spread + 3.0902 * Math.sqrt(spread)) ** 3;
  const said = `${name}: chi-square ${statistic.toFixed(1)} of ${classes}, critical ${critical.toFixed(1)}`;
  if (isLong) console.log(said);
  assert.ok(statistic <= critical, said);
}

function sum(values: readonly number[]): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
