import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  formatNetwork,
  ideal,
  NetworkSchema,
  placeNodes,
  type StarConfig,
  star
} from '../../../core/environment/network.ts';
import type { NodeId } from '../../../core/node.ts';

const test = suite('network configuration');
const nodes: NodeId[] = ['w0', 'w1', 's0', 's1', 's2', 'c'];
const plain = { bandwidth: '10Gbps', latency: '51ns' } as const;

test('each node has a host of its own', () => {
  const { hosts, hostOf } = placeNodes(resolved(star(plain)), nodes);
  assert.equal(
    hosts.map(host => host.name),
    nodes
  );
  assert.equal(hostOf, [0, 1, 2, 3, 4, 5]);
  for (const host of hosts) {
    assert.is(host.upBytesPerSecond, 1.25e9);
    assert.is(host.downBytesPerSecond, 1.25e9);
    assert.is(host.upLatencyNanos + hosts[0]!.downLatencyNanos, 51, 'one way, host to host');
  }
});

test('colocated servers are on the hosts of the workers, in turn', () => {
  const { hosts, hostOf } = placeNodes(resolved(star({ ...plain, placement: 'colocated' })), nodes);
  assert.equal(
    hosts.map(host => host.name),
    ['w0', 'w1', 'c']
  );
  assert.equal(hostOf, [0, 1, 0, 1, 0, 2]);
});

test('a host differs as its role does, and a single host more so', () => {
  const config = star({
    ...plain,
    workers: { up: '1Gbps', latency: '1us' },
    hosts: { w1: { up: '100Mbps' }, s1: { down: '40Gbps' } }
  });
  const { hosts } = placeNodes(resolved(config), nodes);
  const up = hosts.map(host => host.upBytesPerSecond * 8);
  assert.equal(up, [1e9, 1e8, 1e10, 1e10, 1e10, 1e10]);
  assert.is(hosts[3]!.downBytesPerSecond * 8, 4e10);
  assert.equal(
    hosts.map(host => host.upLatencyNanos),
    [500, 500, 25, 25, 25, 25]
  );
});

test('a host that no node has is refused', () => {
  const config = resolved(star({ ...plain, hosts: { w7: { up: '1Gbps' } } }));
  assert.throws(() => placeNodes(config, nodes), 'network.hosts.w7: no host of this run');
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

function resolved(config: ReturnType<typeof star>): StarConfig {
  const network = NetworkSchema.parse(config);
  if (network.kind !== 'star') throw new Error('expected a star');
  return network;
}
