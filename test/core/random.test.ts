import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  exponentialAt,
  nameKey,
  normalAt,
  restoreStream,
  type Stream,
  stream,
  uniformAt,
  wordsAt
} from '../../core/random.ts';

const test = suite('random');

/** All statistics below hold for these seeds; bounds are five standard deviations or more. */
const DRAWS = 100_000;

test('a stream is named by seed and names, and by nothing else', () => {
  const first = take(stream(7, 'worker', 3), 5);
  assert.equal(take(stream(7, 'worker', 3), 5), first);
  for (const other of [stream(8, 'worker', 3), stream(7, 'worker', 4), stream(7, 'worker', '3')]) {
    assert.not.equal(take(other, 5), first);
  }
  assert.not.equal(take(stream(7, 'ab', 'c'), 5), take(stream(7, 'a', 'bc'), 5));
});

test('a stream gives these very numbers on every machine', () => {
  const draws = stream(1, 'golden');
  assert.equal(
    [draws.uniform(), draws.normal(), draws.exponential(), draws.integer(1000)],
    [0.15949020351264154, -1.4512862516789993, 0.04404780671730096, 392]
  );
});

test('a seed that is no whole number is refused', () => {
  assert.throws(() => stream(0.5), /whole number/);
  assert.throws(() => stream(Number.NaN), /whole number/);
});

test('a restored stream goes on where the state was taken', () => {
  const draws = stream(3, 'batch');
  take(draws, 10);
  const state = JSON.parse(JSON.stringify(draws.state()));
  const rest = take(draws, 10);
  assert.equal(take(restoreStream(state), 10), rest);
  assert.equal(take(restoreStream(state), 10), rest, 'the state is not used up');
});

test('streams of neighbouring names are uncorrelated', () => {
  const firsts = Float64Array.from({ length: DRAWS }, (_, i) => stream(5, 'worker', i).uniform());
  checkUniform(firsts);
  for (const lag of [1, 10, 100]) assert.ok(Math.abs(correlation(firsts, lag)) < 5);
});

test('a stream draws uniform, normal and exponential numbers', () => {
  const draws = stream(11, 'moments');
  checkUniform(Float64Array.from({ length: DRAWS }, () => draws.uniform()));
  checkMoments(
    Float64Array.from({ length: DRAWS }, () => draws.normal()),
    0,
    1,
    3
  );
  checkMoments(
    Float64Array.from({ length: DRAWS }, () => draws.exponential()),
    1,
    1,
    9
  );
});

test('a shuffle visits every order equally often', () => {
  const draws = stream(13, 'shuffle');
  const counts = new Map<string, number>();
  for (let i = 0; i < 24_000; i++) {
    const order = draws.shuffle([0, 1, 2, 3]).join('');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  assert.is(counts.size, 24);
  for (const count of counts.values()) assert.ok(Math.abs(count - 1000) < 5 * Math.sqrt(1000));
  const typed = Uint32Array.from([5, 6, 7]);
  assert.is(draws.shuffle(typed), typed);
  assert.equal([...typed].sort(), [5, 6, 7]);
});

test('an integer below n is below n', () => {
  const draws = stream(17, 'integer');
  const counts = new Array<number>(7).fill(0);
  for (let i = 0; i < 70_000; i++) counts[draws.integer(7)]! += 1;
  for (const count of counts) assert.ok(Math.abs(count - 10_000) < 500);
  assert.is(draws.integer(1), 0);
});

test('keyed words are Threefry-4x32-20: the known answer of its authors', () => {
  const words = new Uint32Array(4);
  wordsAt(words, 0, 0, 0, 0, 0);
  assert.equal([...words], [0x9c6ca96a, 0xe17eae66, 0xfc10ecd4, 0x5256a7d8]);
  assert.is(
    uniformAt(0, 0, 0, 0, 0),
    ((0x9c6ca96a >>> 5) * 2 ** 26 + (0xe17eae66 >>> 6)) / 2 ** 53
  );
});

test('keyed words follow the cipher written down word by word', () => {
  const draws = stream(19, 'cipher');
  const words = new Uint32Array(4);
  for (let i = 0; i < 50; i++) {
    const seed = draws.integer(2 ** 32) * 2 ** 20 + draws.integer(2 ** 20);
    const counter = [0, 1, 2, 3].map(() => draws.integer(2 ** 32));
    const [a = 0, b = 0, c = 0, d = 0] = counter;
    wordsAt(words, seed, a, b, c, d);
    assert.equal([...words], threefry(counter, [seed % 2 ** 32, Math.floor(seed / 2 ** 32), 0, 0]));
  }
});

test('a keyed draw depends on every word of its key and on no order of calls', () => {
  const here = uniformAt(1, 2, 3, 4, 5);
  const others = [
    uniformAt(2, 2, 3, 4, 5),
    uniformAt(1 + 2 ** 32, 2, 3, 4, 5),
    uniformAt(1, 3, 3, 4, 5),
    uniformAt(1, 2, 4, 4, 5),
    uniformAt(1, 2, 3, 5, 5),
    uniformAt(1, 2, 3, 4, 6)
  ];
  assert.is(new Set([here, ...others]).size, 7);
  assert.is(uniformAt(1, 2, 3, 4, 5), here);
});

test('keyed draws of neighbouring keys are uniform and uncorrelated along every word', () => {
  const along: ((i: number) => number)[] = [
    i => uniformAt(i, 0, 0, 0, 0),
    i => uniformAt(1, i, 0, 0, 0),
    i => uniformAt(1, 0, i, 0, 0),
    i => uniformAt(1, 0, 0, i, 0),
    i => uniformAt(1, 0, 0, 0, i),
    i => uniformAt(1, i % 100, Math.floor(i / 100), 7, 0)
  ];
  for (const draw of along) {
    const values = Float64Array.from({ length: DRAWS }, (_, i) => draw(i));
    checkUniform(values);
    for (const lag of [1, 2, 99, 100]) assert.ok(Math.abs(correlation(values, lag)) < 5);
  }
});

test('one changed bit of a key changes half of the bits of its words', () => {
  const words = new Uint32Array(4);
  const changed = new Uint32Array(4);
  let flips = 0;
  let count = 0;
  for (let i = 0; i < 500; i++) {
    wordsAt(words, 42, i, 3, 1, 0);
    for (let bit = 0; bit < 32; bit++) {
      wordsAt(changed, 42, i ^ (1 << bit), 3, 1, 0);
      for (let w = 0; w < 4; w++) flips += ones(words[w]! ^ changed[w]!);
      count += 128;
    }
  }
  assert.ok(Math.abs(flips / count - 0.5) < (5 * 0.5) / Math.sqrt(count));
});

test('keyed normal and exponential draws have their moments', () => {
  checkMoments(
    Float64Array.from({ length: DRAWS }, (_, i) => normalAt(3, i, 1, 2, 3)),
    0,
    1,
    3
  );
  checkMoments(
    Float64Array.from({ length: DRAWS }, (_, i) => exponentialAt(3, i, 1, 2, 3)),
    1,
    1,
    9
  );
});

test('names make words that do not collide among a thousand of them', () => {
  const names = Array.from({ length: 1000 }, (_, i) => nameKey(`worker ${i}`));
  assert.is(new Set(names).size, 1000);
  assert.is(nameKey(''), nameKey(''));
});

test.run();

function take(draws: Stream, count: number): number[] {
  return Array.from({ length: count }, () => draws.uniform());
}

/** Chi-square over 256 bins within five standard deviations, and the mean too. */
function checkUniform(values: Float64Array): void {
  const bins = new Float64Array(256);
  for (const value of values) {
    assert.ok(value >= 0 && value < 1);
    bins[Math.floor(value * 256)]! += 1;
  }
  const expected = values.length / 256;
  const chi = bins.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  assert.ok(Math.abs(chi - 255) < 5 * Math.sqrt(2 * 255), `chi-square ${chi}`);
  assert.ok(Math.abs(mean(values) - 0.5) < 5 / Math.sqrt(12 * values.length));
}

/** Mean and variance within five standard deviations; `fourth` is the fourth central moment. */
function checkMoments(
  values: Float64Array,
  centre: number,
  variance: number,
  fourth: number
): void {
  const n = values.length;
  assert.ok(Math.abs(mean(values) - centre) < 5 * Math.sqrt(variance / n));
  const spread = mean(values.map(value => (value - centre) ** 2));
  assert.ok(Math.abs(spread - variance) < 5 * Math.sqrt((fourth - variance ** 2) / n));
}

/** Autocorrelation in standard deviations. */
function correlation(values: Float64Array, lag: number): number {
  const centre = mean(values);
  let sum = 0;
  for (let i = lag; i < values.length; i++)
    sum += (values[i]! - centre) * (values[i - lag]! - centre);
  return (sum * 12) / Math.sqrt(values.length);
}

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function ones(word: number): number {
  let count = 0;
  for (let rest = word; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}

/** Threefry-4x32-20 as its paper writes it, in big integers. */
function threefry(counter: readonly number[], key: readonly number[]): number[] {
  const mask = 0xffffffffn;
  const keys = key.map(BigInt);
  const schedule = [...keys, keys.reduce((xor, word) => xor ^ word, 0x1bd11bdan)];
  const rotations = [
    [10n, 26n],
    [11n, 21n],
    [13n, 27n],
    [23n, 5n],
    [6n, 20n],
    [17n, 11n],
    [25n, 10n],
    [18n, 20n]
  ];
  const x = counter.map((word, i) => (BigInt(word) + schedule[i]!) & mask);
  for (let round = 0; round < 20; round++) {
    const pairs = round % 2 === 0 ? [1, 3] : [3, 1];
    [0, 2].forEach((left, i) => {
      const right = pairs[i]!;
      const by = rotations[round % 8]![i]!;
      x[left] = (x[left]! + x[right]!) & mask;
      x[right] = (((x[right]! << by) | (x[right]! >> (32n - by))) & mask) ^ x[left]!;
    });
    if (round % 4 !== 3) continue;
    const step = (round + 1) / 4;
    for (let i = 0; i < 4; i++) x[i] = (x[i]! + schedule[(step + i) % 5]!) & mask;
    x[3] = (x[3]! + BigInt(step)) & mask;
  }
  return x.map(Number);
}
