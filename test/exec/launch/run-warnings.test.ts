import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { resolve } from '../../../core/config.ts';
import { environmentWarnings } from '../../../exec/launch/run-warnings.ts';

const test = suite('what a real run does not enforce');

function warnings(environment: object): string[] {
  const problem = { kind: 'timing' as const, tensors: [10] };
  const stopAt = { iterations: 1 };
  const network = 'star:1Gbps:1ms';
  return environmentWarnings(
    resolve({ workers: 2, servers: 1, problem, stopAt, environment: { network, ...environment } })
  );
}

test('nothing is said of what is enforced', () => {
  assert.equal(warnings({}), []);
  assert.equal(warnings({ compute: 'exponential:5ms', stragglers: 'markov:1s:1s:3' }), []);
  assert.equal(warnings({ faults: 'pause:w0:at=1s:for=1s' }), []);
});

const source = { from: 'w0', to: 's0', arrivals: 'poisson:5ms', sizes: 'constant:1kB' };
const shared = { kind: 'star', bandwidth: '1Gbps', latency: '1ms', workersPerHost: 2 };

for (const [environment, says] of [
  [
    { links: [{ link: 'w0', bandwidth: [['1s', '1Mbps']] }] },
    /^environment\.links is not enforced/
  ],
  [{ traffic: [source] }, /^environment\.traffic is not sent/],
  [
    { flows: { sharing: 'lv08', rateCap: '1Mbps' } },
    /^environment\.flows \(sharing, rateCap\) is for the simulator/
  ],
  [{ hosts: { cores: 1 } }, /^processes share the cores of this machine/],
  [
    { hosts: { machine: 2 } },
    /^processes share the cores .*, not the 2 of environment\.hosts\.machine$/
  ],
  [{ hosts: { held: { nanos: 5 } } }, /^environment\.hosts\.held is the simulator's/],
  [{ hosts: { gpu: 'pcie:1GB/s:1us' } }, /PCIe links of the GPUs .* are not enforced$/],
  [{ hosts: { background: 'processes:1' } }, /^the background processes .* do not run$/],
  [
    { hosts: { preemption: 'at:1s:1s' } },
    /stop no process from handling messages; servers and coordinator meet none$/
  ],
  [{ costs: { messageNanos: 5 } }, /^the prices in environment\.costs are the simulator's/],
  [{ network: shared }, /^nodes on one host of the network have equal parts/],
  [{ network: 'fat-tree:4:1Gbps:1ms' }, /links between switches, .* are not enforced$/]
] as const) {
  test(`${JSON.stringify(environment)} is told of`, () => {
    const [first, ...others] = warnings(environment);
    assert.match(first ?? 'nothing', says);
    assert.equal(others, []);
  });
}

test.run();
