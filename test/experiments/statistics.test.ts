import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  bootstrapMedian,
  censoredQuantile,
  type Measured,
  spread
} from '../../experiments/harness/statistics.ts';

const test = suite('statistics');

test('quantiles are those of R, type 7', () => {
  // quantile(c(1, 2, 4, 8), c(0.25, 0.5, 0.75)) in R gives 1.75, 3, 5.
  const values = [1, 2, 4, 8];
  assert.is(censoredQuantile(values, 4, 0.25), 1.75);
  assert.is(censoredQuantile(values, 4, 0.5), 3);
  assert.is(censoredQuantile(values, 4, 0.75), 5);
});

test('a target that most runs reach has a median, and no maximum where one does not', () => {
  const { median, min, max, reached, censoredAt } = spread([of(3), of(5), never(20)]);
  assert.equal({ median, min, max }, { median: 5, min: 3, max: null });
  assert.equal({ reached, censoredAt }, { reached: 2, censoredAt: 20 });
});

test('a target that half of the runs miss has no median: all that is known is where they gave up', () => {
  const { median, censoredAt } = spread([of(3), never(12), of(5), never(20)]);
  assert.is(median, null);
  assert.is(censoredAt, 12);
});

test('no run at all has no figure', () => {
  const { runs, median, min, censoredAt } = spread([]);
  assert.equal(
    { runs, median, min, censoredAt },
    { runs: 0, median: null, min: null, censoredAt: null }
  );
});

test('the order of the runs does not matter', () => {
  assert.equal(spread([of(9), of(1), of(4)]), spread([of(1), of(4), of(9)]));
});

test('the bootstrap interval holds the median, and is the same for the same values', () => {
  const values = [4, 5, 5.5, 6, 6.2, 7, 9];
  const [low, high] = bootstrapMedian(values, 1);
  assert.ok(low <= 6 && 6 <= high && low >= 4 && high <= 9, `${low} to ${high}`);
  assert.equal(bootstrapMedian(values, 1), [low, high]);
});

test('the bootstrap covers the true median of a known law in about 95 of 100 samples', () => {
  // Twenty-one values at the quantiles of a uniform law, shifted by a fixed sequence.
  let covered = 0;
  for (let sample = 0; sample < 200; sample++) {
    const values = Array.from({ length: 21 }, (_, i) => weyl(sample * 21 + i));
    const [low, high] = bootstrapMedian(values, sample);
    if (low <= 0.5 && 0.5 <= high) covered += 1;
  }
  assert.ok(covered >= 180, `${covered} of 200 intervals hold the true median`);
});

test('four runs are too few for an interval', () => {
  assert.is(spread([of(1), of(2), of(3), of(4)]).medianInterval, null);
  assert.ok(spread([of(1), of(2), of(3), of(4), of(5)]).medianInterval);
});

test.run();

function of(value: number): Measured {
  return { value, censoredAt: null };
}

function never(censoredAt: number): Measured {
  return { value: null, censoredAt };
}

// A hash of the index to [0, 1): the sample is fixed and looks like chance.
function weyl(index: number): number {
  let bits = Math.imul(index + 1, 0x9e3779b1);
  bits = Math.imul(bits ^ (bits >>> 15), 0x85ebca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35);
  return ((bits ^ (bits >>> 16)) >>> 0) / 2 ** 32;
}
