import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FlowNetwork } from '../../sim/flow-network.ts';
import { MaxMin } from '../../sim/max-min/max-min.ts';
import type { Link, LinkPolicy, Topology } from '../../sim/topology.ts';
import { deliveries } from './star.ts';

const test = suite('links');

/** 1.25 bytes a nanosecond, 10 us: 12,500 bytes take 10 us and arrive 20 us after they are sent. */
function link(name: string, policy: LinkPolicy = 'shared'): Link {
  return { name, bytesPerSecond: 1.25e9, latencyNanos: 10_000, policy };
}

/** Hosts 0 and 1 to the left, 2 and 3 to the right; `routes` by [left to right, right to left]. */
function network(links: Link[], rightward: number[], leftward = rightward): FlowNetwork {
  const topology: Topology = {
    hosts: ['a', 'b', 'c', 'd'],
    links,
    route: from => (from < 2 ? rightward : leftward)
  };
  return new FlowNetwork(topology, new MaxMin(), 1e6);
}

test('over a half-duplex link both directions share, over a full-duplex one they do not', () => {
  for (const [links, leftward, each] of [
    [[link('both')], [0], 30_000],
    [[link('right'), link('left')], [1], 20_000]
  ] as const) {
    const duplex = network([...links], [0], [...leftward]);
    duplex.send(0, 0, 2, 0, 12_500, 0, 1);
    duplex.send(0, 2, 0, 1, 12_500, 0, 2);
    assert.equal(deliveries(duplex), [
      [each, 1],
      [each, 2]
    ]);
  }
});

test('a fat pipe carries each message at its capacity, and the links around it share', () => {
  const links = [link('edge'), { ...link('core', 'fatpipe'), bytesPerSecond: 0.625e9 }];
  const fat = network(links, [0, 1], [1]);
  fat.send(0, 0, 2, 0, 12_500, 0, 1);
  fat.send(0, 1, 3, 1, 12_500, 0, 2);
  fat.send(0, 2, 0, 2, 12_500, 0, 3);
  // Two share the edge, at half of it each; the third one crosses only the core.
  assert.equal(deliveries(fat), [
    [30_000, 3],
    [40_000, 1],
    [40_000, 2]
  ]);
  assert.equal(
    fat.links().map(({ bytesCarried }) => bytesCarried),
    [25_000, 37_500]
  );
});

test('a fat pipe that gets slower slows each message, those of later sessions too', () => {
  const fat = network([link('core', 'fatpipe')], [0]);
  fat.send(0, 0, 2, 0, 12_500, 0, 1);
  fat.send(0, 1, 3, 1, 25_000, 0, 2);
  assert.equal(deliveries(fat, 14_999), []);
  fat.controls.setCapacity(15_000, 0, 0.625e9);
  fat.send(15_000, 2, 0, 2, 6250, 0, 3);
  assert.equal(deliveries(fat), [
    [25_000, 1],
    [35_000, 3],
    [45_000, 2]
  ]);
});

test('a session that is opened anew over a fat pipe has the capacity of that moment', () => {
  const fat = network([link('core', 'fatpipe')], [0]);
  fat.send(0, 0, 2, 0, 12_500, 0, 1);
  assert.equal(fat.cut(0, 0), [1]);
  fat.controls.setCapacity(0, 0, 2.5e9);
  fat.send(0, 0, 2, 0, 12_500, 0, 2);
  assert.equal(deliveries(fat), [[15_000, 2]]);
});

test('a link carries a factor of its capacity, whatever that becomes meanwhile', () => {
  const slow = network([link('l')], [0]);
  slow.controls.scale(0, 0, 0.5);
  slow.send(0, 0, 2, 0, 12_500, 0, 1);
  assert.equal(deliveries(slow, 19_999), []);
  // Half of the bytes are through.
  slow.controls.setCapacity(20_000, 0, 0.625e9);
  assert.equal(deliveries(slow, 29_999), []);
  // A quarter is left, and the factor is gone.
  slow.controls.scale(30_000, 0, 1);
  assert.equal(deliveries(slow), [[35_000, 1]]);
});

test('a link that is down holds what is on its way until it is up again', () => {
  const failing = network([link('l')], [0]);
  failing.send(0, 0, 2, 0, 12_500, 0, 1);
  assert.equal(deliveries(failing, 14_999), []);
  failing.controls.setUp(15_000, 0, false);
  failing.send(15_000, 0, 2, 0, 0, 0, 2);
  assert.is(failing.nextEvent(), Infinity);
  failing.controls.setCapacity(20_000, 0, 2.5e9);
  assert.is(failing.nextEvent(), Infinity);
  failing.controls.setUp(90_000, 0, true);
  assert.equal(deliveries(failing), [
    [92_500, 1],
    [92_500, 2]
  ]);
});

test.run();
