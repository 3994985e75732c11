/**
 * Logistic regression over many features, few of them in a sample: keys are rows of one param and a
 * bias. In plain TypeScript, since the work of a batch is far below the cost of calling tfjs.
 */
import type { ProblemOf } from '../../core/config/problem.ts';
import { type Stream, stream } from '../../core/random.ts';
import {
  type KeySet,
  keyCount,
  type Layout,
  layout,
  type PlacedTensor
} from '../../core/tensors.ts';
import { Batches } from './batches.ts';
import { gatherIndices } from './dataset.ts';
import type { Batch, Evaluation, Gradient, Problem, ProblemContext } from './problem.ts';
import { logisticLoss, sigmoid } from './sigmoid-loss.ts';
import { localRows, sparseKeys, tensorOffsets } from './sparse-keys.ts';
import { splitSamples } from './split.ts';
import { zipf } from './zipf.ts';

type SparseConfig = ProblemOf<'sparse-logistic'>;

/** Makes the problem, with data drawn from the seed. */
export function sparseLogisticProblem(config: SparseConfig, context: ProblemContext): Problem {
  return new SparseLogistic(config, context);
}

interface SparseSamples {
  readonly count: number;
  /** Features of each sample, `active` a row; a feature may occur twice. */
  readonly features: Int32Array;
  /** 1 or 0. */
  readonly labels: Uint8Array;
}

class SparseLogistic implements Problem {
  readonly layout: Layout;
  readonly backend = null;
  readonly optimum = null;
  readonly #active: number;
  /** What every feature of a sample counts: samples have length 1. */
  readonly #value: number;
  readonly #weights: PlacedTensor;
  readonly #train: SparseSamples;
  readonly #test: SparseSamples;
  readonly #batches: Batches;

  constructor(config: SparseConfig, { seed, workers, batchSize }: ProblemContext) {
    this.layout = layout([
      { name: 'weights', shape: [config.features, 1], rows: true },
      { name: 'bias', shape: [1], rows: false }
    ]);
    this.#weights = this.layout.tensors[0]!;
    this.#active = config.active;
    this.#value = 1 / Math.sqrt(config.active);
    const rank = zipf(config.features, config.skew);
    const truth = trueWeights(config.features, stream(seed, 'truth'));
    const draw = (name: string, count: number): SparseSamples =>
      drawSamples({ count, active: config.active, rank, truth }, stream(seed, 'samples', name));
    this.#train = draw('train', config.samples);
    this.#test = draw('test', config.test);
    const labelled = { count: config.samples, classes: this.#train.labels };
    this.#batches = new Batches(
      seed,
      splitSamples(labelled, workers, config.split, seed),
      batchSize
    );
  }

  initialParams(): Float32Array {
    return new Float32Array(this.layout.size);
  }

  keys(batch: Batch): KeySet {
    return sparseKeys(this.layout, this.#weights, this.#indices(batch));
  }

  gradient(params: Float32Array, keys: KeySet, batch: Batch): Gradient {
    const [weights = 0, bias = 0] = tensorOffsets(this.layout, keys);
    const features = localRows(this.#indices(batch), this.#weights, keys);
    const samples = this.#batches.indices(batch);
    const values = new Float32Array(keyCount(keys, this.layout.size));
    let total = 0;
    for (let i = 0; i < samples.length; i++) {
      const sign = this.#train.labels[samples[i]!] === 1 ? 1 : -1;
      const margin = sign * this.#logit(params, { weights, bias }, features, i);
      total += logisticLoss(margin);
      const slope = (-sign * sigmoid(-margin)) / samples.length;
      values[bias]! += slope;
      for (let j = 0; j < this.#active; j++) {
        values[weights + features[i * this.#active + j]!]! += slope * this.#value;
      }
    }
    return { loss: total / samples.length, samples: samples.length, values };
  }

  evaluate(params: Float32Array): Evaluation {
    const { count, features, labels } = this.#test;
    const places = { weights: this.#weights.begin, bias: this.layout.tensors[1]!.begin };
    let loss = 0;
    let correct = 0;
    for (let i = 0; i < count; i++) {
      const logit = this.#logit(params, places, features, i);
      const margin = labels[i] === 1 ? logit : -logit;
      loss += logisticLoss(margin);
      if (logit > 0 === (labels[i] === 1)) correct += 1;
    }
    return { loss: loss / count, accuracy: correct / count };
  }

  close(): void {
    // Plain arrays need no freeing.
  }

  #indices(batch: Batch): Int32Array {
    return gatherIndices(this.#train.features, this.#active, this.#batches.indices(batch));
  }

  #logit(
    params: Float32Array,
    places: { readonly weights: number; readonly bias: number },
    features: Int32Array,
    sample: number
  ): number {
    let sum = 0;
    const begin = sample * this.#active;
    for (let j = begin; j < begin + this.#active; j++) {
      sum += params[places.weights + features[j]!]!;
    }
    return sum * this.#value + params[places.bias]!;
  }
}

/** Standard deviation of the true weights: labels are then right about nine times in ten. */
const TRUTH_DEVIATION = 4;

function trueWeights(count: number, random: Stream): Float32Array {
  return Float32Array.from({ length: count }, () => TRUTH_DEVIATION * random.normal());
}

/** How samples are drawn: features by rank, labels by the logistic model of the true weights. */
interface Drawing {
  readonly count: number;
  readonly active: number;
  readonly rank: (uniform: number) => number;
  readonly truth: Float32Array;
}

function drawSamples({ count, active, rank, truth }: Drawing, random: Stream): SparseSamples {
  const features = new Int32Array(count * active);
  const labels = new Uint8Array(count);
  for (let i = 0; i < count; i++) {
    let sum = 0;
    for (let j = i * active; j < (i + 1) * active; j++) {
      features[j] = rank(random.uniform());
      sum += truth[features[j]!]!;
    }
    labels[i] = random.uniform() < sigmoid(sum / Math.sqrt(active)) ? 1 : 0;
  }
  return { count, features, labels };
}
