/**
 * BSP with 16 workers, by the harness: an iteration takes as long as the slowest of 16 computations,
 * whose mean is known for each law (order statistics; David and Nagaraja 2003, chapters 3 and 4).
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type ComputeConfig, logNormal } from '../../../core/environment/compute.ts';
import { assertHolds, batchMeans } from './estimate.ts';
import { experimentRun, rowsOfKind } from './experiment-run.ts';
import { harmonic, paretoLargest } from './theory.ts';
import { isLong, lengthOf } from './timing-run.ts';

const test = suite('order statistics');

const workers = 16;

/** Milliseconds of each iteration. */
async function times(
  name: string,
  compute: string | ComputeConfig,
  iterations: number,
  count = workers
): Promise<number[]> {
  const run = await experimentRun(name, {
    workers: count,
    servers: 1,
    problem: { kind: 'timing', tensors: [1] },
    consistency: 'bsp',
    environment: { compute },
    stopAt: { iterations: lengthOf(iterations) }
  });
  const rows = rowsOfKind(run, 'iteration').filter(({ node }) => node === 'w0');
  return rows.map(({ started, ended }) => (ended - started) / 1e6);
}

/** Law, mean of the largest of 16, its known figure, and how closely the long form comes to it. */
const laws: readonly (readonly [string, string | ComputeConfig, number, number, number])[] = [
  ['exponential', 'exponential:1ms', harmonic(workers), 3.380729, 0.01],
  [
    'shifted exponential',
    'shifted-exponential:1ms:200us',
    1 + 0.2 * harmonic(workers),
    1.6761458,
    0.01
  ],
  ['uniform', 'uniform:1ms:3ms', 1 + (2 * workers) / (workers + 1), 2.8823529, 0.01],
  ['Pareto of shape 2.5', 'pareto:1ms:2.5', paretoLargest(1, 2.5, workers), 4.5482956, 0.03],
  ['log-normal', logNormal({ median: '1ms', sigma: 0.5 }), 2.5131898, 2.5131898, 0.01]
];

for (const [law, compute, largest, known, relative] of laws) {
  const name = `the slowest of ${workers} ${law} times`;
  test(name, async () => {
    assert.ok(Math.abs(largest - known) < 1e-6, `${largest} in theory`);
    assertHolds(name, largest, batchMeans(await times(name, compute, 2600)), relative);
  });
}

test('the slowest of 16 Pareto times without a variance, by its median', async () => {
  const name = 'Pareto of shape 1.5';
  const found = await times(name, 'pareto:1ms:1.5', 2000);
  // Half of the iterations are shorter: F(x)^16 = 1/2 with F(x) = 1 - x^-1.5.
  const x = (1 - 0.5 ** (1 / workers)) ** (-1 / 1.5);
  const shorter = found.filter(time => time < x).length;
  // Binomial, to 99.9 %.
  const off = Math.abs(shorter - found.length / 2) / Math.sqrt(found.length / 4);
  if (isLong) console.log(`${name}: ${shorter} of ${found.length} below the median ${x}`);
  assert.ok(off < 3.2905, `${shorter} of ${found.length} are below ${x} ms`);
});

test('the slowest of 64 exponential times', async () => {
  const name = 'the slowest of 64 exponential times';
  const found = batchMeans(await times(name, 'exponential:1ms', 660, 64));
  assertHolds(name, 4.7438909, found, 0.013);
});

test.run();
