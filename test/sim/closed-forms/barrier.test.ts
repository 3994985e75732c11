/**
 * BSP against order statistics (Dutta et al. 2018): without communication an iteration takes as long
 * as the slowest of P computations.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertHolds, batchMeans } from './estimate.ts';
import { harmonic, paretoLargest } from './theory.ts';
import { lengthOf, rowsOf, type TimingRun, timingRun } from './timing-run.ts';

const test = suite('closed forms of BSP');

const millisecond = 1e6;

function run(name: string, workers: number, compute: string, iterations = 12_000): TimingRun {
  const stopAt = { iterations: lengthOf(iterations) };
  return timingRun(name, { workers, consistency: 'bsp', environment: { compute }, stopAt });
}

/** Milliseconds of each iteration, as worker 0 sees them. */
function iterationTimes(of: TimingRun): number[] {
  return rowsOf(of, 0).map(({ started, ended }) => (ended - started) / millisecond);
}

/** Law, its largest of P in the mean, and how closely it can be known. */
const laws: readonly (readonly [string, string, (workers: number) => number, number])[] = [
  ['exponential', 'exponential:1ms', harmonic, 0.01],
  ['shifted exponential', 'shifted-exponential:2ms:1ms', P => 2 + harmonic(P), 0.01],
  ['uniform', 'uniform:1ms:3ms', P => 1 + (2 * P) / (P + 1), 0.01],
  ['Pareto', 'pareto:1ms:3', P => paretoLargest(1, 3, P), 0.02]
];

for (const [law, compute, largest, relative] of laws) {
  for (const workers of [2, 4, 8]) {
    const name = `an iteration of ${workers} workers with ${law} times`;
    test(name, () => {
      const times = iterationTimes(run(name, workers, compute, law === 'Pareto' ? 20_000 : 12_000));
      assertHolds(name, largest(workers), batchMeans(times), relative);
    });
  }
}

for (const workers of [4, 8, 16]) {
  const name = `the idle share of ${workers} workers with exponential times is 1 - 1/H`;
  test(name, () => {
    const { rows } = run(name, workers, 'exponential:1ms', 3000);
    const idle = rows.map(({ computed, ended }) => ended - computed);
    const whole = rows.map(({ started, ended }) => ended - started);
    assertHolds(name, 1 - 1 / harmonic(workers), batchMeans(idle, whole));
  });
}

test('with equal times nobody waits', () => {
  const { rows, nanos } = run('equal times', 8, 'constant:3ms', 100);
  assert.is(nanos, lengthOf(100) * 3 * millisecond);
  for (const { computed, ended } of rows) assert.is(ended, computed);
});

test.run();
