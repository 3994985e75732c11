/**
 * Logistic regression with an L2 term on dense synthetic data: convex, and its optimum is found to
 * the last digits. Float64 inside, in plain TypeScript: the same bits everywhere.
 */
import type { ProblemOf } from '../../core/config/problem.ts';
import { stream } from '../../core/random.ts';
import { type KeySet, type Layout, layout } from '../../core/tensors.ts';
import { Batches } from './batches.ts';
import { minimise, type Objective } from './newton.ts';
import type { Batch, Evaluation, Gradient, Problem, ProblemContext } from './problem.ts';
import { logisticLoss, sigmoid } from './sigmoid-loss.ts';
import { splitSamples } from './split.ts';

/** Makes the problem, with data drawn from the seed. */
export function logisticProblem(config: ProblemOf<'logistic'>, context: ProblemContext): Problem {
  return new Logistic(config, context);
}

/** Standard deviation of the logits: labels are then right about four times in five. */
const LOGIT_DEVIATION = 3;

class Logistic implements Problem {
  readonly layout: Layout;
  readonly backend = null;
  readonly #regularization: number;
  readonly #count: number;
  /** Samples one after another, standard normal. */
  readonly #features: Float32Array;
  /** 1 or 0. */
  readonly #labels: Uint8Array;
  readonly #batches: Batches;
  #optimum: { readonly loss: number } | null = null;

  constructor(config: ProblemOf<'logistic'>, { seed, workers, batchSize }: ProblemContext) {
    const { features: dimension, samples } = config;
    this.layout = layout([{ name: 'weights', shape: [dimension], rows: false }]);
    this.#regularization = config.regularization;
    this.#count = samples;
    const random = stream(seed, 'samples');
    const scale = LOGIT_DEVIATION / Math.sqrt(dimension);
    const truth = Float64Array.from({ length: dimension }, () => scale * random.normal());
    this.#features = Float32Array.from({ length: samples * dimension }, () => random.normal());
    this.#labels = new Uint8Array(samples);
    for (let i = 0; i < samples; i++) {
      this.#labels[i] = random.uniform() < sigmoid(this.#logit(truth, i)) ? 1 : 0;
    }
    const labelled = { count: samples, classes: this.#labels };
    this.#batches = new Batches(
      seed,
      splitSamples(labelled, workers, config.split, seed),
      batchSize
    );
  }

  /** Found at the first question, by Newton's method. */
  get optimum(): { readonly loss: number } {
    this.#optimum ??= { loss: minimise(this.#objective()).loss };
    return this.#optimum;
  }

  initialParams(): Float32Array {
    return new Float32Array(this.layout.size);
  }

  keys(): null {
    return null;
  }

  gradient(params: Float32Array, _keys: KeySet, batch: Batch): Gradient {
    const indices = this.#batches.indices(batch);
    const sums = new Float64Array(params.length);
    const loss = this.#accumulate(params, indices, sums);
    return { loss, samples: indices.length, values: Float32Array.from(sums) };
  }

  /** The objective over all samples, and the accuracy on them. */
  evaluate(params: Float32Array): Evaluation {
    let correct = 0;
    let loss = 0;
    for (let i = 0; i < this.#count; i++) {
      const logit = this.#logit(params, i);
      const positive = this.#labels[i] === 1;
      loss += logisticLoss(positive ? logit : -logit);
      if (logit > 0 === positive) correct += 1;
    }
    const penalty = 0.5 * this.#regularization * squaredNorm(params);
    return { loss: loss / this.#count + penalty, accuracy: correct / this.#count };
  }

  close(): void {
    // Plain arrays need no freeing.
  }

  /** Adds the gradient over these samples to `sums` and returns the loss; both with the penalty. */
  #accumulate(params: Vector, indices: ArrayLike<number>, sums: Float64Array): number {
    const dimension = params.length;
    let total = 0;
    for (let k = 0; k < indices.length; k++) {
      const i = indices[k]!;
      const margin = this.#margin(params, i);
      total += logisticLoss(margin);
      const slope = ((this.#labels[i] === 1 ? -1 : 1) * sigmoid(-margin)) / indices.length;
      const begin = i * dimension;
      for (let j = 0; j < dimension; j++) sums[j]! += slope * this.#features[begin + j]!;
    }
    for (let j = 0; j < dimension; j++) sums[j]! += this.#regularization * params[j]!;
    return total / indices.length + 0.5 * this.#regularization * squaredNorm(params);
  }

  #margin(params: Vector, i: number): number {
    const logit = this.#logit(params, i);
    return this.#labels[i] === 1 ? logit : -logit;
  }

  #logit(params: Vector, i: number): number {
    const begin = i * params.length;
    let sum = 0;
    for (let j = 0; j < params.length; j++) sum += params[j]! * this.#features[begin + j]!;
    return sum;
  }

  #objective(): Objective {
    const all = Uint32Array.from({ length: this.#count }, (_, i) => i);
    const dimension = this.layout.size;
    return {
      dimension,
      evaluate: point => {
        const gradient = new Float64Array(dimension);
        return { loss: this.#accumulate(point, all, gradient), gradient };
      },
      curvature: (point, direction) => {
        const product = Float64Array.from(direction, value => value * this.#regularization);
        for (let i = 0; i < this.#count; i++) {
          const p = sigmoid(this.#logit(point, i));
          const weight = (p * (1 - p) * this.#logit(direction, i)) / this.#count;
          const begin = i * dimension;
          for (let j = 0; j < dimension; j++) product[j]! += weight * this.#features[begin + j]!;
        }
        return product;
      }
    };
  }
}

type Vector = Float32Array | Float64Array;

function squaredNorm(vector: Vector): number {
  let sum = 0;
  for (let j = 0; j < vector.length; j++) sum += vector[j]! * vector[j]!;
  return sum;
}
