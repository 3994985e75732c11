/** Where the keys of a shard lie inside a vector over a key set. */
import type { KeyRange, KeySet } from '../tensors.ts';

/**
 * Positions in a vector over `keys` of the keys that lie in `ranges`, as begin and end of each run,
 * flat and in order. Neighbouring runs are one, so that a vector whose part lies together has a
 * single run.
 */
export function segmentsOf(ranges: readonly KeyRange[], keys: KeySet): readonly number[] {
  const runs: number[] = [];
  if (keys.kind === 'all') {
    for (const { begin, end } of ranges) addRun(runs, begin, end);
    return runs;
  }
  let base = 0;
  let from = 0;
  for (const range of keys.ranges) {
    // Both lists ascend: what ends before this range ends before the next ones.
    while (from < ranges.length && ranges[from]!.end <= range.begin) from++;
    for (let i = from; i < ranges.length && ranges[i]!.begin < range.end; i++) {
      const begin = Math.max(range.begin, ranges[i]!.begin);
      const end = Math.min(range.end, ranges[i]!.end);
      addRun(runs, base + begin - range.begin, base + end - range.begin);
    }
    base += range.end - range.begin;
  }
  for (const range of ranges) {
    const [first, last] = rowsBetween(keys.rows, keys.width, range);
    addRun(runs, base + first * keys.width, base + last * keys.width);
  }
  return runs;
}

/**
 * Indices `[first, last)` of the rows that begin in `range`. Throws when one of them reaches over
 * its end: rows are never split.
 */
export function rowsBetween(
  rows: Uint32Array,
  width: number,
  range: KeyRange
): readonly [number, number] {
  const first = lowerBound(rows, range.begin);
  const last = lowerBound(rows, range.end);
  if (last > first && rows[last - 1]! + width > range.end) {
    throw new Error(
      `the row of keys ${rows[last - 1]} to ${rows[last - 1]! + width} is cut at ${range.end}: ` +
        'rows named in a key set must be rows of the model'
    );
  }
  return [first, last];
}

function addRun(runs: number[], begin: number, end: number): void {
  if (begin === end) return;
  if (runs.length > 0 && runs[runs.length - 1] === begin) runs[runs.length - 1] = end;
  else runs.push(begin, end);
}

/** Index of the first row at or above `key`. */
function lowerBound(rows: Uint32Array, key: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (rows[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
