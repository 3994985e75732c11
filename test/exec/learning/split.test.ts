import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { dirichlet, iid } from '../../../core/config/problem.ts';
import { Batches } from '../../../exec/learning/batches.ts';
import { splitSamples } from '../../../exec/learning/split.ts';

const test = suite('splits and batches');

const count = 1000;
const classes = Uint8Array.from({ length: count }, (_, i) => (i * 7) % 10);
const splits = [iid(), dirichlet(100), dirichlet(1), dirichlet(0.1), dirichlet(0.001)];

test('every sample goes to exactly one worker, and every worker has one', () => {
  for (const split of splits) {
    for (const workers of [1, 2, 7, 64, 999, 1000]) {
      const parts = splitSamples({ count, classes }, workers, split, 11);
      assert.is(parts.length, workers);
      const seen = parts.flatMap(part => [...part]).sort((a, b) => a - b);
      assert.equal(
        seen,
        Array.from({ length: count }, (_, i) => i),
        JSON.stringify(split)
      );
      assert.ok(parts.every(part => part.length > 0));
    }
  }
});

test('an even split differs by one sample at most', () => {
  const sizes = splitSamples({ count, classes: null }, 7, iid(), 1).map(part => part.length);
  assert.is(Math.max(...sizes) - Math.min(...sizes), 1);
});

test('the skew of labels grows as alpha falls', () => {
  const skew = (alpha: number): number => {
    let total = 0;
    for (let seed = 0; seed < 10; seed++) {
      for (const part of splitSamples({ count, classes }, 8, dirichlet(alpha), seed)) {
        const shares = new Float64Array(10);
        for (const sample of part) shares[classes[sample]!]! += 1 / part.length;
        // Total variation from the labels of all samples, which are even.
        for (const share of shares) total += Math.abs(share - 0.1) / 2 / 80;
      }
    }
    return total;
  };
  const skews = [1000, 10, 1, 0.1, 0.001].map(skew);
  for (let i = 1; i < skews.length; i++) assert.ok(skews[i]! > skews[i - 1]! + 0.05, `${skews}`);
  assert.ok(skews[0]! < 0.1 && skews.at(-1)! > 0.6, `${skews}`);
});

test('shares of Dirichlet(alpha) have its mean and variance', () => {
  const workers = 4;
  const alpha = 0.5;
  const samples = 400;
  const oneClass = new Uint8Array(samples);
  let [sum, squares, draws] = [0, 0, 0];
  for (let seed = 0; seed < 400; seed++) {
    const parts = splitSamples(
      { count: samples, classes: oneClass },
      workers,
      dirichlet(alpha),
      seed
    );
    for (const part of parts) {
      const share = part.length / samples;
      sum += share;
      squares += share * share;
      draws += 1;
    }
  }
  const mean = sum / draws;
  const variance = squares / draws - mean * mean;
  // Variance m (1 - m) / (1 + workers alpha), with m = 1 / workers: 0.0625; its error is about 0.002.
  assert.ok(Math.abs(mean - 0.25) < 1e-9);
  assert.ok(Math.abs(variance - 0.0625) < 0.006, `${variance}`);
});

test('the same seed splits the same way, another one differently', () => {
  for (const split of splits) {
    const part = (seed: number) => splitSamples({ count, classes }, 5, split, seed);
    assert.equal(part(3), part(3));
    assert.not.equal(part(3), part(4));
  }
});

test('too few samples for the workers, and a skew without classes, are refused', () => {
  assert.throws(
    () => splitSamples({ count: 3, classes: null }, 4, iid(), 1),
    /too few for 4 workers/
  );
  assert.throws(() => splitSamples({ count: 9, classes: null }, 4, dirichlet(1), 1), /classes/);
});

test('a batch is the same whenever it is asked for', () => {
  const parts = splitSamples({ count, classes }, 3, iid(), 2);
  const forwards = new Batches(2, parts, 32);
  const asked = Array.from({ length: 60 }, (_, i) => ({ worker: i % 3, clock: i >> 1 }));
  const found = asked.map(batch => [...forwards.indices(batch)]);
  const backwards = new Batches(2, parts, 32);
  for (const [index, batch] of [...asked.entries()].reverse()) {
    assert.equal([...backwards.indices(batch)], found[index]);
  }
});

test('a worker goes through all its samples once an epoch, in a new order each time', () => {
  const parts = splitSamples({ count, classes }, 3, iid(), 2);
  for (const size of [1, 32, 334, 1000]) {
    const batches = new Batches(2, parts, size);
    const length = parts[0]!.length;
    const drawn: number[] = [];
    for (let clock = 0; drawn.length < 3 * length; clock++) {
      const batch = [...batches.indices({ worker: 0, clock })];
      assert.is(batch.length, size);
      drawn.push(...batch);
    }
    const orders = [0, 1, 2].map(epoch => drawn.slice(epoch * length, (epoch + 1) * length));
    for (const order of orders) {
      assert.equal(
        [...order].sort((a, b) => a - b),
        [...parts[0]!].sort((a, b) => a - b)
      );
    }
    assert.not.equal(orders[0], orders[1]);
    assert.not.equal(orders[1], orders[2]);
  }
});

test('a worker that is not there has no batches', () => {
  const batches = new Batches(2, splitSamples({ count, classes }, 3, iid(), 2), 8);
  assert.throws(() => batches.indices({ worker: 3, clock: 0 }), /no worker 3/);
});

test.run();
