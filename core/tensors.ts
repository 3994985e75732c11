/** The model as one flat vector of named tensors, and sets of its keys. */

/** One tensor of a model. `rows` marks a sparse one: its rows are pulled and pushed on demand. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly rows: boolean;
}

/** A tensor at its place in the flat vector: keys `[begin, end)`. */
export interface PlacedTensor extends Tensor {
  readonly begin: number;
  readonly end: number;
  /** Elements that stay together when the tensor is split: a row of a sparse tensor, else 1. */
  readonly unit: number;
}

/** A model's tensors in order, and the number of keys they take together. */
export interface Layout {
  readonly tensors: readonly PlacedTensor[];
  readonly size: number;
}

/** Half-open range of keys. */
export interface KeyRange {
  readonly begin: number;
  readonly end: number;
}

/**
 * A set of keys. `some` is the keys of `ranges` (ascending, disjoint) and the rows of `width` keys
 * that begin at `rows` (ascending, disjoint from the ranges). A vector over `some` holds the ranges
 * first, in order, and the rows after them, in order.
 */
export type KeySet =
  | { readonly kind: 'all' }
  | {
      readonly kind: 'some';
      readonly ranges: readonly KeyRange[];
      readonly rows: Uint32Array;
      readonly width: number;
    };

/** Every key. */
export const allKeys: KeySet = { kind: 'all' };

/** Places tensors one after another. Throws on an empty shape, a zero dimension or a name used twice. */
export function layout(tensors: readonly Tensor[]): Layout {
  const names = new Set<string>();
  const placed: PlacedTensor[] = [];
  let begin = 0;
  for (const tensor of tensors) {
    if (names.has(tensor.name)) throw new Error(`two tensors are named "${tensor.name}"`);
    names.add(tensor.name);
    const size = elements(tensor.shape);
    if (!(size > 0)) throw new Error(`tensor "${tensor.name}" has no elements`);
    const unit = tensor.rows ? size / (tensor.shape[0] ?? 1) : 1;
    placed.push({ ...tensor, begin, end: begin + size, unit });
    begin += size;
  }
  if (placed.length === 0) throw new Error('a model needs at least one tensor');
  return { tensors: placed, size: begin };
}

/** Number of elements of a shape. */
export function elements(shape: readonly number[]): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** Number of keys in `keys`, of a vector of `size`. */
export function keyCount(keys: KeySet, size: number): number {
  if (keys.kind === 'all') return size;
  let count = keys.rows.length * keys.width;
  for (const range of keys.ranges) count += range.end - range.begin;
  return count;
}
