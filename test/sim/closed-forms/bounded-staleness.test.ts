/**
 * SSP against the exact rates of its Markov chain ("start iff c - slowest <= s", exponential times):
 * an error of one in the rule shifts a whole column of the table.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { rankOf } from '../../../core/node-id.ts';
import { assertHolds, batchMeans } from './estimate.ts';
import { harmonic, sspRate } from './theory.ts';
import { lengthOf, rowsOf, type TimingRun, timingRun } from './timing-run.ts';

const test = suite('closed forms of SSP');

const millisecond = 1e6;

/** Iterations a millisecond of each of P workers that take 1 ms in the mean, by bound. */
const table: readonly (readonly [workers: number, rates: readonly number[]])[] = [
  [2, [0.666667, 0.8, 0.857143, 0.888889, 0.909091, 0.933333, 0.947368]],
  [4, [0.48, 0.659979, 0.748191, 0.80018, 0.834405, 0.876675, 0.901761]]
];
const bounds = [0, 1, 2, 3, 4, 6, 8];

test('the chain gives the rates of the table', () => {
  for (const [workers, rates] of table) {
    rates.forEach((rate, index) => {
      const bound = bounds[index]!;
      // The chain of P = 4 has (s + 2)^4 - (s + 1)^4 states.
      if (workers === 4 && bound > 4) return;
      const found = sspRate(bound, Array<number>(workers).fill(1));
      assert.ok(Math.abs(found - rate) < 1e-6, `P=${workers} s=${bound}: ${found}`);
    });
  }
  assert.ok(Math.abs(sspRate(0, [1, 1, 1]) - 1 / harmonic(3)) < 1e-9, 'bound 0 is a barrier');
});

test('two workers have a closed form', () => {
  for (let bound = 0; bound <= 8; bound++) {
    assert.ok(Math.abs(sspRate(bound, [1, 1]) - (2 * bound + 2) / (2 * bound + 3)) < 1e-9);
  }
});

function run(name: string, bound: number, workers: number, speeds: readonly number[]): TimingRun {
  const consistency = `ssp:${bound}`;
  const environment = { compute: 'exponential:1ms', speeds: [...speeds] };
  const stopAt = { iterations: lengthOf(Math.round(40_000 / workers)) };
  return timingRun(name, { workers, consistency, environment, stopAt });
}

/** Milliseconds between the ends of a worker's computations, whose mean is the inverse of its rate. */
function periods(of: TimingRun, worker: number): number[] {
  const ends = rowsOf(of, worker).map(({ computed }) => computed / millisecond);
  return ends.slice(1).map((end, index) => end - ends[index]!);
}

for (const [workers, rates] of table) {
  for (let bound = 0; bound <= 4; bound++) {
    const name = `the rate of ${workers} equal workers with bound ${bound}`;
    test(name, () => {
      const found = run(name, bound, workers, [1]);
      assertHolds(name, 1 / rates[bound]!, batchMeans(periods(found, 0)));
    });
  }
}

for (const [bound, rate] of [
  [0, 0.85714],
  [1, 0.96774],
  [3, 0.99804]
] as const) {
  const name = `the rate of two workers of speeds 2 and 1 with bound ${bound}`;
  test(name, () => {
    assert.ok(Math.abs(sspRate(bound, [2, 1]) - rate) < 1e-5, 'the chain agrees');
    const found = run(name, bound, 2, [2, 1]);
    for (const worker of [0, 1]) {
      assertHolds(name, 1 / rate, batchMeans(periods(found, worker)));
    }
  });
}

test('with unequal constant times everybody goes at the pace of the slowest, whatever the bound', () => {
  const times = [1, 2, 5];
  for (const bound of [0, 1, 4, 16]) {
    const seconds = 0.5;
    const { rows } = timingRun(`constant speeds, bound ${bound}`, {
      workers: 3,
      consistency: `ssp:${bound}`,
      environment: { compute: 'constant:1ms', speeds: times.map(time => 1 / time) },
      stopAt: { seconds }
    });
    const slowest = (seconds * 1000) / Math.max(...times);
    for (let worker = 0; worker < 3; worker++) {
      const ended = rows.filter(({ node }) => rankOf(node) === worker).length;
      assert.ok(ended >= slowest - 1 && ended <= slowest + bound + 1, `w${worker}: ${ended}`);
    }
  }
});

test('no two clocks are further apart than bound + 1, and they get that far', () => {
  for (const bound of [0, 1, 2, 5]) {
    const { rows } = timingRun(`spread, bound ${bound}`, {
      workers: 5,
      servers: 2,
      consistency: `ssp:${bound}`,
      environment: { compute: 'pareto:1ms:1.5' },
      stopAt: { iterations: 300 }
    });
    const events = [...rows].sort((a, b) => a.computed - b.computed);
    const clocks = [0, 0, 0, 0, 0];
    let widest = 0;
    for (const { node, clock } of events) {
      clocks[rankOf(node)] = clock + 1;
      widest = Math.max(widest, Math.max(...clocks) - Math.min(...clocks));
    }
    assert.is(widest, bound + 1);
  }
});

test.run();
