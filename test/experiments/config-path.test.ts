import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { merged, valueAt, withValue } from '../../experiments/harness/config-path.ts';

const test = suite('config path');

test('a value is read at a dotted path, and is undefined where the path ends early', () => {
  const tree = { environment: { network: { kind: 'star' } }, workers: 4 };
  assert.is(valueAt(tree, ['environment', 'network', 'kind']), 'star');
  assert.is(valueAt(tree, ['workers', 'kind']), undefined);
  assert.is(valueAt(tree, ['servers']), undefined);
});

test('setting a value copies the way to it and shares the rest', () => {
  const tree = { environment: { speeds: [1] }, problem: { kind: 'quadratic' } };
  const changed = withValue(tree, ['environment', 'network', 'kind'], 'ideal');
  assert.equal(changed, {
    environment: { speeds: [1], network: { kind: 'ideal' } },
    problem: { kind: 'quadratic' }
  });
  assert.equal(tree, { environment: { speeds: [1] }, problem: { kind: 'quadratic' } });
  assert.is(changed['problem'], tree.problem);
});

test('merging goes field by field, and a choice of method replaces the other one whole', () => {
  const base = {
    optimizer: { kind: 'sgd', learningRate: 0.1 },
    environment: { speeds: [1], network: { kind: 'star', latency: '1ms' } }
  };
  assert.equal(merged(base, { environment: { network: { kind: 'ideal' } } }), {
    optimizer: { kind: 'sgd', learningRate: 0.1 },
    environment: { speeds: [1], network: { kind: 'ideal' } }
  });
  assert.equal(merged(base, { optimizer: { learningRate: 0.2 } })['optimizer'], {
    kind: 'sgd',
    learningRate: 0.2
  });
});

test.run();
