import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { eliasFanoBytes } from '../../../core/compression/elias-fano.ts';
import {
  cheapestCoding,
  fixedCoding,
  type IndexCoding,
  modeCode,
  readIndices,
  writeIndices
} from '../../../core/compression/indices.ts';
import { bestRice } from '../../../core/compression/rice.ts';
import { stream } from '../../../core/random.ts';

const test = suite('index coding');

function written(coding: IndexCoding, indices: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(coding.bytes);
  writeIndices(coding, indices.length, Uint32Array.from(indices), bytes);
  return bytes;
}

function read(coding: IndexCoding, n: number, k: number, bytes: Uint8Array): number[] | string {
  const into = new Uint32Array(k);
  const wrong = readIndices(modeCode(coding.mode), coding.parameter, n, k, bytes, into);
  return wrong ?? [...into];
}

/** `k` of `n` at random, ascending. */
function uniform(n: number, k: number, seed = 1): Uint32Array {
  const all = stream(seed, 'indices', n, k).shuffle(Uint32Array.from({ length: n }, (_, i) => i));
  return all.subarray(0, k).sort();
}

/** log2 of the number of sets of k out of n, divided by k. */
function entropyBits(n: number, k: number): number {
  let bits = 0;
  for (let i = 1; i <= k; i++) bits += Math.log2((n - k + i) / i);
  return bits / k;
}

/** Every coding that n and k allow. */
function codings(n: number, k: number, indices: Uint32Array): IndexCoding[] {
  const list: IndexCoding[] = [
    { mode: 'words', parameter: 0, bytes: 4 * k },
    { mode: 'bitmap', parameter: 0, bytes: Math.ceil(n / 8) },
    { mode: 'rice', ...bestRice(n, k, indices) }
  ];
  if (k === n) list.push({ mode: 'all', parameter: 0, bytes: 0 });
  for (const parameter of [0, 1, 2, 5, 9]) {
    list.push({ mode: 'elias-fano', parameter, bytes: eliasFanoBytes(n, k, parameter) });
  }
  return list;
}

const sets = fc.uniqueArray(fc.nat(3000), { minLength: 1, maxLength: 80 }).chain(list =>
  fc.nat(500).map(more => {
    const indices = list.sort((a, b) => a - b);
    return { n: indices.at(-1)! + 1 + more, indices };
  })
);

test('any set comes back in every coding, at the length that is told before', () => {
  fc.assert(
    fc.property(sets, ({ n, indices }) => {
      const k = indices.length;
      for (const coding of codings(n, k, Uint32Array.from(indices))) {
        assert.equal(read(coding, n, k, written(coding, indices)), indices, coding.mode);
      }
    }),
    { numRuns: 500, seed: 32 }
  );
});

test('the coding that is chosen is the shortest', () => {
  fc.assert(
    fc.property(sets, ({ n, indices }) => {
      const k = indices.length;
      const words = Uint32Array.from(indices);
      const all = codings(n, k, words);
      const least = (some: IndexCoding[]): number => Math.min(...some.map(coding => coding.bytes));
      const fixed = fixedCoding(n, k);
      assert.ok(fixed.bytes <= least(all.filter(coding => coding.mode !== 'rice')));
      assert.ok(cheapestCoding(n, k, words).bytes <= least(all));
    }),
    { numRuns: 500, seed: 33 }
  );
});

test('random sets cost what theory says', () => {
  for (const [n, k] of [
    [100_000, 10_000],
    [100_000, 1_000],
    [1_000_000, 1_000],
    [4096, 41]
  ] as const) {
    const indices = uniform(n, k);
    const bits = (bytes: number): number => (8 * bytes) / k;
    const entropy = entropyBits(n, k);
    const rice = bits(bestRice(n, k, indices).bytes);
    // Above the entropy, and near it: 1.5 % at sizes where chance evens out.
    const slack = k < 1000 ? 1.06 : 1.025;
    assert.ok(rice > entropy * 0.97 && rice < entropy * slack, `rice ${rice} of ${entropy}`);
    const fano = fixedCoding(n, k);
    assert.is(fano.mode, 'elias-fano');
    assert.ok(bits(fano.bytes) < 2 + Math.ceil(Math.log2(n / k)), `elias-fano ${bits(fano.bytes)}`);
    assert.ok(bits(fano.bytes) < entropy + 0.7, `elias-fano ${bits(fano.bytes)} of ${entropy}`);
  }
});

test('clusters cost less than random sets, by gaps', () => {
  const clustered = Uint32Array.from({ length: 1000 }, (_, i) => 5000 * (i >> 7) + (i & 127));
  const coding = cheapestCoding(100_000, 1000, clustered);
  assert.is(coding.mode, 'rice');
  assert.ok(coding.bytes < 0.9 * cheapestCoding(100_000, 1000, uniform(100_000, 1000)).bytes);
});

test('dense sets go as a bitmap, and all of them for nothing', () => {
  assert.is(fixedCoding(1000, 600).mode, 'bitmap');
  assert.equal(fixedCoding(1000, 1000), { mode: 'all', parameter: 0, bytes: 0 });
  assert.is(fixedCoding(2 ** 31, 1).mode, 'words');
});

test('bytes that no encoder wrote are refused by every coding', () => {
  const chance = stream(34, 'mutations');
  const n = 700;
  const indices = [...uniform(n, 60)];
  for (const coding of codings(n, 60, Uint32Array.from(indices))) {
    const bytes = written(coding, indices);
    let refused = 0;
    for (let trial = 0; trial < 2000; trial++) {
      const mutated = bytes.slice(0, bytes.length - (trial % 3 === 0 ? chance.integer(4) : 0));
      mutated[chance.integer(mutated.length)] = chance.integer(256);
      const found = read(coding, n, 60, mutated);
      if (typeof found === 'string') refused++;
      else assert.ok(found.every((index, i) => index < n && index > (found[i - 1] ?? -1)));
    }
    assert.ok(refused > 500, `${coding.mode}: ${refused}`);
  }
  assert.match(
    String(read({ mode: 'words', parameter: 25, bytes: 4 }, 9, 1, new Uint8Array(4))),
    /25 low bits where 24 are the most/
  );
  const unknown = readIndices(9, 0, 9, 1, new Uint8Array(4), new Uint32Array(1));
  assert.match(unknown ?? '', /coding 9 where 0 to 4 are known/);
});

test.run();
