/** Ranges that cover a model: each key exactly once. */
import type { Assignment } from '../sharding.ts';
import type { KeyRange } from '../tensors.ts';

/** Sorts ranges and joins neighbours, so that a shard has as few ranges as it can. */
export function mergeRanges(ranges: readonly KeyRange[]): readonly KeyRange[] {
  const sorted = [...ranges].sort((a, b) => a.begin - b.begin);
  const merged: KeyRange[] = [];
  for (const range of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && last.end === range.begin) {
      merged[merged.length - 1] = { begin: last.begin, end: range.end };
    } else {
      merged.push({ begin: range.begin, end: range.end });
    }
  }
  return merged;
}

/** Number of keys in disjoint ranges. */
export function rangesLength(ranges: readonly KeyRange[]): number {
  let length = 0;
  for (const range of ranges) length += range.end - range.begin;
  return length;
}

/** Throws unless every key is in exactly one range and no server is left without keys. */
export function checkCover({ size, shards }: Assignment): void {
  const ranges = shards.flatMap(shard => shard.ranges).sort((a, b) => a.begin - b.begin);
  let next = 0;
  for (const range of ranges) {
    if (range.begin !== next || range.end <= range.begin) {
      throw new Error(`sharding lost or doubled keys at ${Math.min(next, range.begin)}`);
    }
    next = range.end;
  }
  if (next !== size) throw new Error(`sharding lost the keys from ${next} to ${size}`);
  const idle = shards.find(shard => shard.length === 0);
  if (idle !== undefined) throw new Error(`sharding left server ${idle.server} without keys`);
}
