import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  cnn,
  custom,
  dataset,
  dirichlet,
  embedding,
  logistic,
  mlp,
  mnist,
  type ProblemConfig,
  ProblemSchema,
  quadratic,
  softmax,
  sparseLogistic,
  timing
} from '../../../core/config/problem.ts';

const test = suite('problems as data');

const problems: readonly ProblemConfig[] = [
  softmax({ data: mnist() }),
  mlp({ data: mnist({ train: 5000, test: 1000, split: dirichlet(0.5) }) }),
  mlp({ hidden: [64, 32], data: dataset({ module: 'a/b.ts', options: { n: [1, { m: null }] } }) }),
  cnn({ data: mnist() }),
  sparseLogistic(),
  embedding({ vocabulary: 100 }),
  quadratic({ noise: 0.1 }),
  logistic(),
  timing({ parameters: 25_557_032, tensors: 161 }),
  custom({ module: 'models/mine.ts', export: 'model', data: mnist() })
];

test('what the builders make is valid, plain JSON, and complete', () => {
  for (const problem of problems) {
    assert.equal(ProblemSchema.parse(problem), problem);
    assert.equal(JSON.parse(JSON.stringify(problem)), problem);
  }
});

test('tensors of a timing-only model differ by one parameter at most', () => {
  const { tensors } = timing({ parameters: 100, tensors: 7 });
  assert.is(tensors.length, 7);
  assert.is(
    tensors.reduce((sum, size) => sum + size),
    100
  );
  assert.ok(Math.max(...tensors) - Math.min(...tensors) <= 1);
  assert.equal(timing({ parameters: 5 }).tensors, [5]);
  assert.equal(timing({ tensors: [3, 4] }).tensors, [3, 4]);
});

test('what is out of range, missing or unknown is refused, with its path', () => {
  const wrong: readonly (readonly [unknown, string])[] = [
    [{ ...mlp({ data: mnist() }), hidden: [] }, 'hidden'],
    [{ ...mlp({ data: mnist() }), hidden: [0] }, 'hidden.0'],
    [mlp({ data: mnist({ train: 60_001 }) }), 'data.train'],
    [mlp({ data: mnist({ test: 0 }) }), 'data.test'],
    [mlp({ data: mnist({ split: dirichlet(0) }) }), 'data.split.alpha'],
    [mlp({ data: mnist({ split: dirichlet(Infinity) }) }), 'data.split.alpha'],
    [embedding({ signal: 1.1 }), 'signal'],
    [quadratic({ condition: 0.5 }), 'condition'],
    [quadratic({ noise: -1 }), 'noise'],
    [quadratic({ dimension: 1.5 }), 'dimension'],
    [logistic({ regularization: 0 }), 'regularization'],
    [timing({ tensors: [] }), 'tensors'],
    [timing({ parameters: 2, tensors: 3 }), 'tensors.0'],
    [custom({ module: '/etc/passwd' }), 'module'],
    [custom({ module: 'a/../../b.ts' }), 'module'],
    [custom({ module: '' }), 'module'],
    [{ ...custom({ module: 'a.ts' }), hash: 'abc' }, 'hash'],
    [{ kind: 'softmax' }, 'data'],
    [{ ...quadratic(), learningRate: 1 }, ''],
    [{ kind: 'mpl' }, 'kind']
  ];
  for (const [problem, path] of wrong) {
    const { error } = ProblemSchema.safeParse(problem);
    const paths = error?.issues.map(issue => issue.path.join('.'));
    assert.ok(paths?.includes(path), `${JSON.stringify(problem)}: ${paths}`);
  }
});

test.run();
