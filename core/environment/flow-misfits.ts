/** Finds links and hosts that are named and that the network of a run has not. */
import type { NodeId } from '../node.ts';
import type { EnvironmentConfig, Misfit } from './environment.ts';
import { type LinkConfig, linksNamed, noLink } from './links.ts';
import type { FabricLink } from './network/fabric.ts';
import { isUnread } from './network/graph.ts';
import { buildFabric } from './network.ts';
import { TrafficError, trafficEnds } from './traffic.ts';

/** The network fits the run already: it has been looked at. */
export function flowMisfits(
  { network, links, traffic }: EnvironmentConfig,
  nodes: readonly NodeId[]
): Misfit[] {
  if (links.length === 0 && traffic.length === 0) return [];
  if (network.kind === 'graph' && isUnread(network)) return [];
  if (network.kind === 'ideal') {
    const message = 'an ideal network has no links: star:10Gbps:50us, say, has';
    return [{ path: [links.length > 0 ? 'links' : 'traffic'], message }];
  }
  const fabric = buildFabric(network, nodes);
  const misfits: Misfit[] = [];
  links.forEach((config, i) => {
    for (const [field, message] of linkMisfits(config, fabric.links)) {
      misfits.push({ path: ['links', i, field], message });
    }
  });
  const hosts = { names: fabric.hosts, of: fabric.hostOf, ids: nodes };
  traffic.forEach((source, i) => {
    try {
      trafficEnds(source, hosts);
    } catch (error) {
      if (!(error instanceof TrafficError)) throw error;
      misfits.push({ path: ['traffic', i, error.field], message: error.message });
    }
  });
  return misfits;
}

function linkMisfits(
  { link, duplex }: LinkConfig,
  links: readonly FabricLink[]
): (readonly [field: string, message: string])[] {
  const names = links.map(({ name }) => name);
  const numbers = linksNamed(link, names);
  if (numbers.length === 0) return [['link', noLink(link, names)]];
  const misfits: (readonly [string, string])[] = [];
  if (duplex === null) return misfits;
  const speeds = new Map<string, number[]>();
  for (const number of numbers) {
    const { name, bytesPerSecond } = links[number]!;
    const base = name.replace(/ (up|down)$/, '');
    speeds.set(base, [...(speeds.get(base) ?? []), bytesPerSecond]);
  }
  for (const [base, [up, down]] of speeds) {
    if (down === undefined) {
      misfits.push([
        'duplex',
        `${base} has one direction here: name the link without "up" or "down"`
      ]);
    } else if (up !== down) {
      misfits.push([
        'duplex',
        `${base} has different bandwidths up and down, and half is one for both`
      ]);
    }
  }
  return misfits;
}
