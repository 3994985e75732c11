/** Wrong values of many fields: each is told of with what was got and what would be right. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError, resolve } from '../../core/config.ts';

const test = suite('what is right in place of a wrong value');

const small = { problem: { kind: 'timing', tensors: [4] }, stopAt: { iterations: 1 } };
const wan = { kind: 'wan', regions: ['1'], latency: [['1ms']], bandwidth: [['1Gbps']] };
const star = { kind: 'star', bandwidth: '1Gbps', latency: '1ms' };
const cross = { from: 'w0', to: 's0', arrivals: 'poisson:5ms', sizes: 'exponential:1MB' };
const sgd = { kind: 'sgd', learningRate: 0.1 };

function messageOf(change: object): string {
  try {
    resolve({ ...small, ...change });
  } catch (error) {
    assert.instance(error, ConfigError);
    return String(Reflect.get(Object(error), 'message'));
  }
  return 'nothing is wrong';
}

/** A change, and its value that is wrong. */
const wrong: readonly (readonly [change: object, got: unknown])[] = [
  [{ workers: 0 }, 0],
  [{ workers: 1.5 }, 1.5],
  [{ workers: 'many' }, 'many'],
  [{ workers: null }, null],
  [{ servers: 20_000 }, 20_000],
  [{ seed: -1 }, -1],
  [{ batchSize: true }, true],
  [{ version: 2 }, 2],
  [{ sharding: 'ranges' }, 'ranges'],
  [{ plugins: 'x' }, 'x'],
  [{ plugins: [3] }, 3],
  [{ evaluation: { everyGradients: 0 } }, 0],
  [{ evaluation: 3 }, 3],
  [{ stopAt: 5 }, 5],
  [{ stopAt: { iterations: 0 } }, 0],
  [{ stopAt: { accuracy: 2 } }, 2],
  [{ stopAt: { seconds: -1 } }, -1],
  [{ stopAt: { loss: 'low' } }, 'low'],
  [{ stopAt: { loss: Number.NaN } }, Number.NaN],
  [{ consistency: 'ssp:-1' }, -1],
  [{ consistency: { kind: 'ssp', bound: -2, scale: 'mean' } }, -2],
  [{ consistency: 7 }, 7],
  [{ compressor: 'topk:2' }, 2],
  [{ compressor: 'zip' }, 'zip'],
  [{ compressor: 'int8:0' }, 0],
  [{ optimizer: { ...sgd, learningRate: -1 } }, -1],
  [{ optimizer: { kind: 'adam', learningRate: 0.1, beta1: 2 } }, 2],
  [{ problem: { kind: 'timing', tensors: [0] } }, 0],
  [{ problem: { kind: 'timing', tensors: 'x' } }, 'x'],
  [{ environment: 3 }, 3],
  [{ environment: { network: 'fat-tree:5:1Gbps:1us' } }, 5],
  [{ environment: { network: 'racks:0:1:1Gbps:1us' } }, 0],
  [{ environment: { network: { ...star, bandwidth: 5 } } }, 5],
  [{ environment: { network: wan } }, '1'],
  [{ environment: { stragglers: 'permanent:1:0.5' } }, 0.5],
  [{ environment: { stragglers: 'transient:2:3' } }, 2],
  [{ environment: { speeds: [0] } }, 0],
  [{ environment: { speeds: 'fast' } }, 'fast'],
  [{ environment: { faults: 'crash:w2:when=w0@0' } }, 0],
  [{ environment: { hosts: { cores: 0 } } }, 0],
  [{ environment: { hosts: { nodes: { w0: { cores: -3 } } } } }, -3],
  [{ environment: { flows: { sharing: 'fair' } } }, 'fair'],
  [{ environment: { traffic: [{ ...cross, messages: 0 }] } }, 0],
  [{ environment: { links: [{ link: 'w0', policy: 'x' }] } }, 'x'],
  [{ environment: { costs: { encodeNanosPerElement: -1 } } }, -1]
];

for (const [change, got] of wrong) {
  test(`${JSON.stringify(change)}: one line with the value`, () => {
    const message = messageOf(change);
    const shown = typeof got === 'number' ? String(got) : JSON.stringify(got);
    const has =
      typeof got === 'string' ? message.includes(shown) : message.endsWith(`, got ${shown}`);
    assert.ok(has, message);
    assert.not.match(message, /\n|Too (small|big)|Invalid|expected \w+ to (be|have)|received/);
  });
}

test('what is right, in words', () => {
  assert.is(messageOf({ workers: 0 }), 'workers: at least 1 is right, got 0');
  assert.is(messageOf({ stopAt: { seconds: 0 } }), 'stopAt.seconds: more than 0 is right, got 0');
  assert.is(messageOf({ workers: 1.5 }), 'workers: a whole number is right, got 1.5');
  assert.is(messageOf({ workers: [3] }), 'workers: a number is right, got a list');
  assert.is(messageOf({ seed: {} }), 'seed: a number is right, got an object');
  assert.is(
    messageOf({ sharding: 'ranges' }),
    'sharding: one of "range", "tensor", "balanced", "frequency" is right, got "ranges"'
  );
  assert.is(
    messageOf({ problem: { kind: 'timing', tensors: [] } }),
    'problem.tensors: at least 1 item is right, got an empty list'
  );
  assert.is(
    messageOf({ optimizer: { kind: 'sgd' } }),
    'optimizer.learningRate: missing: a number is right'
  );
  assert.is(
    messageOf({ consistency: { kind: 'ssp', bound: 4 } }),
    'consistency.scale: missing: one of "mean", "sum" is right'
  );
});

test.run();
