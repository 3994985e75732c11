import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { formatNetwork, ideal, NetworkSchema, star } from '../../../core/environment/network.ts';
import type { NodeId } from '../../../core/node.ts';
import { built, latencyOf, misfit, namesOf } from './network/built.ts';

const test = suite('network configuration');
const nodes: NodeId[] = ['w0', 'w1', 's0', 's1', 's2', 'c'];
const plain = { bandwidth: '10Gbps', latency: '51ns' } as const;

test('each node has a host of its own', () => {
  const fabric = built(star(plain), nodes);
  assert.equal(fabric.hosts, nodes);
  assert.equal(fabric.hostOf, [0, 1, 2, 3, 4, 5]);
  for (const { bytesPerSecond } of fabric.links) assert.is(bytesPerSecond, 1.25e9);
  assert.is(latencyOf(fabric, 'w0', 's0'), 51, 'one way, host to host');
  assert.equal(namesOf(fabric, 'w0', 's0'), ['w0 up', 's0 down']);
  assert.equal(namesOf(fabric, 'w0', 'w0'), []);
});

test('colocated servers are on the hosts of the workers, in turn', () => {
  const fabric = built(star({ ...plain, placement: 'colocated' }), nodes);
  assert.equal(fabric.hosts, ['w0', 'w1', 'c']);
  assert.equal(fabric.hostOf, [0, 1, 0, 1, 0, 2]);
});

test('processes share a host by consecutive ranks, and colocated servers are on those hosts', () => {
  const ranks: NodeId[] = ['s0', 's1', 's2', 'w0', 'w1', 'w2', 'w3', 'w4'];
  const apart = built(star({ ...plain, workersPerHost: 2, serversPerHost: 2 }), ranks);
  assert.equal(apart.hosts, ['s0', 's2', 'w0', 'w2', 'w4']);
  assert.equal(apart.hostOf, [0, 0, 1, 2, 2, 3, 3, 4]);
  const together = built(star({ ...plain, workersPerHost: 4, placement: 'colocated' }), ranks);
  assert.equal(together.hosts, ['w0', 'w4']);
  assert.equal(together.hostOf, [0, 1, 0, 0, 0, 0, 0, 1]);
});

test('a loopback is a link of each host that several nodes share', () => {
  const loopback = { bandwidth: '80Gbps', latency: '3us' } as const;
  const fabric = built(star({ ...plain, placement: 'colocated', loopback }), nodes);
  assert.equal(
    fabric.links.slice(-2).map(({ name }) => name),
    ['w0 loopback', 'w1 loopback']
  );
  assert.equal(namesOf(fabric, 'w0', 'w0'), ['w0 loopback']);
  assert.is(latencyOf(fabric, 'w1', 'w1'), 3000);
  assert.equal(namesOf(fabric, 'c', 'c'), [], 'the coordinator is alone');
});

test('a host differs as its role does, and a single host more so', () => {
  const config = star({
    ...plain,
    workers: { up: '1Gbps', latency: '1us' },
    hosts: { w1: { up: '100Mbps' }, s1: { down: '40Gbps' } }
  });
  const { links } = built(config, nodes);
  const of = (suffix: string) => links.filter(({ name }) => name.endsWith(suffix));
  const up = of(' up').map(link => link.bytesPerSecond * 8);
  assert.equal(up, [1e9, 1e8, 1e10, 1e10, 1e10, 1e10]);
  assert.is(of('s1 down')[0]!.bytesPerSecond * 8, 4e10);
  const latencies = of(' up').map(link => link.latencyNanos);
  assert.equal(latencies, [500, 500, 25, 25, 25, 25]);
});

test('a host that no node has is refused', () => {
  const config = star({ ...plain, hosts: { w7: { up: '1Gbps' } } });
  assert.is(misfit(config, nodes), 'hosts.w7: no host of this run has that name');
  const shared = star({ ...plain, workersPerHost: 2, hosts: { w1: { up: '1Gbps' } } });
  assert.is(misfit(shared, nodes), 'hosts.w1: w1 is on the host w0: say it of that');
  assert.throws(() => NetworkSchema.parse(star({ ...plain, hosts: { '7': {} } })));
  const colocated = star({ ...plain, placement: 'colocated', servers: { up: '1Gbps' } });
  assert.throws(() => NetworkSchema.parse(colocated), 'say it of the workers');
});

test('networks have short forms, and JSON where hosts differ', () => {
  assert.equal(NetworkSchema.parse('ideal'), ideal());
  assert.equal(
    NetworkSchema.parse('star:10Gbps:50us'),
    star({ bandwidth: '10Gbps', latency: '50us' })
  );
  for (const short of ['ideal', 'star:10Gbps:50us', 'star:10Gbps:50us:colocated']) {
    assert.is(formatNetwork(NetworkSchema.parse(short)), short);
  }
  const uneven = NetworkSchema.parse(star({ ...plain, workers: { up: '1Gbps' } }));
  assert.equal(NetworkSchema.parse(JSON.parse(formatNetwork(uneven))), uneven);
  assert.throws(() => NetworkSchema.parse('star:10:50us'), 'a bandwidth is a string with its unit');
  assert.throws(() => NetworkSchema.parse('sta:10Gbps:50us'), 'did you mean');
});

test.run();
