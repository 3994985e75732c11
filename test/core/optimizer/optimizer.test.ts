import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { adagrad } from '../../../core/optimizer/adagrad.ts';
import { adam } from '../../../core/optimizer/adam.ts';
import { momentum } from '../../../core/optimizer/momentum.ts';
import {
  createOptimizer,
  formatOptimizer,
  type OptimizerConfig,
  OptimizerSchema
} from '../../../core/optimizer/optimizer.ts';
import { cosine, stepDecay } from '../../../core/optimizer/schedule.ts';
import { sgd } from '../../../core/optimizer/sgd.ts';
import { stream } from '../../../core/random.ts';

const test = suite('optimizers');
const SEED = 43;
const all: OptimizerConfig[] = [
  sgd({ learningRate: 0.1 }),
  momentum({ learningRate: 0.1, momentum: 0.9 }),
  momentum({ learningRate: 0.1, momentum: 0.9, nesterov: true }),
  adagrad({ learningRate: 0.1 }),
  adam({ learningRate: 0.1 })
];

test('SGD moves against the scaled gradient, rounding each operation to float32', () => {
  const { apply } = createOptimizer(sgd({ learningRate: 0.1 }));
  const params = vector('params', 1001);
  const gradient = vector('gradient', 1001);
  const options = { gradientScale: 0.3, learningRate: 0.1, step: 1 };
  const next = apply(params, gradient, [], options, null);
  const [scale, rate] = [Math.fround(0.3), Math.fround(0.1)];
  for (let i = 0; i < params.length; i++) {
    const move = Math.fround(Math.fround(gradient[i]! * scale) * rate);
    assert.is(next[i], Math.fround(params[i]! - move));
  }
});

test('momentum under a constant gradient moves by a geometric series', () => {
  const config = momentum({ learningRate: 0.1, momentum: 0.5 });
  const positions = walk(config, 5);
  let expected = 0;
  for (let step = 1; step <= 5; step++) {
    expected -= 0.1 * ((1 - 0.5 ** step) / (1 - 0.5));
    near(positions[step - 1]!, expected);
  }
});

test('Nesterov momentum is one step of velocity ahead', () => {
  const plain = walk(momentum({ learningRate: 0.1, momentum: 0.5 }), 6);
  const ahead = walk(momentum({ learningRate: 0.1, momentum: 0.5, nesterov: true }), 5);
  // Under a constant gradient g + m v' is the velocity of the next step.
  for (let step = 0; step < 5; step++) near(ahead[step]!, plain[step + 1]! + 0.1);
});

test('AdaGrad under a constant gradient moves by the rate over the root of the step', () => {
  const positions = walk(adagrad({ learningRate: 0.1 }), 5);
  let expected = 0;
  for (let step = 1; step <= 5; step++) {
    expected -= 0.1 / Math.sqrt(step);
    near(positions[step - 1]!, expected);
  }
});

test('Adam under a constant gradient moves by the rate, whatever the gradient', () => {
  for (const gradient of [1, 1e-3, -250]) {
    const positions = walk(adam({ learningRate: 0.01 }), 20, gradient);
    positions.forEach((position, i) => {
      near(position, -0.01 * (i + 1) * Math.sign(gradient));
    });
  }
});

test('Adam follows the formulas of its paper', () => {
  const { apply, slots } = createOptimizer(adam({ learningRate: 0.01 }));
  const draws = stream(SEED, 'adam');
  let params: Float32Array = Float32Array.of(0.5);
  let [p, m, v] = [0.5, 0, 0];
  const state = slots(1);
  for (let step = 1; step <= 200; step++) {
    const gradient = Float32Array.of(draws.normal());
    const g = gradient[0]! * 0.25;
    params = apply(
      params,
      gradient,
      state,
      { gradientScale: 0.25, learningRate: 0.01, step },
      null
    );
    m = 0.9 * m + 0.1 * g;
    v = 0.999 * v + 0.001 * g * g;
    p -= (0.01 * (m / (1 - 0.9 ** step))) / (Math.sqrt(v / (1 - 0.999 ** step)) + 1e-8);
    near(params[0]!, p);
  }
});

test('an update leaves the params alone and returns others', () => {
  for (const config of all) {
    const { apply, slots } = createOptimizer(config);
    const params = vector('params', 50);
    const before = params.slice();
    const into = new Float32Array(50);
    const options = { gradientScale: 1, learningRate: 0.1, step: 1 };
    const next = apply(params, vector('gradient', 50), slots(50), options, into);
    assert.is(next, into);
    assert.equal(params, before);
    assert.not.equal(next, before);
  }
});

test('a sparse update changes what it touches as a dense one would, and nothing else', () => {
  const touched = Uint32Array.of(2, 3, 17, 49);
  for (const config of all) {
    const { apply, applyAt, slots } = createOptimizer(config);
    const gradient = vector('gradient', 50);
    const dense = { params: vector('params', 50), slots: slots(50) };
    const sparse = { params: vector('params', 50), slots: slots(50) };
    for (let step = 1; step <= 3; step++) {
      const options = { gradientScale: 0.5, learningRate: 0.1, step };
      dense.params = apply(dense.params, gradient, dense.slots, options, null);
      const before = sparse.params;
      sparse.params = applyAt(before, gradient, sparse.slots, touched, options);
      assert.is.not(sparse.params, before);
    }
    const untouched = { params: vector('params', 50), slots: slots(50) };
    const vectors = [sparse.params, ...sparse.slots];
    vectors.forEach((values, k) => {
      const moved = [dense.params, ...dense.slots][k]!;
      const still = [untouched.params, ...untouched.slots][k]!;
      for (let i = 0; i < 50; i++) assert.is(values[i], (touched.includes(i) ? moved : still)[i]);
    });
  }
});

test('a learning rate follows its schedule', () => {
  const rates = (config: OptimizerConfig, iterations: readonly number[]): number[] =>
    iterations.map(iteration => createOptimizer(config).learningRateAt(iteration));
  const learningRate = 0.8;
  assert.equal(rates(sgd({ learningRate }), [0, 1e6]), [0.8, 0.8]);
  const decayed = rates(
    sgd({ learningRate, schedule: stepDecay({ every: 10, factor: 0.5 }) }),
    [0, 9.9, 10, 25, 30]
  );
  decayed.forEach((rate, i) => {
    near(rate, [0.8, 0.8, 0.4, 0.2, 0.1][i]!);
  });
  const schedule = cosine({ iterations: 100, floor: 0.1 });
  const cooled = rates(sgd({ learningRate, schedule }), [0, 50, 100, 1000]);
  cooled.forEach((rate, i) => {
    near(rate, [0.8, 0.44, 0.08, 0.08][i]!);
  });
  const warming = rates(sgd({ learningRate, warmup: 4 }), [0, 1, 2.5, 3, 4]);
  warming.forEach((rate, i) => {
    near(rate, [0.2, 0.4, 0.7, 0.8, 0.8][i]!);
  });
});

test('optimizers have short forms, and JSON where there is more to say', () => {
  const table: [string, OptimizerConfig][] = [
    ['sgd:0.1', sgd({ learningRate: 0.1 })],
    ['momentum:0.1:0.9', momentum({ learningRate: 0.1, momentum: 0.9 })],
    ['momentum:0.1:0.9:true', momentum({ learningRate: 0.1, momentum: 0.9, nesterov: true })],
    ['adagrad:0.05', adagrad({ learningRate: 0.05 })],
    ['adam:0.001', adam({ learningRate: 0.001 })],
    ['adam:0.001:0.8', adam({ learningRate: 0.001, beta1: 0.8 })]
  ];
  for (const [short, config] of table) {
    assert.equal(OptimizerSchema.parse(short), config);
    assert.equal(OptimizerSchema.parse(config), config);
    assert.is(formatOptimizer(config), short);
  }
  const cooled = OptimizerSchema.parse({ kind: 'sgd', learningRate: 1, schedule: 'cosine:500' });
  assert.equal(cooled, sgd({ learningRate: 1, schedule: cosine({ iterations: 500 }) }));
  assert.equal(OptimizerSchema.parse(JSON.parse(formatOptimizer(cooled))), cooled);
});

test('an optimizer that is none is refused with what would be right', () => {
  assert.throws(() => OptimizerSchema.parse('sgd'), 'write sgd:0.1');
  assert.throws(() => OptimizerSchema.parse('adem:0.1'), /did you mean .*adam/);
  assert.throws(() => OptimizerSchema.parse('sgd:-1'), 'learningRate');
  assert.throws(() => OptimizerSchema.parse({ kind: 'momentum', learningRate: 1, momentum: 1 }));
  assert.throws(() => OptimizerSchema.parse({ ...sgd({ learningRate: 1 }), rate: 1 }), 'rate');
});

test.run();

/** Positions of one param that starts at 0, under the same gradient at every step. */
function walk(config: OptimizerConfig, steps: number, gradient = 1): number[] {
  const { apply, slots } = createOptimizer(config);
  const state = slots(1);
  let params: Float32Array = new Float32Array(1);
  return Array.from({ length: steps }, (_, i) => {
    const options = { gradientScale: 1, learningRate: config.learningRate, step: i + 1 };
    params = apply(params, Float32Array.of(gradient), state, options, null);
    return params[0]!;
  });
}

function vector(name: string, length: number): Float32Array {
  const draws = stream(SEED, name);
  return Float32Array.from({ length }, () => draws.normal());
}

function near(actual: number, expected: number): void {
  const tolerance = 2e-5 * Math.max(0.01, Math.abs(expected));
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual}, not ${expected}`);
}
