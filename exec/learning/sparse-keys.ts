/** The keys of a batch of a sparse model: all of its dense tensors, and some rows of the sparse one. */
import type { KeyRange, KeySet, Layout, PlacedTensor } from '../../core/tensors.ts';

/** The tensor with rows, or null for a dense model. */
export function rowTensor(layout: Layout): PlacedTensor | null {
  return layout.tensors.find(tensor => tensor.rows) ?? null;
}

/** The keys of these rows (any order, duplicates allowed) and of every dense tensor. */
export function sparseKeys(layout: Layout, table: PlacedTensor, indices: Iterable<number>): KeySet {
  const ranges: KeyRange[] = [];
  for (const { begin, end, rows } of layout.tensors) {
    if (rows) continue;
    const last = ranges.at(-1);
    if (last?.end === begin) ranges[ranges.length - 1] = { begin: last.begin, end };
    else ranges.push({ begin, end });
  }
  const rows = Uint32Array.from(new Set(indices)).sort();
  for (let i = 0; i < rows.length; i++) rows[i] = table.begin + rows[i]! * table.unit;
  return { kind: 'some', ranges, rows, width: table.unit };
}

/**
 * Where each tensor is in a vector over `keys`: the dense ones one after another, the rows behind.
 * Throws when `keys` lacks a part of a dense tensor.
 */
export function tensorOffsets(layout: Layout, keys: KeySet): number[] {
  if (keys.kind === 'all') return layout.tensors.map(tensor => tensor.begin);
  let given = 0;
  for (const range of keys.ranges) given += range.end - range.begin;
  let dense = 0;
  const offsets = layout.tensors.map(({ begin, end, rows }) => {
    const offset = dense;
    if (!rows) dense += end - begin;
    return offset;
  });
  if (given !== dense) throw new Error(`keys of ${given} dense params, but the model has ${dense}`);
  return layout.tensors.map((tensor, index) => (tensor.rows ? dense : offsets[index]!));
}

/**
 * Writes over each index of a row its place among the rows of `keys`. Throws for a row that is not
 * among them.
 */
export function localRows(indices: Int32Array, table: PlacedTensor, keys: KeySet): Int32Array {
  if (keys.kind === 'all') return indices;
  for (let i = 0; i < indices.length; i++) {
    const key = table.begin + indices[i]! * table.unit;
    const place = find(keys.rows, key);
    if (place < 0) throw new Error(`the batch needs row ${indices[i]} of ${table.name}, not given`);
    indices[i] = place;
  }
  return indices;
}

function find(sorted: Uint32Array, key: number): number {
  let begin = 0;
  let end = sorted.length;
  while (begin < end) {
    const middle = (begin + end) >>> 1;
    if (sorted[middle]! < key) begin = middle + 1;
    else end = middle;
  }
  return sorted[begin] === key ? begin : -1;
}
