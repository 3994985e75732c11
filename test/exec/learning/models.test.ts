import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cnn, embedding, mlp, mnist, softmax } from '../../../core/config/problem.ts';
import { stream } from '../../../core/random.ts';
import { allKeys, type KeySet, keyCount } from '../../../core/tensors.ts';
import type { Backend } from '../../../exec/backends/backend.ts';
import { readMnist } from '../../../exec/learning/mnist.ts';
import { perceptron } from '../../../exec/learning/perceptron.ts';
import { createProblem, type Problem } from '../../../exec/learning/problem.ts';
import { tensorProblem } from '../../../exec/learning/tensor-problem.ts';
import { unless } from '../../skip.ts';
import { distance, present, tested } from '../backends/present.ts';
import { slopes, wrong } from './slope.ts';

const test = suite('models in tfjs');

const data = mnist({ train: 300, test: 100 });
const context = { seed: 5, workers: 3, batchSize: 8 };
const models = [
  softmax({ data }),
  mlp({ hidden: [16, 12], data }),
  cnn({ filters: [3, 4], data }),
  embedding({ vocabulary: 50, dimension: 6, classes: 4, tokens: 7, samples: 200, test: 60 })
];
const batch = { worker: 2, clock: 4 };

const presences = await Promise.all(tested.map(present));

for (const { name, backend, missing } of presences) {
  const here = unless(test, missing);
  // One line for all that is not tested.
  if (missing !== null) {
    here(`on ${name} models are right`, () => {});
    continue;
  }

  here(`on ${name} the gradient of every model is the slope of its loss`, async () => {
    for (const { kind, problem, params } of await open(backend)) {
      const found = await slopes(problem, params, batch, 2e-3);
      assert.equal(wrong(found, 0.03), [], kind);
    }
  });

  here(`on ${name} gradients and evaluations are those of cpu`, async () => {
    const reference = await open(presences[0]!.backend!);
    for (const [index, { kind, problem, params }] of (await open(backend)).entries()) {
      const expected = reference[index]!.problem;
      const gradient = await problem.gradient(params, allKeys, batch);
      const wanted = await expected.gradient(params, allKeys, batch);
      assert.ok(distance(gradient.values, wanted.values) < 1e-5, kind);
      assert.ok(Math.abs(gradient.loss - wanted.loss) < 1e-5, kind);
      assert.is(gradient.samples, 8);
      const evaluation = await problem.evaluate(params);
      const wantedEvaluation = await expected.evaluate(params);
      assert.ok(Math.abs(evaluation.loss - wantedEvaluation.loss) < 1e-5, kind);
      assert.is(evaluation.accuracy, wantedEvaluation.accuracy, kind);
    }
  });

  here(`on ${name} the same call has the same bits, and nothing is left behind`, async () => {
    for (const { kind, problem, params } of await open(backend)) {
      const first = await problem.gradient(params, allKeys, batch);
      const { numTensors, numDataBuffers } = backend.tf.memory();
      await problem.gradient(params, allKeys, { worker: 0, clock: 1 });
      await problem.evaluate(params);
      const again = await problem.gradient(params, allKeys, batch);
      // WebGPU adds up the rows of an embedding in the order that its threads come by.
      const tolerance = name === 'webgpu' && kind === 'embedding' ? 1e-6 : 0;
      assert.ok(distance(again.values, first.values) <= tolerance, kind);
      assert.is(again.loss, first.loss, kind);
      assert.is(backend.tf.memory().numTensors, numTensors, kind);
      assert.is(backend.tf.memory().numDataBuffers, numDataBuffers, kind);
    }
  });

  here(`on ${name} params may be overwritten as soon as the call returns`, async () => {
    for (const { kind, problem, params } of await open(backend)) {
      const expected = await problem.gradient(params, allKeys, batch);
      const evaluation = await problem.evaluate(params);
      const lent = params.slice();
      const gradient = problem.gradient(lent, allKeys, batch);
      lent.fill(NaN);
      assert.ok(distance((await gradient).values, expected.values) < 1e-6, kind);
      lent.set(params);
      const evaluated = problem.evaluate(lent);
      lent.fill(NaN);
      assert.equal(await evaluated, evaluation, kind);
    }
  });

  here(`on ${name} a batch of an embedding needs its own rows only`, async () => {
    const { problem, params } = (await open(backend)).find(({ kind }) => kind === 'embedding')!;
    const keys = problem.keys(batch)!;
    if (keys.kind !== 'some') throw new Error('an embedding names the keys of its batches');
    const size = params.length;
    assert.ok(keyCount(keys, size) < size);
    const partial = await problem.gradient(gather(params, keys), keys, batch);
    const full = await problem.gradient(params, allKeys, batch);
    assert.ok(distance(scatter(partial.values, keys, size), full.values) < 1e-6);
    // A superset serves as well; a set that lacks a row is refused.
    const wider = {
      ...keys,
      rows: problem.layout.tensors[0]!.begin === 0 ? allRows(50, 6) : keys.rows
    };
    const more = await problem.gradient(gather(params, wider), wider, batch);
    assert.ok(distance(scatter(more.values, wider, size), full.values) < 1e-6);
    const fewer = { ...keys, rows: keys.rows.slice(1) };
    assert.throws(() => problem.gradient(gather(params, fewer), fewer, batch), /needs row/);
  });

  here(`on ${name} the gradient of the perceptron by hand is that of autodiff`, async () => {
    const images = readMnist({ train: 300, test: 100 });
    const parts = { data: images, split: { kind: 'iid' } as const };
    for (const widths of [
      [784, 10],
      [784, 20, 10],
      [784, 20, 15, 10]
    ]) {
      const model = perceptron(backend.tf, widths);
      const { gradient: byHand, ...rest } = model;
      assert.type(byHand, 'function');
      const hand = await tensorProblem({ ...parts, model }, context, backend);
      const auto = await tensorProblem({ ...parts, model: rest }, context, backend);
      const params = hand.initialParams();
      const one = await hand.gradient(params, allKeys, batch);
      const other = await auto.gradient(params, allKeys, batch);
      assert.ok(distance(one.values, other.values) < 1e-6);
      assert.ok(Math.abs(one.loss - other.loss) < 1e-6);
    }
  });
}

test('params to start from do not depend on backend, workers or batch size', async () => {
  for (const config of models) {
    const one = await createProblem(config, { ...context, backend: presences[0]!.backend });
    const other = await createProblem(config, {
      seed: 5,
      workers: 2,
      batchSize: 4,
      backend: presences[1]!.backend
    });
    assert.equal(one.initialParams(), other.initialParams());
    const third = await createProblem(config, { ...context, seed: 6, backend: one.backend });
    assert.not.equal(one.initialParams(), third.initialParams());
  }
});

test('an mlp learns', async () => {
  const { backend } = presences.find(({ name }) => name === 'wasm')!;
  const config = mlp({ hidden: [32], data: mnist({ train: 2000, test: 500 }) });
  const problem = await createProblem(config, { seed: 1, workers: 1, batchSize: 32, backend });
  const params = problem.initialParams();
  for (let clock = 0; clock < 250; clock++) {
    const { values } = await problem.gradient(params, allKeys, { worker: 0, clock });
    for (let key = 0; key < params.length; key++) params[key]! -= 0.2 * values[key]!;
  }
  const { accuracy } = await problem.evaluate(params);
  assert.ok(accuracy! > 0.82, `${accuracy}`);
});

interface Opened {
  readonly kind: string;
  readonly problem: Problem;
  /** Away from the start, where biases are 0. */
  readonly params: Float32Array;
}

async function open(backend: Backend): Promise<Opened[]> {
  const opened: Opened[] = [];
  for (const config of models) {
    const problem = await createProblem(config, { ...context, backend });
    const random = stream(9, 'params');
    const params = problem.initialParams().map(value => value + 0.05 * random.normal());
    opened.push({ kind: config.kind, problem, params });
  }
  return opened;
}

function allRows(count: number, width: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, row) => row * width);
}

function places(keys: Extract<KeySet, { kind: 'some' }>): number[] {
  const indices: number[] = [];
  for (const { begin, end } of keys.ranges) for (let i = begin; i < end; i++) indices.push(i);
  for (const row of keys.rows) for (let j = 0; j < keys.width; j++) indices.push(row + j);
  return indices;
}

function gather(params: Float32Array, keys: Extract<KeySet, { kind: 'some' }>): Float32Array {
  return Float32Array.from(places(keys), key => params[key]!);
}

function scatter(
  values: Float32Array,
  keys: Extract<KeySet, { kind: 'some' }>,
  size: number
): Float32Array {
  const vector = new Float32Array(size);
  for (const [index, key] of places(keys).entries()) vector[key] = values[index]!;
  return vector;
}

test.run();
