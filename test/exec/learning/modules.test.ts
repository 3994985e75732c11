import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { custom, dataset, dirichlet, mlp, mnist } from '../../../core/config/problem.ts';
import { allKeys, layout } from '../../../core/tensors.ts';
import { openBackend } from '../../../exec/backends/backend.ts';
import type { Dataset } from '../../../exec/learning/dataset.ts';
import { glorot, zeros } from '../../../exec/learning/model.ts';
import { defineDataset, defineModel, defineProblem } from '../../../exec/learning/modules.ts';
import { createProblem } from '../../../exec/learning/problem.ts';

const test = suite('models, problems and data sets of a user');

const backend = await openBackend('wasm');
const context = { seed: 1, workers: 2, batchSize: 16, backend };

const softmaxModel = defineModel<{ outputs: number }, 'weight' | 'bias'>(
  ({ tf, options, data }) => {
    const inputs = data!.shape.reduce((product, dimension) => product * dimension, 1);
    return {
      tensors: {
        weight: { shape: [inputs, options.outputs], initial: glorot(inputs, options.outputs) },
        bias: { shape: [options.outputs], initial: zeros() }
      },
      predict: ({ weight, bias }, features) =>
        tf.add(tf.matMul(tf.reshape(features, [-1, inputs]), weight), bias)
    };
  }
);

/** y = 2 x0 - x1 + 1, exactly. */
const line: Dataset = {
  shape: [2],
  features: { kind: 'number', scale: 1 },
  labels: { kind: 'number', width: 1 },
  train: points(40),
  test: points(10)
};

function points(count: number): Dataset['train'] {
  const features = Float32Array.from({ length: 2 * count }, (_, i) => ((i * 37) % 11) / 5 - 1);
  const labels = Float32Array.from(
    { length: count },
    (_, i) => 2 * features[2 * i]! - features[2 * i + 1]! + 1
  );
  return { count, features, labels };
}

const regression = defineModel<object, 'slope' | 'offset'>(({ tf }) => ({
  tensors: {
    slope: { shape: [2, 1], initial: zeros() },
    offset: { shape: [1], initial: zeros() }
  },
  predict: ({ slope, offset }, features) => tf.add(tf.matMul(features, slope), offset),
  loss: (predicted, labels) => tf.mean(tf.square(tf.sub(predicted, labels))),
  data: { dataset: line, split: { kind: 'iid' } }
}));

const bowl = defineProblem<{ height: number }>((options, { batchSize }) => ({
  layout: layout([{ name: 'x', shape: [1], rows: false }]),
  backend: null,
  optimum: { loss: options.height },
  initialParams: () => Float32Array.of(3),
  keys: () => null,
  gradient: params => ({
    loss: options.height + params[0]! ** 2,
    samples: batchSize,
    values: Float32Array.of(2 * params[0]!)
  }),
  evaluate: params => ({ loss: options.height + params[0]! ** 2, accuracy: null }),
  close() {}
}));

const stripes = defineDataset<{ side: number; classes?: number }>(({ options, seed }) => {
  const { side, classes = side } = options;
  const make = (count: number): Dataset['train'] => {
    const features = new Uint8Array(count * side);
    const labels = Uint8Array.from({ length: count }, (_, i) => (i + seed) % side);
    for (let i = 0; i < count; i++) features[i * side + labels[i]!] = 255;
    return { count, features, labels };
  };
  return {
    shape: [side],
    features: { kind: 'number', scale: 1 / 255 },
    labels: { kind: 'class', classes },
    train: make(60),
    test: make(20)
  };
});

const modules: Record<string, Readonly<Record<string, unknown>>> = {
  'mine.ts': { default: softmaxModel, regression, bowl, stripes, number: 7 },
  'empty.ts': {}
};
const asked: string[] = [];
const load = async (path: string): Promise<Readonly<Record<string, unknown>>> => {
  asked.push(path);
  const found = modules[path];
  if (found === undefined) throw new Error(`no file ${path}`);
  return found;
};

test("a user's model learns from the data of the configuration", async () => {
  const data = mnist({ train: 500, test: 200 });
  const config = custom({ module: 'mine.ts', options: { outputs: 10 }, data });
  const problem = await createProblem(config, context, load);
  assert.is(problem.layout.size, 7850);
  assert.is(problem.backend, backend);
  const accuracy = await train(problem, 100, 0.5);
  assert.ok(accuracy! > 0.75, `${accuracy}`);
});

test("a user's model may bring data, and a loss of its own", async () => {
  const config = custom({ module: 'mine.ts', export: 'regression' });
  const problem = await createProblem(config, context, load);
  const params = problem.initialParams();
  for (let clock = 0; clock < 400; clock++) {
    const { values } = await problem.gradient(params, allKeys, { worker: clock % 2, clock });
    for (let key = 0; key < 3; key++) params[key]! -= 0.3 * values[key]!;
  }
  const { loss, accuracy } = await problem.evaluate(params);
  assert.is(accuracy, null);
  assert.ok(loss < 1e-8, `${loss}`);
  for (const [key, value] of [2, -1, 1].entries()) assert.ok(Math.abs(params[key]! - value) < 1e-3);
});

test("a user's problem gets its options and the run's", async () => {
  const config = custom({ module: 'mine.ts', export: 'bowl', options: { height: 4 } });
  const problem = await createProblem(config, { ...context, backend: null }, load);
  assert.equal(problem.optimum, { loss: 4 });
  const gradient = await problem.gradient(Float32Array.of(3), allKeys, { worker: 0, clock: 0 });
  assert.equal(gradient, { loss: 13, samples: 16, values: Float32Array.of(6) });
});

test("a user's data set serves any model, with any split", async () => {
  const data = dataset({
    module: 'mine.ts',
    export: 'stripes',
    options: { side: 5 },
    split: dirichlet(0.5)
  });
  const problem = await createProblem(mlp({ hidden: [8], data }), context, load);
  assert.is(problem.layout.size, 5 * 8 + 8 + 8 * 5 + 5);
  assert.is(await train(problem, 300, 0.3), 1);
});

test('what a module lacks, or has wrong, is said', async () => {
  const refused = async (config: Parameters<typeof createProblem>[0], message: RegExp) => {
    try {
      await createProblem(config, context, load);
    } catch (error) {
      assert.match(error instanceof Error ? error.message : '', message);
      return;
    }
    assert.unreachable(String(message));
  };
  const mine = (name: string) => custom({ module: 'mine.ts', export: name });
  await refused(custom({ module: 'empty.ts' }), /empty\.ts has no export "default"; it has none/);
  await refused(
    mine('other'),
    /no export "other"; it has default, regression, bowl, stripes, number/
  );
  await refused(mine('number'), /"number" of mine\.ts is not made by defineModel or defineProblem/);
  await refused(mine('stripes'), /not made by defineModel or defineProblem/);
  await refused(custom({ module: 'gone.ts' }), /no file gone\.ts/);
  const own = (options: { side: number; classes: number }) =>
    mlp({ data: dataset({ module: 'mine.ts', export: 'stripes', options }) });
  await refused(own({ side: 5, classes: 4 }), /data set stripes of mine\.ts, train: label 4/);
  const modelAsData = dataset({ module: 'mine.ts', export: 'regression' });
  await refused(mlp({ data: modelAsData }), /not made by defineDataset/);
});

test('the module is asked for by the path of the configuration', async () => {
  asked.length = 0;
  await createProblem(custom({ module: 'mine.ts', export: 'bowl' }), context, load);
  assert.equal(asked, ['mine.ts']);
});

test('a model with two sparse tensors, or a sparse one without indices, is refused', async () => {
  const sparse = { shape: [5, 2], initial: zeros(), rows: true };
  const model = (names: readonly string[]) =>
    defineModel(() => ({
      tensors: Object.fromEntries(names.map(name => [name, sparse])),
      predict: (_params, features) => features,
      data: { dataset: line, split: { kind: 'iid' } },
      loss: predicted => predicted
    }));
  const create = (names: readonly string[]) =>
    createProblem(custom({ module: 'x.ts' }), context, async () => ({ default: model(names) }));
  for (const [names, message] of [
    [['a', 'b'], /one tensor with rows/],
    [['a'], /features are indices/],
    [['1'], /needs a name that is not a number/]
  ] as const) {
    let text = '';
    await create(names).catch((error: Error) => {
      text = error.message;
    });
    assert.match(text, message);
  }
});

async function train(
  problem: Awaited<ReturnType<typeof createProblem>>,
  clocks: number,
  rate: number
): Promise<number | null> {
  const params = problem.initialParams();
  for (let clock = 0; clock < clocks; clock++) {
    for (let worker = 0; worker < 2; worker++) {
      const { values } = await problem.gradient(params, allKeys, { worker, clock });
      for (let key = 0; key < params.length; key++) params[key]! -= (rate / 2) * values[key]!;
    }
  }
  return (await problem.evaluate(params)).accuracy;
}

test.run();
