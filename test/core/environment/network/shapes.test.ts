import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hashedPath } from '../../../../core/environment/network/path-choice.ts';
import {
  fatTree,
  formatNetwork,
  NetworkSchema,
  racks,
  twoLevel,
  wan
} from '../../../../core/environment/network.ts';
import { nodeIds } from '../../../../core/node-id.ts';
import { built, checkRoutes, latencyOf, misfit, namesOf } from './built.ts';

const test = suite('shapes of networks');

const nodes = nodeIds({ workers: 6, servers: 2 });
const rack = {
  hostsPerRack: 4,
  oversubscription: 2,
  bandwidth: '10Gbps',
  latency: '11us',
  coreLatency: '5us'
} as const;

test('racks: servers are spread over them, in racks of their own, or with the workers', () => {
  const rackOf = (placement: 'spread' | 'own-rack' | 'colocated') => {
    const { links } = built(racks({ ...rack, placement }), nodes);
    return Object.fromEntries(
      links.filter(({ name }) => /^[wsc]\d? up$/.test(name)).map(link => [link.from, link.to])
    );
  };
  const spread = rackOf('spread');
  assert.equal([spread['s0'], spread['s1']], ['rack0', 'rack1']);
  assert.equal(
    ['w0', 'w2', 'w3', 'w5'].map(name => spread[name]),
    ['rack0', 'rack0', 'rack1', 'rack1']
  );
  const own = rackOf('own-rack');
  assert.equal(
    ['w0', 'w3', 'w4', 's0', 's1', 'c'].map(name => own[name]),
    ['rack0', 'rack0', 'rack1', 'rack2', 'rack2', 'rack0']
  );
  const colocated = rackOf('colocated');
  assert.is(colocated['s0'], undefined);
  assert.is(colocated['w4'], 'rack1');
});

test('racks: a rack shares an uplink, a ratio slower than its hosts together', () => {
  const fabric = built(racks({ ...rack, placement: 'own-rack' }), nodes);
  assert.is(fabric.links.length, 2 * 9 + 2 * 3);
  checkRoutes(fabric);
  const uplink = fabric.links.find(({ name }) => name === 'rack0 up')!;
  assert.is(uplink.bytesPerSecond * 8, (4 * 10e9) / 2);
  assert.equal(namesOf(fabric, 'w0', 'w1'), ['w0 up', 'w1 down']);
  assert.equal(namesOf(fabric, 'w0', 's1'), ['w0 up', 'rack0 up', 'rack2 down', 's1 down']);
  assert.is(latencyOf(fabric, 'w0', 'w1'), 11_000);
  assert.is(latencyOf(fabric, 'w0', 's1'), 16_000);
  const plain = built(racks({ ...rack, coreLatency: null, placement: 'own-rack' }), nodes);
  assert.is(latencyOf(plain, 'w0', 's1'), 22_000, 'as much again as within a rack');
});

test('two levels: every leaf is joined to every spine, and a pair keeps to one', () => {
  const config = twoLevel({
    hostsPerLeaf: 2,
    spines: 3,
    bandwidth: '10Gbps',
    uplink: '4Gbps',
    latency: '10us',
    placement: 'own-rack'
  });
  const fabric = built(config, nodes);
  assert.is(fabric.links.length, 2 * 9 + 2 * 4 * 3);
  checkRoutes(fabric);
  const spine = hashedPath('w0', 's1', 3);
  assert.equal(namesOf(fabric, 'w0', 's1'), [
    'w0 up',
    `leaf0-spine${spine} up`,
    `leaf3-spine${spine} down`,
    's1 down'
  ]);
  assert.is(fabric.links.find(({ name }) => name === 'leaf0-spine2 up')!.bytesPerSecond, 5e8);
  assert.is(latencyOf(fabric, 'w0', 's1'), 20_000);
});

test('a hash spreads many pairs evenly, and knows nothing of who else there is', () => {
  const counts = [0, 0, 0, 0];
  for (let from = 0; from < 64; from++) {
    for (let to = 0; to < 64; to++) counts[hashedPath(`w${from}`, `s${to}`, 4)]! += 1;
  }
  // Within four standard deviations of a fair draw: sqrt(4096 * 1/4 * 3/4) is 28.
  for (const count of counts) assert.ok(Math.abs(count - 1024) < 112, `${counts}`);
  const names = (workers: number) => {
    const ids = nodeIds({ workers, servers: 2 });
    return namesOf(built(fatTree({ k: 4, bandwidth: '1Gbps', latency: '1us' }), ids), 'w0', 's1');
  };
  assert.equal(names(4), names(5));
});

test('a fat-tree of k has k^3/4 hosts, 5k^2/4 switches and as many links at each stage', () => {
  for (const k of [2, 4, 6]) {
    const servers = k;
    const ids = nodeIds({ workers: k ** 3 / 4 - servers, servers });
    for (const routing of ['hash', 'destination'] as const) {
      const fabric = built(fatTree({ k, bandwidth: '1Gbps', latency: '10us', routing }), ids);
      assert.is(fabric.switches.length, (5 * k * k) / 4);
      const cables = (pattern: RegExp) =>
        fabric.links.filter(({ name }) => pattern.test(name) && name.endsWith(' up')).length;
      assert.is(cables(/^[ws]/), k ** 3 / 4);
      assert.is(cables(/^edge/), k ** 3 / 4);
      assert.is(cables(/^agg/), k ** 3 / 4);
      checkRoutes(fabric);
    }
  }
});

test('a fat-tree: a way takes one latency in an edge, two in a pod, three between pods', () => {
  const ids = nodeIds({ workers: 14, servers: 2 });
  const config = fatTree({ k: 4, bandwidth: '1Gbps', latency: '7us', placement: 'own-rack' });
  const fabric = built(config, ids);
  assert.is(latencyOf(fabric, 'w0', 'w1'), 7000);
  assert.is(latencyOf(fabric, 'w0', 'w2'), 14_000);
  assert.is(latencyOf(fabric, 'w0', 'w4'), 21_000);
  assert.is(namesOf(fabric, 'w0', 'w2').length, 4);
  assert.is(namesOf(fabric, 'w0', 'w4').length, 6);
});

test('a fat-tree: by destination an all-to-all exchange loads no link more than the hosts', () => {
  const ids = nodeIds({ workers: 12, servers: 4 });
  const config = fatTree({ k: 4, bandwidth: '1Gbps', latency: '0s', routing: 'destination' });
  const fabric = built(config, ids);
  const flows = fabric.links.map(() => 0);
  const members = fabric.hosts.flatMap((name, index) => (name === 'c' ? [] : [index]));
  for (const from of members) {
    for (const to of members) for (const link of fabric.route(from, to)) flows[link]! += 1;
  }
  assert.is(Math.max(...flows), 15, 'a host has a way to each of 15 others');
  const inner = fabric.links.flatMap((link, index) =>
    link.name.startsWith('agg') ? [flows[index]] : []
  );
  assert.is(new Set(inner).size, 1, 'all core links bear the same');
});

test('a fat-tree that is too small says which would do', () => {
  const config = fatTree({ k: 2, bandwidth: '1Gbps', latency: '1us' });
  assert.is(
    misfit(config, nodes),
    'k: a fat-tree of k = 2 has 2 edge switches of 1 hosts, and this run needs 8: k = 4 is right'
  );
  assert.throws(() => NetworkSchema.parse('fat-tree:3:1Gbps:1us'), /multiple/i);
});

const regions = wan({
  regions: ['eu', 'us', 'asia'],
  latency: [
    ['1ms', '40ms', '100ms'],
    ['41ms', '2ms', '80ms'],
    ['100ms', '80ms', '1ms']
  ],
  bandwidth: [
    ['10Gbps', '1Gbps', '200Mbps'],
    ['2Gbps', '20Gbps', '1Gbps'],
    ['200Mbps', '1Gbps', '10Gbps']
  ]
});

test('a WAN: latencies are host to host, and a link a direction is shared by a pair of regions', () => {
  const fabric = built(regions, nodes);
  checkRoutes(fabric);
  assert.is(fabric.links.length, 2 * 9 + 6);
  assert.equal(namesOf(fabric, 'w0', 'w1'), ['w0 up', 'w1 down']);
  assert.equal(namesOf(fabric, 'w1', 's1'), ['w1 up', 'eu to us', 's1 down']);
  assert.is(latencyOf(fabric, 'w0', 'w1'), 1e6);
  assert.is(latencyOf(fabric, 'w0', 's1'), 40e6);
  assert.is(latencyOf(fabric, 's1', 'w0'), 41e6);
  assert.is(latencyOf(fabric, 'w5', 's0'), 100e6);
  const rate = (name: string) => fabric.links.find(link => link.name === name)!.bytesPerSecond * 8;
  assert.is(rate('us to eu'), 2e9);
  assert.is(rate('w2 up'), 20e9, 'a host has the bandwidth of its region');
  assert.is(rate('w4 up'), 10e9);
});

test('a WAN: nodes that are named are where they are said to be', () => {
  const named = { ...regions, nodes: { us: ['w0-w4', 's0'], asia: ['c'] } };
  const { links } = built(named, nodes);
  const region = Object.fromEntries(links.slice(0, 18).map(({ from, to }) => [from, to]));
  assert.equal(
    ['w0', 'w4', 'w5', 's0', 's1', 'c'].map(name => region[name]),
    ['us', 'us', 'asia', 'us', 'us', 'asia']
  );
});

test('a WAN that cannot be is refused, by path', () => {
  const bad: [object, string | RegExp][] = [
    [{ latency: [['1ms']] }, /latency.*3 rows of 3/s],
    [{ regions: ['eu', 'eu', 'us'] }, /named twice/],
    [{ nodes: { mars: ['w0'] } }, /no region of that name/],
    [{ nodes: { eu: ['w3-w1'] } }, /nodes are named/]
  ];
  for (const [change, message] of bad) {
    assert.throws(() => NetworkSchema.parse({ ...regions, ...change }), message);
  }
  assert.is(
    misfit({ ...regions, nodes: { eu: ['w9'] } }, nodes),
    'nodes.eu: this run has no node w9'
  );
  assert.is(
    misfit({ ...regions, nodes: { eu: ['w1'], us: ['w1'] } }, nodes),
    'nodes.us: w1 is named twice: a node is in one region'
  );
  const shared = { ...regions, workersPerHost: 2, nodes: { eu: ['w1'] } };
  assert.is(misfit(shared, nodes), 'nodes.eu: w1 is on the host w0, which is not named here');
  const near = { ...regions, latency: regions.latency.map(row => row.map(() => '1ms' as const)) };
  assert.is(misfit(near, nodes), null);
  near.latency[0]![1] = '0.1ms' as '1ms';
  assert.match(misfit(near, nodes) ?? '', /^latency\.0\.1: from eu to us is less than/);
});

test('shapes have short forms, and JSON where these do not say all', () => {
  for (const short of [
    'racks:8:4:10Gbps:50us',
    'racks:8:4:10Gbps:50us:own-rack:20us',
    'two-level:8:2:10Gbps:40Gbps:50us',
    'two-level:8:2:10Gbps:40Gbps:50us:colocated:destination',
    'fat-tree:4:10Gbps:50us',
    'fat-tree:4:10Gbps:50us:own-rack'
  ]) {
    assert.is(formatNetwork(NetworkSchema.parse(short)), short);
  }
  const world = NetworkSchema.parse(regions);
  assert.equal(NetworkSchema.parse(JSON.parse(formatNetwork(world))), world);
  assert.throws(() => NetworkSchema.parse('racks:0:4:10Gbps:50us'));
  assert.throws(() => NetworkSchema.parse('racks:8:0:10Gbps:50us'));
  assert.throws(
    () => NetworkSchema.parse('two-level:8:2:10Gbps:0Gbps:50us'),
    /at least \\"1bps\\"/
  );
});

test.run();
