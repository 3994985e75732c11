import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { resolve } from '../../../../core/config.ts';
import { ShortestPaths } from '../../../../core/environment/network/shortest-paths.ts';
import { formatNetwork, graph, NetworkSchema } from '../../../../core/environment/network.ts';
import type { NodeId } from '../../../../core/node.ts';
import { built, checkRoutes, latencyOf, misfit, namesOf } from './built.ts';

const test = suite('graphs');

const nodes: NodeId[] = ['c', 's0', 'w0', 'w1'];

/** Two workers on one host, a slow direct line to the server's, and a fast way round. */
const parts = {
  hosts: [{ name: 'box', nodes: ['w0-w1'] }, 's0'],
  switches: ['hub'],
  links: [
    { name: 'line', from: 'box', to: 's0', bandwidth: '100Mbps', latency: '9ms' },
    { name: 'out', from: 'box', to: 'hub', bandwidth: '10Gbps', latency: '1ms' },
    { name: 'on', from: 'hub', to: 's0', bandwidth: '10Gbps', latency: '2ms', duplex: 'half' }
  ]
} as const;

test('without routes a pair takes the way of least latency', () => {
  const fabric = built(graph(parts), nodes);
  assert.equal(fabric.hosts, ['box', 's0']);
  assert.equal(fabric.hostOf, [1, 1, 0, 0], 'the coordinator is where s0 is');
  assert.equal(
    fabric.links.map(({ name }) => name),
    ['line up', 'line down', 'out up', 'out down', 'on']
  );
  assert.equal(namesOf(fabric, 'box', 's0'), ['out up', 'on']);
  assert.equal(namesOf(fabric, 's0', 'box'), ['on', 'out down']);
  assert.is(latencyOf(fabric, 's0', 'box'), 3e6);
  assert.equal(fabric.switches, [{ name: 'hub', level: 1 }]);
});

test('a route leads both ways unless the way back is given', () => {
  const routes = [{ from: 'box', to: 's0', links: ['line'] }];
  const both = built(graph({ ...parts, routes }), nodes);
  assert.equal(namesOf(both, 'box', 's0'), ['line up']);
  assert.equal(namesOf(both, 's0', 'box'), ['line down']);
  checkRoutes(both);
  const back = { from: 's0', to: 'box', links: ['on', 'out'] };
  const apart = built(graph({ ...parts, routes: [...routes, back] }), nodes);
  assert.equal(namesOf(apart, 's0', 'box'), ['on', 'out down']);
});

test('links without ends are what routes make of them', () => {
  const fabric = built(
    graph({
      hosts: ['w0', 'w1', 's0'],
      links: ['a', 'b', 'spine'].map(name => {
        return { name, bandwidth: '1Gbps', latency: '1us', duplex: 'half' } as const;
      }),
      routes: [
        { from: 'w0', to: 's0', links: ['a', 'spine'] },
        { from: 'w1', to: 's0', links: ['b', 'spine'] }
      ]
    }),
    nodes
  );
  assert.equal(namesOf(fabric, 's0', 'w1'), ['spine', 'b']);
});

test('a loopback is between the nodes of one host', () => {
  const loopback = { bandwidth: '100Gbps', latency: '5us' } as const;
  const fabric = built(graph({ ...parts, loopback }), nodes);
  assert.equal(namesOf(fabric, 'box', 'box'), ['box loopback']);
});

const line = parts.links[0];
const refused: readonly (readonly [string, object, RegExp])[] = [
  ['a pair without a way', { links: [parts.links[1]] }, /^links: there is no way from s0 to box$/],
  [
    'a way one way only',
    { links: [{ ...line, duplex: 'one-way' }] },
    /^links: there is no way from s0 to box$/
  ],
  [
    'a link to nowhere',
    { links: [{ ...line, to: 's9' }] },
    /^links\.0\.to: .* no host or switch "s9"$/
  ],
  [
    'a link to itself',
    { links: [{ ...line, to: 'box' }] },
    /^links\.0\.to: line leads from box to itself$/
  ],
  ['a link named twice', { links: [line, line] }, /^links\.1: line is named twice$/],
  [
    'a link named as a direction of another',
    { links: [line, { ...line, name: 'line up', duplex: 'one-way' }] },
    /^links\.1: line up is named twice$/
  ],
  ['a host named twice', { hosts: ['s0', 's0'] }, /^hosts\.1: s0 is named twice$/],
  [
    'a node without a host',
    { hosts: ['box', 's0'] },
    /^hosts: w0 is on no host: name one after it/
  ],
  [
    'a node that is not there',
    { hosts: [{ name: 'box', nodes: ['w0-w5'] }, 's0'] },
    /^hosts\.0\.nodes: this run has no node w2$/
  ],
  [
    'a node on two hosts',
    { hosts: [...parts.hosts, { name: 'other', nodes: ['w1'] }] },
    /^hosts\.2\.nodes: w1 is on box already$/
  ],
  [
    'a route over an unknown link',
    { routes: [{ from: 'box', to: 's0', links: ['wire'] }] },
    /^routes\.0\.links\.0: there is no link "wire"$/
  ],
  [
    'a route of an unknown host',
    { routes: [{ from: 'box', to: 'attic', links: ['line'] }] },
    /^routes\.0: there is no host "attic"$/
  ],
  [
    'a route that does not hold together',
    { routes: [{ from: 'box', to: 's0', links: ['on'] }] },
    /^routes\.0\.links\.0: on does not lead on from box$/
  ],
  [
    'a route that ends elsewhere',
    { routes: [{ from: 'box', to: 's0', links: ['out'] }] },
    /^routes\.0: it ends at hub, not at s0$/
  ],
  [
    'a route given twice',
    { routes: [1, 2].map(() => ({ from: 'box', to: 's0', links: ['line'] })) },
    /^routes\.1: there is a route from box to s0 already$/
  ]
];

for (const [what, change, message] of refused) {
  test(`${what} is refused`, () => {
    assert.match(misfit({ ...graph(parts), ...change }, nodes) ?? 'nothing', message);
  });
}

test('what is no link is refused where it stands', () => {
  const parsed = (link: object) => () =>
    NetworkSchema.parse({ ...graph(parts), links: [{ ...line, ...link }] });
  assert.throws(parsed({ bandwidth: '0Gbps' }), /at least \\"1bps\\"/);
  assert.throws(parsed({ bandwidth: '-1Gbps' }), /is no bandwidth/);
  assert.throws(parsed({ latency: '5 parsecs' }), /is no unit of a duration/);
  assert.throws(parsed({ to: null }), /two ends/);
  assert.throws(parsed({ from: null, to: null }), /\\"half\\" is right/);
  assert.throws(() => NetworkSchema.parse({ kind: 'graph' }), /a graph has hosts, or the file/);
});

test('what does not fit is one line of the configuration, before the run', () => {
  const input = {
    workers: 2,
    servers: 1,
    problem: { kind: 'timing' as const, tensors: [10] },
    stopAt: { iterations: 1 },
    environment: { network: { ...graph(parts), links: [parts.links[1]] } }
  };
  assert.throws(
    () => resolve(input),
    /^environment\.network\.links: there is no way from s0 to box$/
  );
});

test('a graph may be a file, which is its name', () => {
  const config = NetworkSchema.parse('graph:networks/campus.json');
  assert.equal(config, NetworkSchema.parse(graph('networks/campus.json')));
  assert.is(misfit(config, nodes), null, 'it is looked at when it has been read');
  const read = NetworkSchema.parse({ ...graph(parts), file: 'networks/campus.json' });
  assert.is(formatNetwork(read), 'graph:networks/campus.json');
});

test('shortest paths agree with all paths there are', () => {
  // A small world: every vertex is joined to the next three, at a price that is no function of it.
  const size = 9;
  const edges = Array.from({ length: 3 * size }, (_, link) => {
    const from = Math.floor(link / 3);
    return { from, to: (from + 1 + (link % 3)) % size, link, cost: (link * 7) % 11 };
  });
  const paths = new ShortestPaths(size, edges);
  const least = Array.from({ length: size }, (_, a) =>
    Array.from({ length: size }, (_, b) => (a === b ? 0 : Infinity))
  );
  for (const { from, to, cost } of edges) least[from]![to] = Math.min(least[from]![to]!, cost);
  for (let via = 0; via < size; via++) {
    for (const row of least) {
      row.forEach((known, to) => {
        row[to] = Math.min(known, row[via]! + least[via]![to]!);
      });
    }
  }
  for (let from = 0; from < size; from++) {
    for (let to = 0; to < size; to++) {
      const route = paths.route(from, to)!;
      const cost = route.reduce((sum, link) => sum + edges[link]!.cost, 0);
      assert.is(cost, least[from]![to], `${from} to ${to}`);
    }
  }
  assert.is(new ShortestPaths(2, []).route(0, 1), null);
});

test.run();
