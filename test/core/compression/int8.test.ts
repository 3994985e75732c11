import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { int8, int8Kind } from '../../../core/compression/int8.ts';
import {
  anyKey,
  awkward,
  bareSlice,
  distributions,
  drawn,
  edgeLengths,
  errorEnergy,
  roundTrip,
  sent
} from './vectors.ts';

const test = suite('int8');
const nearest = int8Kind.create(int8());
const stochastic = int8Kind.create(int8({ rounding: 'stochastic' }));

/** The scales of a payload, by its layout. */
function scalesOf(bytes: Uint8Array, length: number, block: number): Float32Array {
  return new Float32Array(bytes.slice().buffer, 4, Math.ceil(length / block));
}

test('no value is off by more than half of its scale, which is max / 127', () => {
  for (const name of Object.keys(distributions)) {
    for (const block of [16, 128, 4096]) {
      const compressor = int8Kind.create(int8({ block }));
      const values = drawn(name, 10_000);
      const scales = scalesOf(sent(compressor, values).bytes!, values.length, block);
      const decoded = roundTrip(compressor, values);
      for (let i = 0; i < values.length; i++) {
        const scale = scales[Math.floor(i / block)]!;
        assert.ok(Math.abs(values[i]! - decoded[i]!) <= (scale / 2) * (1 + 1e-6), `${name} ${i}`);
      }
      for (let index = 0; index < scales.length; index++) {
        const part = values.subarray(index * block, (index + 1) * block);
        const max = Math.max(...part.map(Math.abs));
        assert.ok(Math.abs(scales[index]! * 127 - max) <= max * 2e-7);
      }
    }
  }
});

test('levels are the nearest integers, ties to the even one', () => {
  // With the maximum 127 the scale is 1 and every level is the rounded value itself.
  const values = Float32Array.from([127, 0.5, 1.5, 2.5, -0.5, -1.5, 3.49, -3.51, 126.5, -126.5]);
  const decoded = roundTrip(nearest, values);
  assert.equal([...decoded], [127, 0, 2, 2, 0, -2, 3, -4, 126, -126]);
});

test('every length has the length that the formula says', () => {
  for (const length of edgeLengths) {
    for (const compressor of [nearest, stochastic, int8Kind.create(int8({ block: 16 }))]) {
      const payload = sent(compressor, drawn('gaussian', length));
      assert.is(payload.byteLength, compressor.byteLength(bareSlice(length)));
    }
    const blocks = Math.ceil(length / 128);
    assert.is(nearest.byteLength(bareSlice(length)), 4 + 4 * blocks + length);
  }
});

test('awkward values stay within half of a scale, and no level overflows', () => {
  for (const [name, values] of Object.entries(awkward)) {
    for (const compressor of [nearest, stochastic]) {
      const decoded = roundTrip(compressor, values);
      const [scale] = scalesOf(sent(compressor, values).bytes!, values.length, 128);
      const bound = compressor === nearest ? scale! / 2 : scale!;
      for (let i = 0; i < values.length; i++) {
        const error = Math.abs(values[i]! - decoded[i]!);
        assert.ok(error <= bound * (1 + 2e-5), `${name}: ${values[i]} came back as ${decoded[i]}`);
      }
    }
  }
  assert.equal([...roundTrip(nearest, awkward.zeros)], [0, 0, 0, 0, 0]);
  const [, , hot] = roundTrip(stochastic, awkward['one hot']);
  assert.ok(Math.abs(hot! + 3) < 1e-6);
});

test('a value that is not finite makes its block NaN, and no other', () => {
  for (const bad of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
    for (const compressor of [nearest, stochastic]) {
      const values = drawn('gaussian', 300);
      values[130] = bad;
      const decoded = roundTrip(compressor, values);
      for (let i = 0; i < 300; i++) {
        assert.is(Number.isNaN(decoded[i]!), i >= 128 && i < 256, `${bad} at ${i}`);
      }
    }
  }
});

test('the same key gives the same bytes, any other key others', () => {
  const values = drawn('gaussian', 200);
  const bytes = sent(stochastic, values).bytes!;
  assert.equal(sent(stochastic, values).bytes, bytes);
  for (const field of ['seed', 'worker', 'server', 'clock', 'round'] as const) {
    const key = { ...anyKey, [field]: anyKey[field] + 1 };
    assert.not.equal(sent(stochastic, values, key).bytes, bytes, field);
  }
  assert.equal(sent(nearest, values, { ...anyKey, clock: 9 }).bytes, sent(nearest, values).bytes);
});

/**
 * Distance of the mean of `trials` encodings from the vector, as a multiple of what independent
 * unbiased rounding gives: |mean - x|^2 trials / V, with the exact V = sum of s^2 f (1 - f).
 * `terms` is how many equal terms would spread as much as those of V.
 */
function meanRatio(
  compressor: typeof nearest,
  values: Float32Array,
  trials: number
): { readonly ratio: number; readonly terms: number } {
  const sum = new Float64Array(values.length);
  let spread = 0;
  for (let clock = 0; clock < trials; clock++) {
    const decoded = roundTrip(compressor, values, { ...anyKey, clock });
    for (let i = 0; i < values.length; i++) sum[i]! += decoded[i]!;
    spread += errorEnergy(values, decoded);
  }
  const scales = scalesOf(sent(compressor, values).bytes!, values.length, 128);
  let variance = 0;
  let squares = 0;
  let distance = 0;
  for (let i = 0; i < values.length; i++) {
    const level = values[i]! / scales[Math.floor(i / 128)]!;
    const part = level - Math.floor(level);
    const own = scales[Math.floor(i / 128)]! ** 2 * part * (1 - part);
    variance += own;
    squares += own ** 2;
    distance += (sum[i]! / trials - values[i]!) ** 2;
  }
  if (compressor === stochastic) {
    // The mean squared error is the variance itself.
    assert.ok(Math.abs(spread / trials / variance - 1) < 0.02, `${spread / trials} ${variance}`);
  }
  return { ratio: (distance * trials) / variance, terms: variance ** 2 / squares };
}

test('stochastic rounding is right in the mean, with exactly its variance', () => {
  for (const name of ['gaussian', 'laplace', 'student-t with 2 degrees']) {
    const values = drawn(name, 4096);
    const { ratio, terms } = meanRatio(stochastic, values, 100);
    // Six standard deviations of a chi-square.
    assert.ok(Math.abs(ratio - 1) < 6 * Math.sqrt(2 / terms), `${name}: ${ratio}`);
  }
});

test('rounding to the nearest fails the test of the mean: the test can tell', () => {
  const { ratio } = meanRatio(nearest, drawn('gaussian', 4096), 100);
  assert.ok(ratio > 10, `${ratio}`);
});

test('workers round independently of each other', () => {
  const values = drawn('gaussian', 4096);
  const one = roundTrip(stochastic, values, { ...anyKey, worker: 0 });
  const other = roundTrip(stochastic, values, { ...anyKey, worker: 1 });
  let product = 0;
  for (let i = 0; i < values.length; i++) {
    product += (one[i]! - values[i]!) * (other[i]! - values[i]!);
  }
  const correlation = product / errorEnergy(values, one);
  assert.ok(Math.abs(correlation) < 6 / Math.sqrt(4096), `${correlation}`);
});

test('a block that does not divide cleanly is refused', () => {
  assert.throws(() => int8({ block: 100 }), /multiple of 16/);
  assert.throws(() => int8({ block: 0 }), /at least 16/);
});

test.run();
