import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { selectLargest } from '../../../core/compression/select.ts';
import { distributions, drawn } from './vectors.ts';

const test = suite('selection of the largest');

/** By sorting: what the selection has to agree with. */
function sorted(values: Float32Array, begin: number, end: number, k: number): number[] {
  const magnitude = (i: number): number =>
    Number.isNaN(values[i]) ? Infinity : Math.abs(values[i]!);
  const notNumber = (i: number): number => (Number.isNaN(values[i]) ? 1 : 0);
  return Array.from({ length: end - begin }, (_, i) => begin + i)
    .sort((a, b) => notNumber(b) - notNumber(a) || magnitude(b) - magnitude(a) || a - b)
    .slice(0, k)
    .sort((a, b) => a - b);
}

function selected(values: Float32Array, begin: number, end: number, k: number): number[] {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  const into = new Uint32Array(k + 3);
  selectLargest(bits, begin, end, k, into, 2);
  assert.equal([...into.subarray(0, 2)], [0, 0]);
  return [...into.subarray(2, 2 + k)];
}

test('short vectors with many ties agree with sorting', () => {
  // One NaN payload: others would rank among each other by their bits.
  const value = fc.oneof(
    fc.integer({ min: -3, max: 3 }),
    fc.float({ noNaN: true }),
    fc.constant(Number.NaN)
  );
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 60 }),
      fc.nat(),
      fc.nat(),
      (list, a, b) => {
        const values = Float32Array.from(list);
        const begin = a % values.length;
        const k = 1 + (b % (values.length - begin));
        assert.equal(
          selected(values, begin, values.length, k),
          sorted(values, begin, values.length, k)
        );
      }
    ),
    { numRuns: 2000, seed: 31 }
  );
});

test('long vectors of every distribution agree with sorting', () => {
  for (const name of Object.keys(distributions)) {
    for (const length of [2047, 2048, 20_011]) {
      const values = drawn(name, length);
      for (const k of [
        1,
        10,
        Math.ceil(length / 100),
        Math.ceil(length / 33),
        length >> 1,
        length
      ]) {
        assert.equal(selected(values, 0, length, k), sorted(values, 0, length, k), `${name} ${k}`);
      }
    }
  }
});

test('a sample that misleads costs time and not exactness', () => {
  // The stride of the sample meets only large values, then only small ones.
  for (const [first, others] of [
    [9, 1],
    [1, 9]
  ] as const) {
    const values = drawn('gaussian', 16_384);
    for (let i = 0; i < values.length; i++) values[i]! *= i % 4 === 0 ? first : others;
    for (let i = 0; i < 2000; i++) values[i]! *= 100;
    for (const k of [5, 160, 500]) {
      assert.equal(selected(values, 0, 16_384, k), sorted(values, 0, 16_384, k));
    }
  }
});

test('magnitudes that differ in the last bit are told apart', () => {
  const values = new Float32Array(5000).fill(1);
  new Int32Array(values.buffer)[4000] = 0x3f800001;
  new Int32Array(values.buffer)[3000] = 0x3f800001 | 0x80000000;
  assert.equal(selected(values, 0, 5000, 2), [3000, 4000]);
  assert.equal(selected(values, 0, 5000, 4), [0, 1, 3000, 4000]);
});

test.run();
