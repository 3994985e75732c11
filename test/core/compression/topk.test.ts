import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Slice } from '../../../core/compression/compressor.ts';
import { keptOf, topK, topKKind } from '../../../core/compression/topk.ts';
import { layout } from '../../../core/tensors.ts';
import {
  anyKey,
  awkward,
  bareSlice,
  distributions,
  drawn,
  edgeLengths,
  energy,
  errorEnergy,
  roundTrip,
  sent
} from './vectors.ts';

const test = suite('top-k');
const compressor = (ratio: number, options: Partial<Parameters<typeof topK>[0]> = {}) =>
  topKKind.create(topK({ ratio, ...options }));

/** Top-k by sorting. */
function reference(values: Float32Array, k: number): Float32Array {
  const order = Array.from(values, (_, i) => i).sort(
    (a, b) => Math.abs(values[b]!) - Math.abs(values[a]!) || a - b
  );
  const kept = new Float32Array(values.length);
  for (const i of order.slice(0, k)) kept[i] = values[i]!;
  return kept;
}

test('what is decoded is the k largest, bit for bit', () => {
  for (const name of Object.keys(distributions)) {
    for (const length of edgeLengths) {
      for (const ratio of [0.001, 0.1, 0.5, 1]) {
        for (const indices of ['fixed', 'smallest'] as const) {
          const values = drawn(name, length);
          const decoded = roundTrip(compressor(ratio, { indices }), values);
          assert.equal(decoded, reference(values, keptOf(length, ratio)));
        }
      }
    }
  }
  for (const values of Object.values(awkward)) {
    assert.equal(roundTrip(compressor(0.4), values), reference(values, keptOf(values.length, 0.4)));
  }
});

test('the length is the formula, whatever the values', () => {
  const lengths = fc.integer({ min: 0, max: 3000 });
  const ratios = fc.double({ min: 0.0005, max: 1, noNaN: true });
  fc.assert(
    fc.property(lengths, ratios, fc.nat(1000), (length, ratio, seed) => {
      const values = drawn('gaussian', length, seed);
      const fixed = compressor(ratio);
      const told = fixed.byteLength(bareSlice(length));
      assert.is(sent(fixed, values).byteLength, told);
      const smallest = compressor(ratio, { indices: 'smallest' });
      assert.ok(sent(smallest, values).byteLength <= smallest.byteLength(bareSlice(length)));
      assert.is(smallest.byteLength(bareSlice(length)), told);
    }),
    { numRuns: 300, seed: 35 }
  );
  assert.not(compressor(0.1).valueDependentLength);
  assert.ok(compressor(0.1, { indices: 'smallest' }).valueDependentLength);
});

test('the error is the energy of the tail, at most 1 - k/n of the whole', () => {
  for (const name of Object.keys(distributions)) {
    for (const ratio of [0.01, 0.1, 0.5]) {
      const values = drawn(name, 1000);
      const k = keptOf(1000, ratio);
      const tail = [...values].map(x => x * x).sort((a, b) => a - b);
      const expected = tail.slice(0, 1000 - k).reduce((sum, x) => sum + x, 0);
      const error = errorEnergy(values, roundTrip(compressor(ratio), values));
      assert.ok(Math.abs(error - expected) <= 1e-9 * energy(values));
      assert.ok(error <= (1 - k / 1000) * energy(values) * (1 + 1e-12));
      // Nothing is gained over the bound where all are equal.
      if (name === 'constant') {
        assert.ok(Math.abs(error / energy(values) - (1 - k / 1000)) < 1e-9);
      }
    }
  }
});

test('one hot survives any ratio, exactly', () => {
  assert.equal(roundTrip(compressor(0.0001), awkward['one hot']), awkward['one hot']);
});

test('a NaN is sent before anything else', () => {
  const values = drawn('gaussian', 5000);
  values[4321] = Number.NaN;
  values[17] = Number.POSITIVE_INFINITY;
  for (const ratio of [0.0002, 0.01]) {
    const decoded = roundTrip(compressor(ratio), values);
    assert.ok(Number.isNaN(decoded[4321]!));
    assert.is(decoded[17], ratio === 0.01 ? Number.POSITIVE_INFINITY : 0);
  }
});

test('k is chosen of every tensor, and of what no tensor covers', () => {
  const { tensors } = layout([
    { name: 'large', shape: [100], rows: false },
    { name: 'small', shape: [10], rows: false }
  ]);
  const slice: Slice = {
    length: 150,
    pieces: [
      { tensor: tensors[0]!, offset: 0, length: 100 },
      { tensor: tensors[1]!, offset: 100, length: 10 }
    ]
  };
  const values = drawn('gaussian', 150);
  for (let i = 0; i < 100; i++) values[i]! *= 1000;
  const parts = [values.subarray(0, 100), values.subarray(100, 110), values.subarray(110)];
  const byTensor = roundTrip(compressor(0.1), values, anyKey, slice);
  const expected = parts.flatMap(part => [...reference(part, keptOf(part.length, 0.1))]);
  assert.equal([...byTensor], expected);
  const bySlice = compressor(0.1, { by: 'slice' });
  assert.equal(roundTrip(bySlice, values, anyKey, slice), reference(values, 15));
  assert.is(sent(bySlice, values, anyKey, slice).byteLength, bySlice.byteLength(slice));
  const told = compressor(0.1).byteLength(slice);
  assert.is(sent(compressor(0.1), values, anyKey, slice).byteLength, told);
});

test('k is at least 1 and never off by a rounding error', () => {
  assert.is(keptOf(0, 0.5), 0);
  assert.is(keptOf(5, 0.001), 1);
  assert.is(keptOf(101, 0.01), 2);
  // 0.07 * 100 is 7.000000000000001 in floating point.
  assert.is(keptOf(100, 0.07), 7);
  assert.is(keptOf(3, 1 / 3), 1);
  assert.is(keptOf(10, 1), 10);
});

test('at one percent, a value costs 41 bits', () => {
  const bits = (options: Partial<Parameters<typeof topK>[0]>): number => {
    const values = drawn('gaussian', 100_000);
    return (8 * sent(compressor(0.01, options), values).byteLength) / 1000;
  };
  assert.ok(bits({}) < 40.7, `${bits({})}`);
  assert.ok(bits({ indices: 'smallest' }) < 40.3, `${bits({ indices: 'smallest' })}`);
});

test('a ratio that is no share is refused', () => {
  assert.throws(() => topK({ ratio: 2 }), /share of values that is sent: 1 at most/);
  assert.throws(() => topK({ ratio: 0 }), /share of values that is sent: above 0/);
  assert.throws(() => topK({ ratio: Number.NaN }));
});

test.run();
