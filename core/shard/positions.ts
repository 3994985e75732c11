/** Places in a shard's vector that a sparse contribution touches. */
import type { KeyRange, KeySet } from '../tensors.ts';

/** Ascending ranges of positions. */
export interface Positions {
  readonly ranges: readonly KeyRange[];
  readonly count: number;
  /** Each position, ascending. */
  indices(): Uint32Array;
  /** Positions that are in either. */
  union(other: Positions): Positions;
}

/** Positions of a local key set (as `localPositions` gives it), in the order of its vector. */
export function positionsOf(local: KeySet): Positions {
  if (local.kind === 'all') throw new Error('all positions need no list');
  const rows = Array.from(local.rows, begin => ({ begin, end: begin + local.width }));
  return new RangePositions([...local.ranges, ...rows]);
}

/** Values at the positions, in order. */
export function gather(values: Float32Array, positions: Positions): Float32Array {
  const gathered = new Float32Array(positions.count);
  let offset = 0;
  for (const { begin, end } of positions.ranges) {
    gathered.set(values.subarray(begin, end), offset);
    offset += end - begin;
  }
  return gathered;
}

/** Adds `values` times `weight` at the positions, one float32 addition each. */
export function scatterAdd(
  sum: Float32Array,
  values: Float32Array,
  positions: Positions,
  weight: number
): void {
  let offset = 0;
  for (const { begin, end } of positions.ranges) {
    for (let i = begin; i < end; i++) {
      sum[i] = Math.fround(sum[i]! + Math.fround(values[offset++]! * weight));
    }
  }
}

class RangePositions implements Positions {
  readonly ranges: readonly KeyRange[];
  readonly count: number;

  constructor(ranges: readonly KeyRange[]) {
    this.ranges = ranges;
    this.count = ranges.reduce((sum, { begin, end }) => sum + end - begin, 0);
  }

  indices(): Uint32Array {
    const indices = new Uint32Array(this.count);
    let offset = 0;
    for (const { begin, end } of this.ranges) {
      for (let i = begin; i < end; i++) indices[offset++] = i;
    }
    return indices.sort();
  }

  union(other: Positions): Positions {
    const sorted = [...this.ranges, ...other.ranges].sort((a, b) => a.begin - b.begin);
    const merged: { begin: number; end: number }[] = [];
    for (const { begin, end } of sorted) {
      const last = merged.at(-1);
      if (last !== undefined && begin <= last.end) last.end = Math.max(last.end, end);
      else merged.push({ begin, end });
    }
    return new RangePositions(merged);
  }
}
