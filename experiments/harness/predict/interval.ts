/**
 * The interval in which a run yet to come should lie. Times are taken to be log-normal over runs;
 * the model's own error adds to their spread.
 */

/** Median and the ends of the interval; ends are null where nothing is known of the spread. */
export interface Prediction {
  readonly median: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** Two-sided: nine of ten runs. */
export const coverage = 0.9;

/** 95th percentiles of Student's t by degrees of freedom, 1 to 30; that of the normal law beyond. */
const studentQuantiles = [
  6.314, 2.92, 2.353, 2.132, 2.015, 1.943, 1.895, 1.86, 1.833, 1.812, 1.796, 1.782, 1.771, 1.761,
  1.753, 1.746, 1.74, 1.734, 1.729, 1.725, 1.721, 1.717, 1.714, 1.711, 1.708, 1.706, 1.703, 1.701,
  1.699, 1.697
] as const;
const normalQuantile = 1.645;

/** The median of |x| of a normal law, in its standard deviations. */
const medianDeviation = 0.6745;

/**
 * Predicts the next of `values` (one or more, positive): exp(m ± sqrt(t² s² (1 + 1/n) + z² e²)),
 * where m and s are mean and standard deviation of the logarithms, and e is that of the model's
 * error, from the median size of the errors it was seen to make (null: not known, taken as none).
 * The first term is the classical interval for a new observation of a normal law.
 */
export function predictNext(values: readonly number[], errorMedian: number | null): Prediction {
  const logs = values.map(value => Math.log(value));
  const count = logs.length;
  const mean = logs.reduce((sum, value) => sum + value, 0) / count;
  const median = Math.exp(mean);
  if (count < 2 && errorMedian === null) return { median, low: null, high: null };
  const squares = logs.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const variance = count < 2 ? 0 : squares / (count - 1);
  const student = studentQuantiles[count - 2] ?? normalQuantile;
  const error = (errorMedian ?? 0) / medianDeviation;
  const reach = Math.sqrt(
    student ** 2 * variance * (1 + 1 / count) + (normalQuantile * error) ** 2
  );
  return { median, low: median * Math.exp(-reach), high: median * Math.exp(reach) };
}
