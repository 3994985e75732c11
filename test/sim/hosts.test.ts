/** Runs on hosts whose cores are shared, whose processes stand still, and beside which others run. */
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { iterationsOf, size, timingRows } from './timing-rows.ts';

const test = suite('hosts');
const millisecond = 1e6;

const computed = (environment: object, worker: string): number[] =>
  iterationsOf(timingRows({ environment, stopAt: { iterations: 2 } }), worker).map(
    row => row.computed / millisecond
  );

test('hosts with a core for everybody change nothing', () => {
  const changes = fc.record({
    seed: fc.nat(1000),
    consistency: fc.constantFrom('bsp', 'ssp:1', 'asp'),
    environment: fc.record({
      compute: fc.constantFrom('exponential:1ms', 'uniform:0ms:2ms'),
      network: fc.constantFrom('ideal', 'star:10Mbps:1ms'),
      costs: fc.record({ applyNanosPerElement: fc.constantFrom(0, 500, 2000) })
    })
  });
  fc.assert(
    fc.property(changes, one => {
      const shared = { ...one, environment: { ...one.environment, hosts: { cores: 2 } } };
      assert.equal(timingRows(shared), timingRows(one));
    }),
    { seed: 7921, numRuns: 60, includeErrorInReport: true }
  );
});

test('what a server works and what the worker beside it computes share the cores of their host', () => {
  // Two hosts, a worker and a server on each. Both workers compute for 10 ms and push halves of the
  // model to both servers, where folding and applying take 1 ms a time; BSP.
  const costs = { applyNanosPerElement: (2 * millisecond) / size };
  const network = { kind: 'star', bandwidth: '1Tbps', latency: '0ms', placement: 'colocated' };
  const run = (hosts: object): number[] => {
    const environment = { compute: 'constant:10ms', speeds: [1, 0.5], network, costs, hosts };
    const rows = timingRows({
      workers: 2,
      consistency: 'asp',
      environment,
      stopAt: { iterations: 1 }
    });
    return ['w0', 'w1'].map(worker => iterationsOf(rows, worker)[0]!.computed / millisecond);
  };
  const near = (times: number[], right: number[]): void => {
    const off = times.map((time, i) => Math.abs(time - right[i]!));
    assert.ok(Math.max(...off) < 1e-3, `${times} ms, and ${right} by hand`);
  };
  near(run({}), [10, 20]);
  // At 10 ms server 1 applies the push of worker 0 for 1 ms of its core time, with half a core for
  // 2 ms; worker 1 has the other half, and ends 1 ms later.
  near(run({ cores: 1 }), [10, 21]);
});

test('hosts of one machine share its cores', () => {
  const ends = (hosts: object, costs: object = {}): number[] => {
    const environment = { compute: 'constant:10ms', speeds: [1, 0.5], hosts, costs };
    const changes = { workers: 2, servers: 1, consistency: 'asp', stopAt: { iterations: 1 } };
    const rows = timingRows({ ...changes, environment });
    return ['w0', 'w1'].map(worker => iterationsOf(rows, worker)[0]!.computed / millisecond);
  };
  assert.equal(ends({ cores: 1 }), [10, 20]);
  assert.equal(ends({ machine: 2 }), [10, 20]);
  // Half a core each until worker 0 has had its 10 ms; worker 1 then has 10 left, and the core.
  assert.equal(ends({ machine: 1 }), [20, 30]);
  // Params come first: 1 ms of copying at either end of two answers, beside both gradients, makes
  // six jobs; after 6 ms the gradients have had 1 ms each, and worker 0 has its 10 at 24. The push
  // takes 2 ms of the core from worker 1, which would have had it to itself. Headers come on top.
  const copies = { overlappedNanosPerByte: millisecond / (4 * size) };
  const [first, second] = ends({ machine: 1 }, copies);
  assert.ok(first! > 24 && first! < 24.3, `${first} ms`);
  assert.ok(second! > 36 && second! < 36.3, `${second} ms`);
  // Copying delays nobody who has a core.
  assert.equal(ends({ machine: 16 }, copies), [10, 20]);
});

test('what is still being copied holds back no end of a run', () => {
  const costs = { overlappedNanosPerByte: 1e9 };
  const environment = { compute: 'constant:10ms', hosts: { machine: 1 }, costs };
  const changes = { workers: 1, servers: 1, stopAt: { iterations: 1 } };
  const [iteration] = iterationsOf(timingRows({ ...changes, environment }), 'w0');
  // A pull and its answer are copied at either end, for minutes or hours: five share the core.
  assert.is(iteration!.computed, 50 * millisecond);
  assert.is(iteration!.ended, 50 * millisecond);
});

test('a gradient that is held to its duration takes a core for its work alone', () => {
  const ends = (held: object | null): number[] =>
    computed({ compute: 'constant:10ms', hosts: { machine: 1, held } }, 'w0');
  // Three workers, in step.
  assert.equal(ends(null), [30, 60]);
  assert.equal(ends({}), [10, 20]);
  assert.equal(ends({ nanos: 2 * millisecond }), [10, 20]);
  // Work that does not fit into the duration is what it is.
  assert.equal(ends({ nanos: 5 * millisecond }), [15, 30]);
  assert.equal(ends({ nanosPerElement: (5 * millisecond) / size }), [15, 30]);
  // The core is somebody else's meanwhile: what a server applies, for 1 ms a time on it.
  const costs = { applyNanosPerElement: (2 * millisecond) / size };
  const changes = { workers: 2, servers: 1, consistency: 'asp', stopAt: { iterations: 1 } };
  const environment = { compute: 'constant:10ms', speeds: [1, 0.8], costs };
  const last = (hosts: object): number => {
    const rows = timingRows({ ...changes, environment: { ...environment, hosts } });
    return Math.max(...iterationsOf(rows).map(row => row.computed)) / millisecond;
  };
  assert.is(last({ machine: 1, held: {} }), 12.5);
  assert.ok(last({ machine: 1 }) > 20);
});

test('a gradient that is held is stopped with its process', () => {
  const hosts = { machine: 1, held: { nanos: millisecond } };
  const stopped = { ...hosts, nodes: { w0: { preemption: 'at:5ms:20ms' } } };
  assert.equal(computed({ compute: 'constant:10ms', hosts: stopped }, 'w0'), [30, 40]);
});

test('a process that is stopped computes nothing, and takes nothing in', () => {
  const stop = (nodes: object) => ({ compute: 'constant:10ms', hosts: { nodes } });
  assert.equal(computed(stop({}), 'w0'), [10, 20]);
  // BSP: all wait for the stopped one.
  const worker = stop({ w0: { preemption: 'at:5ms:20ms' } });
  assert.equal(computed(worker, 'w0'), [30, 40]);
  assert.equal(computed(worker, 'w1'), [10, 40]);
  const server = stop({ s1: { preemption: 'at:5ms:20ms' } });
  assert.equal(computed(server, 'w0'), [10, 35]);
  const twice = stop({ w0: { preemption: 'at:5ms:20ms + at:28ms:10ms' } });
  assert.equal(computed(twice, 'w0'), [40, 50]);
  const often = stop({ w0: { preemption: 'every:4ms:1ms' } });
  // Stopped in [4, 5), [8, 9), [12, 13) ... ms.
  assert.equal(computed(often, 'w0'), [13, 26]);
});

test('load beside a run takes a share of its speed, or its equal part of the cores', () => {
  const hosts = (background: string, cores: number | string) => ({
    compute: 'constant:10ms',
    hosts: { cores, background }
  });
  assert.equal(computed(hosts('share:0.5', 'unlimited'), 'w0'), [20, 40]);
  assert.equal(computed(hosts('processes:3', 2), 'w0'), [20, 40]);
  assert.equal(computed(hosts('processes:1', 2), 'w0'), [10, 20]);
  assert.equal(computed(hosts('share:0.5 + processes:1', 1), 'w0'), [40, 80]);
});

test('load that comes and goes takes its share of the time', () => {
  // Busy half of the time, and then half of the core: 3/4 of full speed in the long run. Some 300
  // cycles of 4 ms, whose busy part is 2 ms with a standard deviation as large: within 5 of those.
  for (const background of ['share:0.5:2ms:2ms', 'processes:1:2ms:2ms']) {
    const environment = { compute: 'constant:10ms', hosts: { cores: 1, background } };
    const changes = { workers: 1, environment, consistency: 'asp', stopAt: { iterations: 100 } };
    const rows = timingRows(changes);
    const end = Math.max(...iterationsOf(rows).map(row => row.computed));
    const pace = (100 * 10 * millisecond) / end;
    assert.ok(Math.abs(pace - 0.75) < 0.05, `${background}: ${pace}`);
    assert.equal(timingRows(changes), rows);
  }
});

test('a process can be made slower and stopped from outside, and goes on where it was', () => {
  const environment = { compute: 'constant:10ms', speeds: [1, 0.5, 0.25], hosts: { cores: 4 } };
  const changes = { environment, consistency: 'asp', stopAt: { iterations: 2 } };
  const ends = (act: Record<number, [string, number]>): number[] => {
    const rows = timingRows(changes, {}, simulation => {
      const [node, speed] = act[simulation.now / millisecond] ?? [];
      if (speed !== undefined) simulation.setSpeed(node as 'w2', speed);
    });
    return iterationsOf(rows, 'w2').map(row => row.computed / millisecond);
  };
  assert.equal(ends({}), [40, 80]);
  assert.equal(ends({ 10: ['w2', 0.5] }), [70, 150]);
  assert.equal(ends({ 10: ['w2', 0], 20: ['w2', 1] }), [50, 90]);
  // Everybody's answers wait at a server that is stopped: nobody but w2 is left to wake it.
  assert.equal(ends({ 10: ['s0', 0], 40: ['s0', 1] }), [40, 80]);
});

test.run();
