/**
 * The device of a run: takes the jobs that nodes ask for, in either driver, and computes them with
 * the problem of the configuration.
 */
import type { Config } from '../../core/config.ts';
import type { Job, Result } from '../../core/node.ts';
import type { Params } from '../../core/params.ts';
import type { Model } from '../../core/setup.ts';
import { type Assignment, assemble, assign } from '../../core/sharding.ts';
import { allKeys, keyCount, type Layout, layout } from '../../core/tensors.ts';
import type { Backend } from '../backends/backend.ts';
import type { LoadModule } from './modules.ts';
import { createProblem, type Problem } from './problem.ts';
import { rowFrequencies } from './row-frequencies.ts';

/** Computes jobs. A result is a promise only where the backend cannot be waited for. */
export interface Learner {
  readonly model: Model;
  /** Null for a problem in plain TypeScript, or without values. */
  readonly backend: Backend | null;
  compute(job: Job): Result | Promise<Result>;
  /** Frees what the problem holds. */
  close(): void;
}

/** What a learner needs besides the configuration. */
export interface LearnerOptions {
  /** An open backend; null for the most preferred one that the problem needs. */
  readonly backend: Backend | null;
  readonly loadModule?: LoadModule;
}

/** Makes the learner of a run. Throws when its problem cannot be made. */
export async function createLearner(config: Config, options: LearnerOptions): Promise<Learner> {
  if (config.problem.kind === 'timing') return timingLearner(config.problem.tensors);
  const { seed, workers, batchSize } = config;
  const context = { seed, workers, batchSize, backend: options.backend };
  const problem = await createProblem(config.problem, context, options.loadModule);
  return new ProblemLearner(problem, config);
}

class ProblemLearner implements Learner {
  readonly model: Model;
  readonly backend: Backend | null;
  readonly #problem: Problem;
  readonly #assignment: Assignment;
  /** The params of the job at hand; a device takes them as one vector. */
  #vector: Float32Array;

  constructor(problem: Problem, config: Config) {
    this.#problem = problem;
    this.backend = problem.backend;
    const { layout } = problem;
    const sparse = problem.keys({ worker: 0, clock: 0 }) !== null;
    const measured = sparse && config.sharding === 'frequency';
    const frequencies = measured ? rowFrequencies(problem, config.workers) : null;
    this.model = { layout, sparse, initialParams: problem.initialParams(), frequencies };
    this.#assignment = assign(layout, config.servers, config.sharding, frequencies);
    this.#vector = new Float32Array(problem.layout.size);
  }

  compute(job: Job): Result | Promise<Result> {
    try {
      const result = this.#run(job);
      return result instanceof Promise ? result.catch(failure) : result;
    } catch (error) {
      return failure(error);
    }
  }

  close(): void {
    this.#problem.close();
  }

  #run(job: Job): Result | Promise<Result> {
    switch (job.kind) {
      case 'keys':
        return { kind: 'keys', keys: this.#problem.keys(job) ?? allKeys };
      case 'evaluation': {
        const evaluation = this.#problem.evaluate(this.#assemble(job.params));
        const result = ({ loss, accuracy }: Awaited<typeof evaluation>): Result => {
          return { kind: 'evaluation', loss, accuracy };
        };
        return evaluation instanceof Promise ? evaluation.then(result) : result(evaluation);
      }
      case 'gradient': {
        const { worker, clock, params } = job;
        const { keys } = params;
        const gradient = this.#problem.gradient(this.#assemble(params), keys, { worker, clock });
        const nextKeys = this.#problem.keys({ worker, clock: clock + 1 });
        const result = ({ loss, samples, values }: Awaited<typeof gradient>): Result => {
          const update = { keys, length: values.length, values };
          return { kind: 'gradient', loss, samples, update, nextKeys };
        };
        return gradient instanceof Promise ? gradient.then(result) : result(gradient);
      }
      case 'local-steps':
        return { kind: 'failure', reason: 'local steps are not part of any model here' };
    }
  }

  #assemble(params: Params): Float32Array {
    const size = keyCount(params.keys, this.#problem.layout.size);
    const vector = this.#vector.subarray(0, size);
    assemble(this.#problem.layout, this.#assignment, params, vector);
    return vector;
  }
}

function failure(error: unknown): Result {
  const reason = error instanceof Error ? error.message : String(error);
  return { kind: 'failure', reason };
}

// The same result every time: nothing is computed, and nothing looks at it.
function timingLearner(tensors: readonly number[]): Learner {
  const sizes = tensors.map((size, index) => ({ name: `t${index}`, shape: [size], rows: false }));
  const placed: Layout = layout(sizes);
  const update = { keys: allKeys, length: placed.size, values: null };
  const result: Result = { kind: 'gradient', loss: null, samples: 1, update, nextKeys: null };
  return {
    model: { layout: placed, sparse: false, initialParams: null, frequencies: null },
    backend: null,
    compute(job) {
      if (job.kind === 'gradient') return result;
      return { kind: 'failure', reason: `a timing-only run has no ${job.kind}` };
    },
    close() {}
  };
}
