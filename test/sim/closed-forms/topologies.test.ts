/**
 * Shapes of networks against closed forms, through the whole stack. Under BSP with computations that
 * take no time every worker sends its shares to all servers at once, and all servers answer at once:
 * an iteration is twice an all-to-all exchange. With as many servers as workers every host is as
 * busy as every other, and what binds is the tightest cut between them.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  buildFabric,
  fatTree,
  graph,
  type NetworkInput,
  NetworkSchema,
  racks,
  star,
  twoLevel,
  wan
} from '../../../core/environment/network.ts';
import { createNetwork } from '../../../sim/network.ts';
import { deliveries } from '../star.ts';
import { rowsOf, timingRun } from './timing-run.ts';

const test = suite('closed forms of topologies');

const plain = { bandwidth: '1Mbps', latency: '0s' } as const;

/** Nanoseconds of an iteration of worker 0, after the first ones. */
function iterationNanos(network: NetworkInput, workers: number, servers = workers): number {
  const run = timingRun('topologies', {
    workers,
    servers,
    consistency: 'bsp',
    stopAt: { iterations: 6 },
    environment: { compute: 'instant', network }
  });
  const row = rowsOf(run, 0)[4]!;
  return row.ended - row.started;
}

/** Ends of transfers are whole nanoseconds. */
function close(actual: number, expected: number, nanos = 4): void {
  assert.ok(Math.abs(actual - expected) <= nanos, `${actual} is not ${expected}`);
}

test('a fat-tree has full bisection bandwidth: half of it sends to the other as over one switch', () => {
  for (const k of [2, 4, 6]) {
    const workers = k ** 3 / 8;
    const tree = { k, ...plain, placement: 'own-rack', routing: 'destination' } as const;
    close(iterationNanos(fatTree(tree), workers), iterationNanos(star(plain), workers));
  }
});

for (const ratio of [1, 2, 4, 8]) {
  test(`racks oversubscribed ${ratio}:1 exchange ${ratio} times as long across racks`, () => {
    const shape = racks({
      hostsPerRack: 8,
      oversubscription: ratio,
      ...plain,
      placement: 'own-rack'
    });
    close(iterationNanos(shape, 8), ratio * iterationNanos(star(plain), 8), 2 * ratio);
  });
}

test('racks: what stays in a rack is not slowed down', () => {
  const shape = racks({ hostsPerRack: 16, oversubscription: 100, ...plain });
  close(iterationNanos(shape, 8), iterationNanos(star(plain), 8));
});

test('two levels are oversubscribed by hosts a leaf over spines', () => {
  const shape = { hostsPerLeaf: 8, uplink: '1Mbps', ...plain, placement: 'own-rack' } as const;
  for (const spines of [2, 4, 8]) {
    const network = twoLevel({ ...shape, spines, routing: 'destination' });
    close(iterationNanos(network, 8), (8 / spines) * iterationNanos(star(plain), 8), 8);
  }
  const hashed = iterationNanos(twoLevel({ ...shape, spines: 8 }), 8);
  assert.ok(hashed > 1.2 * iterationNanos(star(plain), 8), 'paths by hash collide');
});

test('a WAN takes its latency there and back, each way its own', () => {
  const fast = '10Tbps' as const;
  const network = wan({
    regions: ['eu', 'us'],
    latency: [
      ['2ms', '40ms'],
      ['43ms', '1ms']
    ],
    bandwidth: [
      [fast, fast],
      [fast, fast]
    ],
    nodes: { eu: ['w0'], us: ['s0'] }
  });
  close(iterationNanos(network, 1), 83e6);
  close(iterationNanos({ ...network, nodes: { us: ['w0', 's0'] } }, 1), 2e6);
});

test('a WAN: all that goes from one region to another shares a link', () => {
  const regions = wan({
    regions: ['eu', 'us'],
    latency: [
      ['0s', '0s'],
      ['0s', '0s']
    ],
    bandwidth: [
      ['1Mbps', '2Mbps'],
      ['2Mbps', '1Mbps']
    ],
    nodes: { eu: ['w0-w7'], us: ['s0-s7'] }
  });
  // Eight hosts of 1 Mbit/s each side of a link of 2.
  close(iterationNanos(regions, 8), 4 * iterationNanos(star(plain), 8), 8);
  close(iterationNanos({ ...regions, policy: 'fatpipe' }, 8), iterationNanos(star(plain), 8));
});

test('processes on one host share its cable', () => {
  const apart = iterationNanos(star(plain), 4);
  close(iterationNanos(star({ ...plain, workersPerHost: 4 }), 4), 4 * apart, 8);
  close(iterationNanos(star({ ...plain, workersPerHost: 2 }), 4), 2 * apart, 8);
});

test('messages within a host are free, or go through its loopback', () => {
  const colocated = { ...plain, placement: 'colocated' } as const;
  assert.is(iterationNanos(star(colocated), 1), 0);
  const loopback = { bandwidth: '4Mbps', latency: '3ms' } as const;
  const over = iterationNanos(star({ bandwidth: '4Mbps', latency: '3ms' }), 1);
  close(iterationNanos(star({ ...colocated, loopback }), 1), over);
});

test('hosts of one role with half the bandwidth out take twice as long to send', () => {
  const shape = { hostsPerRack: 8, oversubscription: 1, ...plain, placement: 'own-rack' } as const;
  const slow = iterationNanos(racks({ ...shape, workers: { up: '500kbps' } }), 8);
  const slowBack = iterationNanos(racks({ ...shape, workers: { down: '500kbps' } }), 8);
  const even = iterationNanos(racks(shape), 8);
  close(slow + slowBack, 3 * even, 8);
  assert.ok(slow > even && slowBack > even);
});

test('a star written as a graph is a star', () => {
  const names = ['c', 's0', 's1', 'w0', 'w1'];
  const written = graph({
    hosts: names,
    switches: ['hub'],
    links: names.map(from => {
      return { name: from, from, to: 'hub', bandwidth: '3Mbps', latency: '10us' };
    })
  });
  const same = star({ bandwidth: '3Mbps', latency: '20us' });
  assert.is(iterationNanos(written, 2), iterationNanos(same, 2));
});

test('a half-duplex link is shared by both directions', () => {
  const ends = (duplex: 'full' | 'half') => {
    const network = NetworkSchema.parse(
      graph({
        hosts: ['w0', 's0'],
        links: [{ name: 'line', from: 'w0', to: 's0', bandwidth: '8Gbps', latency: '0s', duplex }]
      })
    );
    if (network.kind !== 'graph') throw new Error('expected a graph');
    const fabric = buildFabric(network, ['s0', 'w0']);
    const simulated = createNetwork({ kind: 'fabric', fabric });
    simulated.send(0, 0, 1, 0, 1000, 0, 10);
    simulated.send(0, 1, 0, 1, 1000, 0, 11);
    return deliveries(simulated).map(([time]) => time);
  };
  assert.equal(ends('full'), [1000, 1000]);
  assert.equal(ends('half'), [2000, 2000]);
});

test.run();
