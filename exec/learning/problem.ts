/**
 * What a run learns, as both drivers see it: params in, gradient out. Behind it stand tfjs models
 * (`tensor-problem.ts`), plain TypeScript (`quadratic.ts`, `logistic.ts` ...), or a user's module.
 */
import type { ProblemConfig } from '../../core/config/problem.ts';
import type { KeySet, Layout } from '../../core/tensors.ts';
import type { Backend } from '../backends/backend.ts';
import { importModule, type LoadModule } from './modules.ts';

/** The samples of one gradient, by name: iteration `clock` of `worker`. */
export interface Batch {
  readonly worker: number;
  readonly clock: number;
}

/** The gradient of the mean loss over a batch. */
export interface Gradient {
  readonly loss: number;
  readonly samples: number;
  /** Over the keys that were asked for, in their order. Belongs to the caller. */
  readonly values: Float32Array;
}

/** Loss and accuracy on the test set; without one, loss of the whole objective. */
export interface Evaluation {
  readonly loss: number;
  /** In [0, 1], or null where nothing is classified. */
  readonly accuracy: number | null;
}

/** A model and its data. Results are promises only where the backend cannot be waited for. */
export interface Problem {
  readonly layout: Layout;
  /** The backend that computes, or null for plain TypeScript. */
  readonly backend: Backend | null;
  /** Null for a problem without a known optimum; `loss` is what `evaluate` gives there. */
  readonly optimum: { readonly loss: number } | null;
  /** Params to start from: a function of the seed alone, the same bits whatever the backend. */
  initialParams(): Float32Array;
  /** The keys that a batch touches, or null for a model that always touches all of them. */
  keys(batch: Batch): KeySet | null;
  /**
   * The gradient at `params`, given over `keys` (all keys, or a superset of the batch's own).
   * `params` is read before the call returns, promise or not, and never kept. A pure function of its
   * arguments for one backend, machine and setting of threads.
   */
  gradient(params: Float32Array, keys: KeySet, batch: Batch): Gradient | Promise<Gradient>;
  /** Loss and accuracy at `params`, all keys of them. */
  evaluate(params: Float32Array): Evaluation | Promise<Evaluation>;
  /** Frees the tensors it holds. Nothing may be asked afterwards. */
  close(): void;
}

/** What a problem needs to know of its run. */
export interface ProblemContext {
  readonly seed: number;
  readonly workers: number;
  readonly batchSize: number;
  /** Null: the most preferred one that loads, and none at all for a problem that needs none. */
  readonly backend: Backend | null;
}

/**
 * Makes the problem of a configuration. Loads tfjs only when the kind needs it. `loadModule` brings
 * a user's module, by its path from the project's root; the default is `import`.
 */
export async function createProblem(
  config: ProblemConfig,
  context: ProblemContext,
  loadModule: LoadModule = importModule
): Promise<Problem> {
  switch (config.kind) {
    case 'quadratic':
      return (await import('./quadratic.ts')).quadraticProblem(config, context);
    case 'logistic':
      return (await import('./logistic.ts')).logisticProblem(config, context);
    case 'sparse-logistic':
      return (await import('./sparse-logistic.ts')).sparseLogisticProblem(config, context);
    case 'timing':
      throw new Error('a timing-only problem has sizes and no values: there is nothing to compute');
    case 'module':
      return (await import('./modules.ts')).moduleProblem(config, context, loadModule);
    case 'softmax':
    case 'mlp':
    case 'cnn':
    case 'embedding':
      return (await import('./models.ts')).modelProblem(config, context, loadModule);
    default:
      return unknownKind(config);
  }
}

function unknownKind(config: never): never {
  throw new Error(`unknown problem ${JSON.stringify(config)}`);
}
