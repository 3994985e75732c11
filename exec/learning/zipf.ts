/** Ranks with weights of r^-skew: how often words, items and features occur. */
import { pow } from '../../core/math.ts';

/**
 * A function from uniform numbers in [0, 1) to ranks below `count`, the lowest rank most likely.
 * `skew` 0 is uniform, 1 is Zipf's law.
 */
export function zipf(count: number, skew: number): (uniform: number) => number {
  if (skew === 0) return uniform => Math.floor(uniform * count);
  const cumulative = new Float64Array(count);
  let sum = 0;
  for (let rank = 0; rank < count; rank++) {
    sum += 1 / pow(rank + 1, skew);
    cumulative[rank] = sum;
  }
  return uniform => {
    const point = uniform * sum;
    let begin = 0;
    let end = count - 1;
    while (begin < end) {
      const middle = (begin + end) >>> 1;
      if (cumulative[middle]! <= point) begin = middle + 1;
      else end = middle;
    }
    return begin;
  };
}
