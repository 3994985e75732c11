/** Finds links and hosts that are named and that the network of a run has not. */
import type { NodeId } from '../node.ts';
import type { EnvironmentConfig, Misfit } from './environment.ts';
import {
  type LinkConfig,
  type LinksConfig,
  linksNamed,
  noLink,
  withoutDirection
} from './links.ts';
import type { FabricLink } from './network/fabric.ts';
import { isUnread } from './network/graph.ts';
import { buildFabric } from './network.ts';
import { TrafficError, trafficEnds } from './traffic.ts';

/** The network fits the run already: it has been looked at. */
export function flowMisfits(
  { network, flows, links, traffic }: EnvironmentConfig,
  nodes: readonly NodeId[]
): Misfit[] {
  const chunks = flows.model === 'chunks' && network.kind !== 'ideal';
  if (links.length === 0 && traffic.length === 0 && !chunks) return [];
  if (network.kind === 'graph' && isUnread(network)) return [];
  if (network.kind === 'ideal') {
    const message = 'an ideal network has no links: star:10Gbps:50us, say, has';
    return [{ path: [links.length > 0 ? 'links' : 'traffic'], message }];
  }
  const fabric = buildFabric(network, nodes);
  const misfits: Misfit[] = [];
  const fat = chunks ? fabric.links.find(({ policy }) => policy === 'fatpipe') : undefined;
  if (fat !== undefined) {
    const message = `${fat.name} is a fat pipe, which has no queue of chunks: "fluid" is right`;
    misfits.push({ path: ['flows', 'model'], message });
  }
  links.forEach((config, i) => {
    for (const [field, message] of linkMisfits(config, fabric.links)) {
      misfits.push({ path: ['links', i, field], message });
    }
  });
  if (misfits.length === 0) misfits.push(...halvedMisfits(links, fabric.links));
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
    const base = withoutDirection(name);
    speeds.set(base, [...(speeds.get(base) ?? []), bytesPerSecond]);
  }
  for (const [base, [up, down]] of speeds) {
    if (down === undefined) {
      const isOne = links.some(({ name }) => name === base);
      const reason = isOne
        ? 'is one link already, and has no directions to join'
        : 'has one direction here: name the link without "up" or "down"';
      misfits.push(['duplex', `${base} ${reason}`]);
    } else if (up !== down) {
      misfits.push([
        'duplex',
        `${base} has different bandwidths up and down, and half is one for both`
      ]);
    }
  }
  return misfits;
}

// A direction by itself, of a link of which another entry makes one of both.
function halvedMisfits(configs: LinksConfig, links: readonly FabricLink[]): Misfit[] {
  const names = links.map(({ name }) => name);
  const halved = new Set<string>();
  for (const { link, duplex } of configs) {
    if (duplex === null) continue;
    for (const number of linksNamed(link, names)) halved.add(withoutDirection(names[number]!));
  }
  if (halved.size === 0) return [];
  const kept = names.map(name =>
    halved.has(withoutDirection(name)) ? withoutDirection(name) : name
  );
  return configs.flatMap(({ link }, i) => {
    if (linksNamed(link, kept).length > 0) return [];
    const base = withoutDirection(names[linksNamed(link, names)[0]!]!);
    const message = `${base} is half duplex, one link for both directions: name it "${base}"`;
    return [{ path: ['links', i, 'link'], message }];
  });
}
