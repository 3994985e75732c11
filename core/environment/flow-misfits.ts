/** Finds links and hosts that are named and that the network of a run has not. */
import type { NodeId } from '../node.ts';
import type { EnvironmentConfig, Misfit } from './environment.ts';
import { linksNamed, noLink } from './links.ts';
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
  const names = fabric.links.map(link => link.name);
  const misfits: Misfit[] = [];
  links.forEach(({ link }, i) => {
    if (linksNamed(link, names).length > 0) return;
    misfits.push({ path: ['links', i, 'link'], message: noLink(link, names) });
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
