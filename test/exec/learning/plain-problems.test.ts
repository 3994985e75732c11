import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  dirichlet,
  logistic,
  quadratic,
  sparseLogistic,
  timing
} from '../../../core/config/problem.ts';
import { stream } from '../../../core/random.ts';
import { allKeys } from '../../../core/tensors.ts';
import {
  createProblem,
  type Gradient,
  type Problem,
  type ProblemContext
} from '../../../exec/learning/problem.ts';
import { slopes, wrong } from './slope.ts';

const test = suite('problems in plain TypeScript');

const context: ProblemContext = { seed: 5, workers: 4, batchSize: 16, backend: null };
const batch = { worker: 2, clock: 7 };

test('the gradient of every problem is the slope of its loss', async () => {
  const configs = [
    quadratic({ dimension: 30, condition: 50, heterogeneity: 0.5 }),
    logistic({ features: 20, samples: 200, regularization: 0.1, split: dirichlet(1) }),
    sparseLogistic({ features: 40, active: 6, samples: 300, test: 50 })
  ];
  for (const config of configs) {
    const problem = await createProblem(config, context);
    assert.is(problem.backend, null);
    assert.equal(wrong(await slopes(problem, away(problem), batch, 1e-3), 0.002), [], config.kind);
  }
});

test('the same call has the same bits, and another batch has others', async () => {
  for (const config of [quadratic({ noise: 1 }), logistic(), sparseLogistic()]) {
    const problem = await createProblem(config, context);
    const twin = await createProblem(config, context);
    const params = away(problem);
    const first = await problem.gradient(params, allKeys, batch);
    await problem.gradient(params, allKeys, { worker: 1, clock: 900 });
    assert.equal(await problem.gradient(params, allKeys, batch), first, config.kind);
    assert.equal(await twin.gradient(params, allKeys, batch), first, config.kind);
    const next = await problem.gradient(params, allKeys, { ...batch, clock: 8 });
    assert.not.equal(next.values, first.values, config.kind);
  }
});

test('gradient descent on a quadratic contracts as its curvatures say', async () => {
  const problem = await createProblem(quadratic({ dimension: 3, condition: 4 }), context);
  // Curvatures 1, 1/2 and 1/4: after n steps of rate 1 the distances are 0, 2^-n and (3/4)^n.
  const params = problem.initialParams();
  const start = (await problem.gradient(params, allKeys, batch)).values;
  const distances = [1, 0.5, 0.25].map((curvature, i) => start[i]! / curvature);
  for (let step = 0; step < 10; step++) descend(params, await gradientOf(problem, params), 1);
  const expected =
    0.5 * (0.5 * (distances[1]! * 0.5 ** 10) ** 2 + 0.25 * (distances[2]! * 0.75 ** 10) ** 2);
  const { loss } = await problem.evaluate(params);
  assert.ok(Math.abs(loss - expected) < 1e-6, `${loss}, ${expected}`);
  for (let step = 0; step < 100; step++) descend(params, await gradientOf(problem, params), 1);
  assert.ok((await problem.evaluate(params)).loss < 1e-12);
  assert.equal(problem.optimum, { loss: 0 });
});

test('noise of a quadratic has mean 0 and falls with the batch', async () => {
  const config = quadratic({ dimension: 1, noise: 2 });
  for (const batchSize of [1, 16]) {
    const problem = await createProblem(config, { ...context, batchSize });
    const clean = await createProblem(quadratic({ dimension: 1 }), { ...context, batchSize });
    const params = problem.initialParams();
    const exact = (await clean.gradient(params, allKeys, batch)).values[0]!;
    let [sum, squares] = [0, 0];
    const draws = 4000;
    for (let clock = 0; clock < draws; clock++) {
      const { values } = await problem.gradient(params, allKeys, { worker: 0, clock });
      sum += (values[0]! - exact) / draws;
      squares += (values[0]! - exact) ** 2 / draws;
    }
    const variance = 4 / batchSize;
    assert.ok(Math.abs(sum) < 4 * Math.sqrt(variance / draws), `${sum}`);
    assert.ok(Math.abs(squares / variance - 1) < 0.1, `${squares}`);
  }
});

test('workers of a heterogeneous quadratic disagree, and agree on average', async () => {
  const config = quadratic({ dimension: 5, heterogeneity: 3 });
  const problem = await createProblem(config, context);
  const common = await createProblem(quadratic({ dimension: 5 }), context);
  const params = away(problem);
  const expected = (await common.gradient(params, allKeys, batch)).values;
  const mean = new Float64Array(5);
  for (let worker = 0; worker < 4; worker++) {
    const { values } = await problem.gradient(params, allKeys, { worker, clock: 0 });
    assert.ok(values.some((value, i) => Math.abs(value - expected[i]!) > 0.1));
    for (const [i, value] of values.entries()) mean[i]! += value / 4;
  }
  assert.ok(mean.every((value, i) => Math.abs(value - expected[i]!) < 1e-5));
  assert.equal(await problem.evaluate(params), await common.evaluate(params));
});

test('the optimum of logistic regression is where full gradient descent ends', async () => {
  const config = logistic({ features: 10, samples: 160, regularization: 0.05 });
  // One worker whose batch is everything: its gradient is that of the objective.
  const alone = { ...context, workers: 1, batchSize: 160 };
  const problem = await createProblem(config, alone);
  const params = problem.initialParams();
  assert.ok(Math.abs((await problem.evaluate(params)).loss - Math.LN2) < 1e-12);
  for (let step = 0; step < 3000; step++) descend(params, await gradientOf(problem, params), 1);
  const { loss } = await problem.evaluate(params);
  assert.ok(Math.abs(loss - problem.optimum!.loss) < 1e-7, `${loss}, ${problem.optimum!.loss}`);
  assert.ok(loss >= problem.optimum!.loss - 1e-9);
});

test('no params of logistic regression are better than its optimum', async () => {
  const problem = await createProblem(logistic({ features: 30 }), context);
  const { loss } = problem.optimum!;
  for (let i = 0; i < 20; i++) {
    const random = stream(1, 'params', i);
    const params = problem.initialParams().map(() => random.normal());
    assert.ok((await problem.evaluate(params)).loss > loss);
  }
});

test('a batch of sparse logistic regression touches its features and the bias', async () => {
  const config = sparseLogistic({ features: 500, active: 5, samples: 300, test: 50 });
  const problem = await createProblem(config, context);
  const keys = problem.keys(batch)!;
  if (keys.kind !== 'some') throw new Error('sparse keys are named');
  assert.equal(keys.ranges, [{ begin: 500, end: 501 }]);
  assert.is(keys.width, 1);
  assert.ok(keys.rows.length <= 16 * 5);
  assert.equal(
    [...keys.rows],
    [...new Set(keys.rows)].sort((a, b) => a - b)
  );
  const params = away(problem);
  const full = await problem.gradient(params, allKeys, batch);
  const own = Float32Array.from([params[500]!, ...Array.from(keys.rows, key => params[key]!)]);
  const partial = await problem.gradient(own, keys, batch);
  assert.is(partial.loss, full.loss);
  assert.is(partial.values[0], full.values[500]);
  for (const [i, key] of keys.rows.entries()) assert.is(partial.values[i + 1], full.values[key]);
  const touched = new Set(keys.rows);
  for (let key = 0; key < 500; key++) if (!touched.has(key)) assert.is(full.values[key], 0);
  const fewer = { ...keys, rows: keys.rows.slice(0, -1) };
  assert.throws(() => problem.gradient(own.slice(0, -1), fewer, batch), /needs row/);
  assert.throws(() => problem.gradient(own, { ...keys, ranges: [] }, batch), /dense params/);
});

test('features of low rank are the frequent ones', async () => {
  const count = async (skew: number): Promise<number> => {
    const problem = await createProblem(sparseLogistic({ skew }), { ...context, batchSize: 500 });
    const keys = problem.keys(batch)!;
    return keys.kind === 'some' ? keys.rows.filter(key => key < 100).length / keys.rows.length : 0;
  };
  assert.ok((await count(0)) < 0.02);
  assert.ok((await count(1)) > (await count(0)));
  assert.ok((await count(2)) > (await count(1)));
});

test('sparse logistic regression learns', async () => {
  const config = sparseLogistic({ features: 200, samples: 4000, test: 1000 });
  const problem = await createProblem(config, { ...context, workers: 1, batchSize: 64 });
  const params = problem.initialParams();
  for (let clock = 0; clock < 400; clock++) {
    descend(params, await problem.gradient(params, allKeys, { worker: 0, clock }), 5);
  }
  const { accuracy } = await problem.evaluate(params);
  assert.ok(accuracy! > 0.8, `${accuracy}`);
});

test('a timing-only problem has nothing to compute', async () => {
  try {
    await createProblem(timing({ parameters: 1000 }), context);
  } catch (error) {
    assert.match(String(error), /timing-only/);
    return;
  }
  assert.unreachable();
});

function away(problem: Problem): Float32Array {
  const random = stream(9, 'params');
  return problem.initialParams().map(() => 0.5 * random.normal());
}

async function gradientOf(problem: Problem, params: Float32Array): Promise<Gradient> {
  return problem.gradient(params, allKeys, { worker: 0, clock: 0 });
}

function descend(params: Float32Array, { values }: Gradient, rate: number): void {
  for (let key = 0; key < params.length; key++) params[key]! -= rate * values[key]!;
}

test.run();
