import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError, resolve } from '../../../core/config.ts';

const test = suite('what is wrong with a configuration');

const small = { problem: { kind: 'timing', tensors: [4] }, stopAt: { iterations: 1 } };
const regions = {
  kind: 'wan',
  regions: ['eu', 'us'],
  latency: [
    ['1ms', '9ms'],
    ['9ms', '1ms']
  ],
  bandwidth: [
    ['1Gbps', '1Gbps'],
    ['1Gbps', '1Gbps']
  ]
};

// Parts that only together make sense are looked at once each is right by itself.
for (const [what, change, says] of [
  [
    'more workers than there may be',
    { workers: 1e9 },
    /^workers: at most 100000 is right, got 1000000000$/
  ],
  [
    'a matrix with a row missing',
    { environment: { network: { ...regions, latency: [['1ms', '9ms']] } } },
    /^environment\.network\.latency: a matrix over the regions has 2 rows of 2, in their order$/
  ],
  [
    'nodes in a region that is none',
    { environment: { network: { ...regions, nodes: { asia: ['w0'] } } } },
    /^environment\.network\.nodes\.asia: no region of that name; there are eu, us$/
  ],
  [
    'a cable of a host that can have none',
    {
      environment: {
        network: { kind: 'star', bandwidth: '1Gbps', latency: '1ms', hosts: { x7: {} } }
      }
    },
    /^environment\.network\.hosts\.x7: a host has the name of its first node: "w3", "s0", "c"$/
  ]
] as const) {
  test(`${what}: one line`, () => {
    try {
      resolve(Object.assign({}, small, change));
    } catch (error) {
      assert.instance(error, ConfigError);
      assert.match(String(Reflect.get(Object(error), 'message')), says);
      return;
    }
    assert.unreachable();
  });
}

test.run();
