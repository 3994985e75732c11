/**
 * Model partitioning: which server holds which keys, and how vectors over key sets are cut into
 * the servers' shares and put together again. Strategies live in `sharding/`, one a file.
 *
 * A shard's vector holds the keys of its ranges in ascending order. Towards a server, the key set
 * `all` means everything that this server holds; ranges and rows are named by the model's keys.
 */
import type { Piece, Slice } from './compression/compressor.ts';
import type { Params, Update } from './params.ts';
import { balanced } from './sharding/balanced.ts';
import { contiguous } from './sharding/contiguous.ts';
import { checkCover, mergeRanges, rangesLength } from './sharding/cover.ts';
import { rowsBetween, segmentsOf } from './sharding/segments.ts';
import { wholeTensors } from './sharding/tensor.ts';
import { allKeys, type KeyRange, type KeySet, keyCount, type Layout } from './tensors.ts';

/** The keys that one server holds. */
export interface Shard {
  /** Rank of the server; shards stand in the order of ranks. */
  readonly server: number;
  /** Ascending, disjoint, not adjacent, never empty. */
  readonly ranges: readonly KeyRange[];
  /** Number of keys. */
  readonly length: number;
}

/** Who holds what: every key of a model in exactly one shard. */
export interface Assignment {
  /** Number of keys of the model. */
  readonly size: number;
  readonly shards: readonly Shard[];
}

/** The ways of sharding a model. */
export const shardingStrategies = ['range', 'tensor', 'balanced', 'frequency'] as const;

/**
 * - `range`: one contiguous range each, equal up to one unit.
 * - `tensor`: whole tensors, largest first to the least loaded server; a tensor larger than a fair
 *   share is split.
 * - `balanced`: as even as `range`, cutting only tensors that do not fit where there is most room.
 * - `frequency`: one contiguous range each, equal in size times measured update frequency.
 */
export type ShardingStrategy = (typeof shardingStrategies)[number];

/**
 * How often the rows of sparse tensors are updated: by tensor name, one number a row, not negative,
 * in updates an iteration. Dense tensors, and sparse ones that are not named, count as 1.
 */
export type RowFrequencies = ReadonlyMap<string, Float32Array | readonly number[]>;

/**
 * Shares the keys of `layout` among `servers`. Rows of a sparse tensor are never split, and every
 * server holds at least one unit (a row, or an element of a dense tensor).
 *
 * Throws when there are more servers than units, and when `frequency` lacks its frequencies or they
 * don't fit the model.
 */
export function assign(
  layout: Layout,
  servers: number,
  strategy: ShardingStrategy,
  frequencies: RowFrequencies | null = null
): Assignment {
  if (!Number.isInteger(servers) || servers < 1) {
    throw new Error(`a model is sharded among 1 or more servers, not ${servers}`);
  }
  const units = unitCount(layout);
  if (servers > units) {
    throw new Error(
      `${servers} servers cannot share ${units} units (rows of sparse tensors, elements of dense ` +
        `ones): at most ${units} servers`
    );
  }
  const ranges = place(layout, servers, strategy, frequencies);
  const shards = ranges.map((some, server): Shard => {
    const merged = mergeRanges(some);
    return { server, ranges: merged, length: rangesLength(merged) };
  });
  const assignment = { size: layout.size, shards };
  checkCover(assignment);
  return assignment;
}

/** Number of units of a model: what cannot be split further. */
export function unitCount(layout: Layout): number {
  let units = 0;
  for (const tensor of layout.tensors) units += (tensor.end - tensor.begin) / tensor.unit;
  return units;
}

/**
 * The keys of `keys` that this server holds. `all` stays `all`: towards a server it means all that
 * the server holds. Rows are a view on the rows of `keys` when the shard is one range.
 */
export function shardKeys(assignment: Assignment, server: number, keys: KeySet): KeySet {
  if (keys.kind === 'all') return allKeys;
  const { ranges } = shardOf(assignment, server);
  const { width } = keys;
  return {
    kind: 'some',
    ranges: intersect(ranges, keys.ranges),
    rows: rowsWithin(ranges, keys.rows, width),
    width
  };
}

/**
 * The values of an update that belong to a server, in the order of `shardKeys`; null in a
 * timing-only run. A view, without a copy, where they lie together: always when the shard is one
 * range and the keys are all, or ranges only, or rows only.
 */
export function sliceUpdate(
  assignment: Assignment,
  server: number,
  update: Update
): Float32Array | null {
  const { keys, values } = update;
  if (values === null) return null;
  const segments = segmentsOf(shardOf(assignment, server).ranges, keys);
  if (segments.length === 0) return values.subarray(0, 0);
  if (segments.length === 2) return values.subarray(segments[0], segments[1]);
  let length = 0;
  for (let i = 0; i < segments.length; i += 2) length += segments[i + 1]! - segments[i]!;
  const slice = new Float32Array(length);
  let offset = 0;
  for (let i = 0; i < segments.length; i += 2) {
    slice.set(values.subarray(segments[i], segments[i + 1]), offset);
    offset += segments[i + 1]! - segments[i]!;
  }
  return slice;
}

/**
 * Writes params into `out` as one vector over `params.keys`, which is what a device takes. Parts
 * may come in any order, and must cover the keys: throws when one is missing, twice there, of
 * another length, or without values.
 */
export function assemble(
  layout: Layout,
  assignment: Assignment,
  params: Params,
  out: Float32Array
): void {
  const size = keyCount(params.keys, layout.size);
  if (out.length !== size) {
    throw new Error(`params of ${size} keys were to be assembled into ${out.length} values`);
  }
  let written = 0;
  const seen = new Set<number>();
  for (const { server, values } of params.parts) {
    if (values === null) throw new Error(`the params of server ${server} have no values`);
    if (seen.has(server)) throw new Error(`the params of server ${server} are there twice`);
    seen.add(server);
    const segments = segmentsOf(shardOf(assignment, server).ranges, params.keys);
    let offset = 0;
    for (let i = 0; i < segments.length; i += 2) {
      const length = segments[i + 1]! - segments[i]!;
      out.set(values.subarray(offset, offset + length), segments[i]);
      offset += length;
    }
    if (offset !== values.length) {
      throw new Error(`server ${server} sent ${values.length} values for ${offset} keys`);
    }
    written += offset;
  }
  if (written !== size) throw new Error(`the params have ${written} values for ${size} keys`);
}

/**
 * What one server gets of a vector over `keys`, as compressors see it. Pieces name the tensors that
 * ranges cover; rows chosen by a batch have none, and follow after the ranges. The slice of `all`
 * is made once.
 */
export function sliceFor(
  layout: Layout,
  assignment: Assignment,
  server: number,
  keys: KeySet
): Slice {
  const shard = shardOf(assignment, server);
  if (keys.kind === 'some') {
    const held = intersect(shard.ranges, keys.ranges);
    const rows = rowsWithin(shard.ranges, keys.rows, keys.width);
    return {
      length: rangesLength(held) + rows.length * keys.width,
      pieces: piecesOf(layout, held)
    };
  }
  let slices = wholeSlices.get(assignment);
  if (slices === undefined || slices.layout !== layout) {
    slices = { layout, byServer: new Map() };
    wholeSlices.set(assignment, slices);
  }
  let slice = slices.byServer.get(server);
  if (slice === undefined) {
    slice = { length: shard.length, pieces: piecesOf(layout, shard.ranges) };
    slices.byServer.set(server, slice);
  }
  return slice;
}

const wholeSlices = new WeakMap<Assignment, { layout: Layout; byServer: Map<number, Slice> }>();

/** Whether a server has all of these keys: what came over a network may name others. */
export function shardHolds(shard: Shard, keys: KeySet): boolean {
  if (keys.kind === 'all') return true;
  const { ranges, rows, width } = keys;
  let next = 0;
  const holds = (begin: number, end: number): boolean => {
    while ((shard.ranges[next]?.end ?? Infinity) <= begin) next++;
    const held = shard.ranges[next];
    return held !== undefined && held.begin <= begin && begin <= end && end <= held.end;
  };
  for (const { begin, end } of ranges) if (!holds(begin, end)) return false;
  next = 0;
  for (const row of rows) if (!holds(row, row + width)) return false;
  return true;
}

/**
 * The same keys as positions in the shard's vector, for gathering and scattering. Throws when the
 * shard does not hold them all.
 */
export function localPositions(shard: Shard, keys: KeySet): KeySet {
  if (keys.kind === 'all') return allKeys;
  const { width } = keys;
  const ranges: KeyRange[] = [];
  const rows = new Uint32Array(keys.rows.length);
  let offset = 0;
  let next = 0;
  let row = 0;
  for (const { begin, end } of shard.ranges) {
    for (; next < keys.ranges.length; next++) {
      const range = keys.ranges[next]!;
      if (range.begin < begin || range.end > end) break;
      ranges.push({ begin: range.begin - begin + offset, end: range.end - begin + offset });
    }
    for (; row < rows.length; row++) {
      const key = keys.rows[row]!;
      if (key < begin || key + width > end) break;
      rows[row] = key - begin + offset;
    }
    offset += end - begin;
  }
  if (next < keys.ranges.length || row < rows.length) {
    const key = next < keys.ranges.length ? keys.ranges[next]!.begin : keys.rows[row]!;
    throw new Error(`server ${shard.server} does not hold all the keys from ${key} on`);
  }
  return { kind: 'some', ranges, rows, width };
}

function shardOf(assignment: Assignment, server: number): Shard {
  const shard = assignment.shards[server];
  if (shard !== undefined) return shard;
  throw new Error(`there is no server ${server} among ${assignment.shards.length}`);
}

/** Intersection of two ascending lists of disjoint ranges. */
function intersect(a: readonly KeyRange[], b: readonly KeyRange[]): readonly KeyRange[] {
  const both: KeyRange[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length && j < b.length) {
    const begin = Math.max(a[i]!.begin, b[j]!.begin);
    const end = Math.min(a[i]!.end, b[j]!.end);
    if (begin < end) both.push({ begin, end });
    if (a[i]!.end < b[j]!.end) i++;
    else j++;
  }
  return both;
}

function rowsWithin(ranges: readonly KeyRange[], rows: Uint32Array, width: number): Uint32Array {
  const bounds: number[] = [];
  let count = 0;
  for (const range of ranges) {
    const [from, to] = rowsBetween(rows, width, range);
    if (from === to) continue;
    // Rows that follow each other without a gap in the list stay one view.
    if (bounds.at(-1) === from) bounds[bounds.length - 1] = to;
    else bounds.push(from, to);
    count += to - from;
  }
  if (bounds.length === 0) return rows.subarray(0, 0);
  if (bounds.length === 2) return rows.subarray(bounds[0], bounds[1]);
  const within = new Uint32Array(count);
  let offset = 0;
  for (let i = 0; i < bounds.length; i += 2) {
    within.set(rows.subarray(bounds[i], bounds[i + 1]), offset);
    offset += bounds[i + 1]! - bounds[i]!;
  }
  return within;
}

function piecesOf(layout: Layout, ranges: readonly KeyRange[]): readonly Piece[] {
  const pieces: Piece[] = [];
  let offset = 0;
  let next = 0;
  for (const range of ranges) {
    while (layout.tensors[next]!.end <= range.begin) next++;
    for (let i = next; i < layout.tensors.length; i++) {
      const tensor = layout.tensors[i]!;
      if (tensor.begin >= range.end) break;
      const length = Math.min(tensor.end, range.end) - Math.max(tensor.begin, range.begin);
      pieces.push({ tensor, offset, length });
      offset += length;
    }
  }
  return pieces;
}

function place(
  layout: Layout,
  servers: number,
  strategy: ShardingStrategy,
  frequencies: RowFrequencies | null
): readonly (readonly KeyRange[])[] {
  switch (strategy) {
    case 'range':
      return contiguous(layout, servers, null);
    case 'frequency':
      if (frequencies === null) {
        throw new Error('sharding by frequency needs the measured update frequencies of rows');
      }
      return contiguous(layout, servers, frequencies);
    case 'tensor':
      return wholeTensors(layout, servers);
    case 'balanced':
      return balanced(layout, servers);
  }
}
