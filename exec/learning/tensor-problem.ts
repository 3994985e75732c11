/** Trains a tfjs model on a data set: the gradient as one flat vector, on any backend. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { SplitConfig } from '../../core/config/problem.ts';
import {
  allKeys,
  type KeySet,
  keyCount,
  type Layout,
  type PlacedTensor
} from '../../core/tensors.ts';
import type { Backend } from '../backends/backend.ts';
import { loadGradients, type Tf } from '../backends/tf.ts';
import { Batches } from './batches.ts';
import {
  type Dataset,
  gatherIndices,
  gatherLabels,
  gatherNumbers,
  labelWidth,
  type Samples
} from './dataset.ts';
import {
  initialParams,
  type Model,
  type ModelGradient,
  modelLayout,
  type Tensors
} from './model.ts';
import type { Batch, Evaluation, Gradient, Problem, ProblemContext } from './problem.ts';
import { Score } from './score.ts';
import { localRows, rowTensor, sparseKeys, tensorOffsets } from './sparse-keys.ts';
import { splitSamples } from './split.ts';

/** Samples that are evaluated at once, which bounds the memory that it takes. */
const EVALUATED_AT_ONCE = 1000;

/** What is trained, on what. */
export interface TensorProblemParts {
  readonly model: Model;
  readonly data: Dataset;
  readonly split: SplitConfig;
}

/** Makes the problem; loads autodiff if the model needs it. Throws on a model that does not fit. */
export async function tensorProblem(
  parts: TensorProblemParts,
  context: Omit<ProblemContext, 'backend'>,
  backend: Backend
): Promise<Problem> {
  if (parts.model.gradient === undefined) await loadGradients();
  return new TensorProblem(parts, context, backend);
}

class TensorProblem implements Problem {
  readonly layout: Layout;
  readonly backend: Backend;
  readonly optimum = null;
  readonly #model: Model;
  readonly #data: Dataset;
  readonly #width: number;
  readonly #seed: number;
  readonly #batches: Batches;
  readonly #table: PlacedTensor | null;
  /** Features of the batch at hand, where the backend is done with them when the call is. */
  #gathered = new Float32Array(0);

  constructor(
    { model, data, split }: TensorProblemParts,
    { seed, workers, batchSize }: Omit<ProblemContext, 'backend'>,
    backend: Backend
  ) {
    this.layout = modelLayout(model);
    this.backend = backend;
    this.#model = model;
    this.#data = data;
    this.#seed = seed;
    this.#width = data.shape.reduce((product, dimension) => product * dimension, 1);
    this.#table = rowTensor(this.layout);
    if ((this.#table !== null) !== (data.features.kind === 'index')) {
      throw new Error('features are indices for a model with rows, and numbers for any other');
    }
    if (data.labels.kind === 'number' && model.loss === undefined) {
      throw new Error('labels are numbers: the model needs a loss of its own');
    }
    const classes = data.labels.kind === 'class' ? data.train.labels : null;
    const parts = splitSamples({ count: data.train.count, classes }, workers, split, seed);
    this.#batches = new Batches(seed, parts, batchSize);
  }

  initialParams(): Float32Array {
    return initialParams(this.#model, this.layout, this.#seed);
  }

  keys(batch: Batch): KeySet | null {
    if (this.#table === null) return null;
    const { features } = this.#data.train;
    const indices = gatherIndices(features, this.#width, this.#batches.indices(batch));
    return sparseKeys(this.layout, this.#table, indices);
  }

  gradient(params: Float32Array, keys: KeySet, batch: Batch): Gradient | Promise<Gradient> {
    this.backend.activate();
    const rows = this.#batches.indices(batch);
    const offsets = tensorOffsets(this.layout, keys);
    const size = keyCount(keys, this.layout.size);
    const outputs = this.backend.tf.tidy((): Tensor[] => {
      const tensors = this.#tensors(this.#settled(params), keys, offsets);
      const features = this.#features(this.#data.train, rows, keys);
      const labels = this.#labels(gatherLabels(this.#data.train.labels, this.#data.labels, rows));
      const { loss, gradient } = this.#differentiate(tensors, features, labels);
      return [loss, ...this.layout.tensors.map(({ name }) => gradient[name]!)];
    });
    return this.#read(outputs, ([loss, ...gradients]) => {
      const values = new Float32Array(size);
      for (const [index, gradient] of gradients.entries()) values.set(gradient, offsets[index]!);
      return { loss: loss![0]!, samples: rows.length, values };
    });
  }

  evaluate(params: Float32Array): Evaluation | Promise<Evaluation> {
    const score = new Score(this.#data.labels);
    const settled = this.#settled(params);
    const from = (begin: number): Evaluation | Promise<Evaluation> => {
      const count = Math.min(EVALUATED_AT_ONCE, this.#data.test.count - begin);
      if (count <= 0) return score.evaluation();
      const rows = Uint32Array.from({ length: count }, (_, index) => begin + index);
      const added = this.#evaluateRows(settled, rows, score);
      return added instanceof Promise ? added.then(() => from(begin + count)) : from(begin + count);
    };
    return from(0);
  }

  close(): void {
    // Every tensor lives for one call: nothing is held.
  }

  #evaluateRows(params: Float32Array, rows: Uint32Array, score: Score): true | Promise<true> {
    this.backend.activate();
    const labels = gatherLabels(this.#data.test.labels, this.#data.labels, rows);
    const outputs = this.backend.tf.tidy(() => {
      const tensors = this.#tensors(params, allKeys, tensorOffsets(this.layout, allKeys));
      const predicted = this.#model.predict(
        tensors,
        this.#features(this.#data.test, rows, allKeys)
      );
      return [this.#loss(predicted, this.#labels(labels), tensors), predicted];
    });
    return this.#read(outputs, ([loss, predicted]) => {
      score.add(rows.length, loss![0]!, predicted!, labels);
      return true;
    });
  }

  /** Params as they are now. Backends that run behind may look at an array after the call. */
  #settled(params: Float32Array): Float32Array {
    return this.backend.peek === null ? params.slice() : params;
  }

  /** Room for the features of one call, which may hold anything; for them alone where it is kept. */
  #scratch(length: number): Float32Array<ArrayBuffer> {
    if (this.backend.peek === null) return new Float32Array(length);
    if (this.#gathered.length < length) this.#gathered = new Float32Array(length);
    return this.#gathered.subarray(0, length);
  }

  #tensors(params: Float32Array, keys: KeySet, offsets: readonly number[]): Tensors<string> {
    const tensors: Record<string, Tensor> = {};
    for (const [index, { name, shape, rows, begin, end, unit }] of this.layout.tensors.entries()) {
      const partial = rows && keys.kind === 'some';
      const size = partial ? keys.rows.length * unit : end - begin;
      const values = params.subarray(offsets[index]!, offsets[index]! + size);
      tensors[name] = this.backend.tf.tensor(
        values,
        partial ? [keys.rows.length, ...shape.slice(1)] : [...shape]
      );
    }
    return tensors;
  }

  #features(samples: Samples, rows: Uint32Array, keys: KeySet): Tensor {
    const { features: kind, shape } = this.#data;
    const batch = [rows.length, ...shape];
    if (kind.kind === 'number') {
      const numbers = this.#scratch(rows.length * this.#width);
      gatherNumbers(samples.features, this.#width, kind.scale, rows, numbers);
      return this.backend.tf.tensor(numbers, batch);
    }
    const indices = gatherIndices(samples.features, this.#width, rows);
    return this.backend.tf.tensor(localRows(indices, this.#table!, keys), batch, 'int32');
  }

  #labels(labels: Float32Array): Tensor {
    const width = labelWidth(this.#data.labels);
    return this.backend.tf.tensor(labels, [labels.length / width, width]);
  }

  #differentiate(params: Tensors<string>, features: Tensor, labels: Tensor): ModelGradient {
    const byHand = this.#model.gradient?.(params, features, labels);
    if (byHand !== undefined) return byHand;
    const names = this.layout.tensors.map(({ name }) => name);
    const named = (tensors: readonly Tensor[]): Record<string, Tensor> =>
      Object.fromEntries(names.map((name, index) => [name, tensors[index]!]));
    const differentiate = this.backend.tf.valueAndGrads((...tensors: Tensor[]) => {
      const inner = named(tensors);
      return this.#loss(this.#model.predict(inner, features), labels, inner);
    });
    const { value, grads } = differentiate(names.map(name => params[name]!));
    return { loss: value, gradient: named(grads) };
  }

  #loss(predicted: Tensor, labels: Tensor, params: Tensors<string>): Tensor {
    return (
      this.#model.loss?.(predicted, labels, params) ??
      crossEntropy(this.backend.tf, predicted, labels)
    );
  }

  /**
   * Reads and frees tensors: one by one, since joining them on the device costs more. Outside of
   * `tidy`, which would search what it returns for tensors, element by element.
   */
  #read<Value>(
    tensors: readonly Tensor[],
    make: (arrays: readonly Float32Array[]) => Value
  ): Value | Promise<Value> {
    const free = (): void => this.backend.tf.dispose([...tensors]);
    const { peek } = this.backend;
    if (peek !== null) {
      const value = make(tensors.map(peek));
      free();
      return value;
    }
    return Promise.all(tensors.map(tensor => tensor.data<'float32'>()))
      .then(make)
      .finally(free);
  }
}

/** Mean softmax cross-entropy of logits, against one-hot labels. */
function crossEntropy(tf: Tf, logits: Tensor, labels: Tensor): Tensor {
  return tf.neg(tf.mean(tf.sum(tf.mul(tf.logSoftmax(logits), labels), 1)));
}
