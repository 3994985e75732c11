/** Duplex and policy of single links by their names, on every shape of network. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { resolve } from '../../core/config.ts';
import { buildFabric } from '../../core/environment/network.ts';
import { nodeIds } from '../../core/node-id.ts';
import { hostsOf } from '../../sim/hosts.ts';
import { deliveries } from './star.ts';

const test = suite('links of a network by name');

/** A message of 1.25 MB takes 10 ms over any link of these. */
const bytes = 1_250_000;

interface Said {
  readonly duplex?: 'half';
  readonly policy?: 'fatpipe';
}

/**
 * Hundredths of a second that two messages take over a link that all others make way for: both up it,
 * or one up and one down.
 */
function times(network: string, link: string, said: Said): { same: number; opposite: number } {
  // The last entry about a link counts.
  const links = [
    { link: '*', policy: 'fatpipe' },
    { link, policy: 'shared', ...said }
  ];
  const config = resolve({
    workers: 6,
    servers: 2,
    problem: { kind: 'timing', tensors: [1] },
    stopAt: { iterations: 1 },
    environment: { network, links }
  });
  const nodes = nodeIds(config);
  const { network: shape } = config.environment;
  if (shape.kind === 'ideal') throw new Error('expected links');
  const fabric = buildFabric(shape, nodes);
  const pairOver = (name: string): readonly [number, number] => {
    const number = fabric.links.findIndex(one => one.name === name);
    for (let from = 0; from < fabric.hosts.length; from++) {
      for (let to = 0; to < fabric.hosts.length; to++) {
        if (from !== to && fabric.route(from, to).includes(number)) return [from, to];
      }
    }
    throw new Error(`nothing goes over ${name}`);
  };
  const last = (ways: readonly ('up' | 'down')[]): number => {
    const { network: made } = hostsOf(config, nodes);
    ways.forEach((way, session) => {
      const [from, to] = pairOver(`${link} ${way}`);
      made.send(0, from, to, session, bytes, 0, session);
    });
    return Math.round(Math.max(...deliveries(made).map(([time]) => time)) / 1e7);
  };
  return { same: last(['up', 'up']), opposite: last(['up', 'down']) };
}

for (const [network, link] of [
  ['star:1Gbps:1ns', 'w0'],
  ['star:1Gbps:1ns', 's1'],
  ['racks:4:4:1Gbps:1ns', 'w3'],
  ['racks:4:4:1Gbps:1ns', 'rack1'],
  ['two-level:4:2:1Gbps:1Gbps:1ns', 's0'],
  ['two-level:4:2:1Gbps:1Gbps:1ns', 'leaf0-spine1'],
  ['fat-tree:4:1Gbps:1ns', 'w1'],
  ['fat-tree:4:1Gbps:1ns', 'edge0.1-agg0.0'],
  ['fat-tree:4:1Gbps:1ns:spread:destination', 'agg0.0-core1']
] as const) {
  test(`${link} of ${network} is full duplex, half duplex or a fat pipe`, () => {
    assert.equal(times(network, link, {}), { same: 2, opposite: 1 });
    assert.equal(times(network, link, { duplex: 'half' }), { same: 2, opposite: 2 });
    assert.equal(times(network, link, { policy: 'fatpipe' }), { same: 1, opposite: 1 });
    const both = { duplex: 'half', policy: 'fatpipe' } as const;
    assert.equal(times(network, link, both), { same: 1, opposite: 1 });
  });
}

test.run();
