/** The racks that a network has, as stragglers by rack see them: who shares a first switch. */
import type { NodeId } from '../node.ts';
import { isUnread } from './network/graph.ts';
import { buildFabric, type NetworkConfig } from './network.ts';

type Racked = Extract<
  NetworkConfig,
  { readonly kind: 'racks' | 'two-level' | 'fat-tree' | 'graph' }
>;

/** Whether hosts of this shape are in racks: not around one switch, nor in regions. */
export function hasRacks(network: NetworkConfig): network is Racked {
  return ['racks', 'two-level', 'fat-tree', 'graph'].includes(network.kind);
}

/**
 * The rack of each worker, by rank; racks are numbered by their first worker. A rack is the hosts on
 * one switch: of a leaf, of an edge switch of a fat-tree, of the first switch that a graph joins a
 * host to; a host without one is a rack by itself. Null where the network has no racks.
 */
export function racksOfWorkers(network: NetworkConfig, nodes: readonly NodeId[]): number[] | null {
  if (!hasRacks(network)) return null;
  if (network.kind === 'graph' && isUnread(network)) return null;
  const { hosts, hostOf, switches, links } = buildFabric(network, nodes);
  const isSwitch = new Set(switches.map(({ name }) => name));
  const joined = new Map<string, string>();
  for (const { from, to } of links) {
    if (from === null || to === null || isSwitch.has(from) === isSwitch.has(to)) continue;
    const [host, first] = isSwitch.has(from) ? [to, from] : [from, to];
    if (!joined.has(host)) joined.set(host, first);
  }
  const numbers = new Map<string, number>();
  return nodes.flatMap((node, index) => {
    if (!node.startsWith('w')) return [];
    // Invariant: every node has a host.
    const host = hosts[hostOf[index]!]!;
    const rack = joined.get(host) ?? host;
    const number = numbers.get(rack) ?? numbers.size;
    numbers.set(rack, number);
    return [number];
  });
}
