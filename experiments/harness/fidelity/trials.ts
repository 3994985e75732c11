/** The trials of a cell: its prediction, and its real runs, those that were disturbed told apart. */
import { type Config, resolve } from '../../../core/config.ts';
import { type Cluster, clusterEnvironment } from '../../../core/environment/cluster.ts';
import { createLearner } from '../../../exec/learning/learner.ts';
import { importUserModule } from '../../../exec/user-module.ts';
import { type Bed, runOnBed } from '../calibrate/bed.ts';
import { simulate } from '../simulate.ts';
import { type Measures, measuresOf, warmup } from './measures.ts';
import { watch } from './quiet.ts';

/** Iterations of the first prediction, which says how many a run is to have. */
const trialIterations = 30;
const iterationsMin = 25;
const iterationsMax = 400;

/** A prediction, and the configuration whose real runs it is of. */
export interface Prediction {
  readonly config: Config;
  readonly measures: Measures;
}

/** Predicts a cell on a cluster; `seconds` is about how long its runs are to take. */
export async function predict(
  cell: Config,
  cluster: Cluster,
  seconds: number
): Promise<Prediction> {
  const trial = withIterations(cell, trialIterations);
  const { iterationSeconds } = await simulated(trial, cluster);
  const count = Math.round(seconds / iterationSeconds) + warmup;
  const iterations = Math.min(Math.max(count, iterationsMin), iterationsMax);
  const config = withIterations(cell, iterations);
  return { config, measures: await simulated(config, cluster) };
}

/** One real run, or why it does not count. */
export async function trial(
  config: Config,
  bed: Bed,
  signal: AbortSignal
): Promise<{ readonly measures: Measures; readonly disturbed: string | null }> {
  const watched = await watch();
  const { rows, outcome } = await runOnBed(config, bed, { signal });
  if (outcome.kind !== 'done') throw new Error(`a real run ended as ${outcome.kind}`);
  return { measures: measuresOf(rows), disturbed: await watched.end() };
}

async function simulated(config: Config, cluster: Cluster): Promise<Measures> {
  const moved = resolve({ ...config, environment: clusterEnvironment(cluster, config) });
  const learner = await createLearner(config, { backend: null, loadModule: importUserModule });
  try {
    const { rows, outcome } = await simulate(moved, { learner });
    if (outcome.kind !== 'done') throw new Error(`a simulated run ended as ${outcome.kind}`);
    return measuresOf(rows);
  } finally {
    learner.close();
  }
}

function withIterations(config: Config, iterations: number): Config {
  return { ...config, stopAt: { iterations } };
}
