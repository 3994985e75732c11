/** What one gradient costs on each tfjs backend that this machine has, with values brought back. */
import { median } from 'simple-statistics';
import { cnn, mlp, mnist } from '../../core/config/problem.ts';
import { type Config, resolve } from '../../core/config.ts';
import type { Job } from '../../core/node.ts';
import { setupRun } from '../../core/setup.ts';
import {
  type Backend,
  BackendError,
  backendNames,
  openBackend
} from '../../exec/backends/backend.ts';
import { createLearner } from '../../exec/learning/learner.ts';
import type { Measurement } from '../harness/bench.ts';

const data = mnist({ test: 1000 });

/** Small models, where calls count, and one that is arithmetic and little else. */
const models = [
  { name: 'MLP 784-128-10, batch 32', problem: mlp({ hidden: [128], data }), batchSize: 32 },
  { name: 'CNN, batch 32', problem: cnn({ data }), batchSize: 32 },
  {
    name: 'MLP 784-2048-2048-10, batch 512',
    problem: mlp({ hidden: [2048, 2048], data }),
    batchSize: 512
  }
];

/** Gradients timed, after the first ones, which compile kernels; fewer where they are slow. */
const gradients = 30;
const warmup = 3;
const millisMax = 4000;

export async function bench(): Promise<readonly Measurement[]> {
  const backends = await presentBackends();
  const measurements: Measurement[] = [];
  for (const { name, problem, batchSize } of models) {
    const config = resolve({ problem, batchSize, workers: 1, servers: 1, stopAt: { gradients } });
    for (const backend of backends) {
      measurements.push({
        name: `${name}: ${backend.name} on the ${backend.device}`,
        value: await gradientMillis(config, backend),
        unit: 'ms a gradient'
      });
    }
  }
  return measurements;
}

/** All but the one that is the same code as another, and the one that is for tests. */
async function presentBackends(): Promise<Backend[]> {
  const backends: Backend[] = [];
  for (const name of backendNames) {
    if (name === 'cpu' || name === 'tfjs-node') continue;
    try {
      backends.push(await openBackend(name));
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
    }
  }
  return backends;
}

async function gradientMillis(config: Config, backend: Backend): Promise<number> {
  backend.activate();
  const learner = await createLearner(config, { backend });
  const { assignment, initialParams } = setupRun(config, learner.model);
  const parts = assignment.shards.map(({ server }) => ({
    server,
    version: 0,
    values: initialParams
  }));
  const params = { keys: { kind: 'all' }, parts } as const;
  const millis: number[] = [];
  const began = performance.now();
  for (let clock = 0; clock < warmup + gradients; clock++) {
    const start = performance.now();
    const job: Job = { kind: 'gradient', worker: 0, clock, params };
    await learner.compute(job);
    if (clock >= warmup) millis.push(performance.now() - start);
    if (clock > warmup && performance.now() - began > millisMax) break;
  }
  learner.close();
  return median(millis);
}
