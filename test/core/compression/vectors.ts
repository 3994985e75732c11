/** Vectors that compressors are tried on, and measures of what is left of them. */
import type { Compressor, EncodeKey, Slice } from '../../../core/compression/compressor.ts';
import type { Payload } from '../../../core/params.ts';
import { type Stream, stream } from '../../../core/random.ts';

/** A key that names nothing in particular. */
export const anyKey: EncodeKey = { seed: 1, worker: 2, server: 0, clock: 3, round: 0 };

/** A slice of this many values of no tensor. */
export function bareSlice(length: number): Slice {
  return { length, pieces: [] };
}

/** Encodes, and returns the payload as the other side has it: in memory of its own. */
export function sent(
  compressor: Compressor,
  values: Float32Array,
  key: EncodeKey = anyKey,
  slice: Slice = bareSlice(values.length)
): Payload {
  const bytes = compressor.encode(values, slice, key).slice();
  return {
    format: compressor.format,
    elements: values.length,
    byteLength: bytes.length,
    bytes
  };
}

/** What the other side makes of the values. */
export function roundTrip(
  compressor: Compressor,
  values: Float32Array,
  key: EncodeKey = anyKey,
  slice: Slice = bareSlice(values.length)
): Float32Array {
  return compressor.decode(sent(compressor, values, key, slice), new Float32Array(values.length));
}

/** |x|^2, in double precision. */
export function energy(x: Float32Array): number {
  let sum = 0;
  for (const value of x) sum += value * value;
  return sum;
}

/** |x - y|^2, in double precision. */
export function errorEnergy(x: Float32Array, y: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i]! - y[i]!) ** 2;
  return sum;
}

/** Distributions of gradients: light and heavy tails, and the worst cases. */
export const distributions: Readonly<Record<string, (chance: Stream) => number>> = {
  gaussian: chance => chance.normal(),
  laplace: chance => chance.exponential() * (chance.uniform() < 0.5 ? -1 : 1),
  'student-t with 2 degrees': chance =>
    chance.normal() / Math.sqrt((chance.normal() ** 2 + chance.normal() ** 2) / 2),
  'sparse, one in ten': chance => (chance.uniform() < 0.1 ? chance.normal() : 0),
  constant: () => 0.3
};

/** A vector of a distribution. */
export function drawn(name: string, length: number, seed = 1): Float32Array {
  const chance = stream(seed, 'vectors', name, length);
  const draw = distributions[name]!;
  return Float32Array.from({ length }, () => draw(chance));
}

/** Lengths around the edges of blocks, bytes and words. */
export const edgeLengths = [0, 1, 2, 3, 7, 8, 15, 16, 17, 31, 32, 33, 127, 128, 129, 1000];

/** Values that arithmetic is unkind to. */
export const awkward = {
  zeros: Float32Array.from([0, 0, 0, 0, 0]),
  'signed zeros': Float32Array.from([-0, 0, -0]),
  'one hot': Float32Array.from([0, 0, -3, 0]),
  subnormal: Float32Array.from([1e-45, -3e-44, 1e-40, 0, 1.1e-38]),
  'least of all': Float32Array.from([1e-45]),
  'large and small': Float32Array.from([1e38, 1e-38, -1e30, 1]),
  'largest of all': Float32Array.from([3.4028234663852886e38, -3.4028234663852886e38, 1e38])
} satisfies Record<string, Float32Array>;
