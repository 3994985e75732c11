/** Hosts as configuration: forms, what holds for whom, what has no effect. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError, resolve } from '../../../core/config.ts';
import { environment } from '../../../core/environment/environment.ts';
import { hostConfig, hostNames, processPace } from '../../../core/environment/hosts.ts';
import { idleParameters } from '../../../core/environment/idle.ts';
import { paceNanos } from '../../../core/environment/pace.ts';

const test = suite('hosts');
const second = 1e9;

const config = (changes: object, rest: object = {}) =>
  resolve({
    workers: 3,
    servers: 2,
    problem: { kind: 'timing', tensors: [100] },
    stopAt: { iterations: 5 },
    environment: changes,
    ...rest
  });

test('short forms of what hosts have, alone and in lists', () => {
  const { hosts } = environment({
    hosts: {
      cores: 4,
      gpu: 'pcie:16GB/s:10us:2',
      background: 'processes:2 + share:0.3:2s:8s',
      preemption: 'at:2s:500ms + every:10s:500ms + rate:10s:100ms'
    }
  });
  assert.equal(hosts.gpu, { kind: 'pcie', bandwidth: '128Gbps', latency: '10us', devices: 2 });
  assert.equal(hosts.background, [
    { kind: 'processes', processes: 2, busy: null, idle: null },
    { kind: 'share', share: 0.3, busy: '2s', idle: '8s' }
  ]);
  assert.equal(
    hosts.preemption.map(({ kind }) => kind),
    ['at', 'every', 'rate']
  );
  assert.equal(environment({ hosts: { preemption: 'none', gpu: 'none' } }), environment({}));
});

test('what is said of a node goes before its role, and that before all', () => {
  const { hosts } = environment({
    hosts: { cores: 8, workers: { cores: 4 }, nodes: { w1: { cores: 2 }, s0: { gpu: 'none' } } }
  });
  const cores = (['c', 's0', 'w0', 'w1'] as const).map(node => hostConfig(hosts, node).cores);
  assert.equal(cores, [8, 8, 4, 2]);
  assert.equal(hostNames(['c', 's0', 's1', 'w0', 'w1'], [0, 1, 1, 2, 1]), ['c', 'w1', 'w0']);
});

test('bad values are refused in one line each, with their place', () => {
  for (const [hosts, message] of [
    [{ cores: 0 }, 'environment.hosts.cores: more than 0 is right, got 0'],
    [{ machine: 0 }, 'environment.hosts.machine: '],
    [
      { machine: 'one' },
      'environment.hosts.machine: machine is the number of cores that all hosts share, or null'
    ],
    [
      { machine: 2, servers: { cores: 4 } },
      'environment.hosts.servers.cores: hosts that share a machine of 2 cores have none of their own'
    ],
    [{ held: 5 }, 'environment.hosts.held: '],
    [{ held: { nanos: -1 } }, 'environment.hosts.held.nanos: '],
    [{ cores: 'many' }, 'environment.hosts.cores: cores are a number above 0, or "unlimited"'],
    [{ gpu: 'pcie:16GB:10us' }, 'environment.hosts.gpu.bandwidth: "GB" is no unit of a bandwidth'],
    [{ gpu: 'cuda' }, 'unknown GPU "cuda"'],
    [{ background: 'share:1.5' }, 'environment.hosts.background.0.share'],
    [{ background: 'share:0.5:1s' }, 'has a mean time busy and a mean time idle'],
    [{ preemption: 'every:1s:2s' }, 'environment.hosts.preemption.0.stop: a stop is shorter'],
    [{ preemption: 'rate:1s' }, 'write rate:10s:500ms'],
    [{ nodes: { x3: {} } }, 'environment.hosts.nodes.x3: no node of this run has that name'],
    [{ nodes: { w9: { cores: 1 } } }, 'environment.hosts.nodes.w9: no node of this run'],
    [{ worker: {} }, 'environment.hosts.worker: unknown key (did you mean "workers"?)']
  ] as const) {
    try {
      config({ hosts });
      assert.unreachable(`${JSON.stringify(hosts)} was taken`);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      assert.ok(error.message.includes(message), error.message);
      assert.is(error.message.split('\n').length, 1, error.message);
    }
  }
  assert.throws(
    () => config({ costs: { nodes: { s7: {} } } }),
    'environment.costs.nodes.s7: no node of this run has that name'
  );
});

test('parameters without an effect are warned of, and no others', () => {
  const paths = (environment: object, rest: object = {}): string[] =>
    idleParameters(config(environment, rest)).map(({ path }) => path.slice(1).join('.'));
  const star = { kind: 'star', bandwidth: '1Gbps', latency: '1ms' };
  assert.equal(paths({}), []);
  assert.equal(paths({ compute: 'instant', hosts: { gpu: 'pcie:16GB/s:10us' } }), ['hosts.gpu']);
  assert.equal(paths({ hosts: { gpu: 'pcie:16GB/s:10us' } }), []);
  assert.equal(paths({ hosts: { servers: { gpu: 'pcie:16GB/s:10us' } } }), ['hosts.servers.gpu']);
  assert.equal(paths({ hosts: { cores: 4 } }), ['hosts.cores']);
  const crowded = { ...star, workersPerHost: 3 };
  assert.equal(paths({ network: crowded, hosts: { cores: 2 } }), []);
  assert.equal(paths({ network: crowded, hosts: { cores: 3 } }), ['hosts.cores']);
  assert.equal(paths({ hosts: { cores: 1, background: 'processes:1' } }), []);
  assert.equal(paths({ hosts: { background: 'processes:1' } }), ['hosts.background']);
  assert.equal(paths({ hosts: { background: 'share:0.1' } }), []);
  const idle = { compute: 'instant', hosts: { background: 'share:0.1' } };
  assert.equal(paths(idle), ['hosts.background']);
  assert.equal(paths({ ...idle, costs: { messageNanos: 10 } }), []);
  assert.equal(paths({ network: crowded, hosts: { nodes: { w1: { cores: 1 } } } }), [
    'hosts.nodes.w1.cores'
  ]);
  assert.equal(paths({ compute: 'instant', stragglers: 'transient:0.1:10', speeds: [1, 2] }), [
    'stragglers.0',
    'speeds'
  ]);
  assert.equal(paths({ stragglers: 'markov:1s:1s:1 + transient:0:5' }), [
    'stragglers.0.slowdown',
    'stragglers.1.share'
  ]);
  const encoding = { costs: { encodeNanosPerElement: 1 } };
  assert.equal(paths(encoding), ['costs.encodeNanosPerElement']);
  assert.equal(paths(encoding, { compressor: 'int8' }), []);
});

test('preemption stops a process at its times, at random for as long as it says', () => {
  const pace = (preemption: string) => {
    const { environment } = config({ hosts: { preemption } });
    return processPace(environment, 5, ['c', 's0', 's1', 'w0', 'w1', 'w2'], 'w1')!;
  };
  const once = pace('at:2s:500ms');
  assert.equal(
    [0, 1.999e9, 2e9, 2.499e9, 2.5e9].map(now => once.at(now)),
    [1, 1, 0, 0, 1]
  );
  assert.is(paceNanos(once, 0, 3 * second, 1e15), 3.5 * second);
  const often = pace('every:4s:1s:2s');
  // Stopped in [2, 3), [6, 7), [10, 11) ...
  assert.is(paceNanos(often, 0, 5 * second, 1e15), 6 * second);
  assert.is(paceNanos(often, 2.5 * second, 5 * second, 1e15), 6.5 * second);
  const rate = pace('rate:9s:1s');
  const lengths: number[] = [];
  let stopped = 0;
  let now = 0;
  for (; lengths.length < 5000; now = rate.changeAfter(now)) {
    if (rate.at(now) === 1) continue;
    lengths.push(rate.changeAfter(now) - now);
    stopped += rate.changeAfter(now) - now;
  }
  assert.equal(new Set(lengths), new Set([second]));
  assert.ok(Math.abs(stopped / now - 0.1) < 0.006, `${stopped / now}`);
});

test.run();
