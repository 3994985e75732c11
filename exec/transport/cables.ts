/**
 * What of a network a real run can hold to: the cable of each host, and the latency of each way. Links
 * between switches are shared by hosts whose processes do not see each other.
 */
import type { Fabric, FabricLink } from '../../core/environment/network/fabric.ts';
import { buildFabric, type LinkedConfig } from '../../core/environment/network.ts';
import type { NodeId } from '../../core/node.ts';

/** The cables of the nodes of a run. */
export interface Cables {
  readonly fabric: Fabric;
  readonly nodes: readonly NodeId[];
  /** Host of a node. */
  host(node: NodeId): number;
  /** How many nodes are on a host. */
  nodesOn(host: number): number;
  /** The links by which hosts send and receive: several where a host has several cables. */
  uplinks(host: number): readonly FabricLink[];
  downlinks(host: number): readonly FabricLink[];
  /** One way, between nodes of different hosts, or over the loopback of one. */
  latencyNanos(from: NodeId, to: NodeId): number;
}

/** Builds the network of these nodes and finds the cables in it. */
export function cablesOf(network: LinkedConfig, nodes: readonly NodeId[]): Cables {
  const fabric = buildFabric(network, nodes);
  const hostOf = new Map(nodes.map((node, index) => [node, fabric.hostOf[index]!]));
  const host = (node: NodeId): number => {
    const known = hostOf.get(node);
    if (known === undefined) throw new Error(`${node} has no host in this network`);
    return known;
  };
  const used = [...new Set(fabric.hostOf)];
  const ends = (own: number, direction: 'up' | 'down'): FabricLink[] => {
    const found = new Set<number>();
    for (const other of used) {
      if (other === own) continue;
      const route = direction === 'up' ? fabric.route(own, other) : fabric.route(other, own);
      const link = direction === 'up' ? route[0] : route[route.length - 1];
      if (link !== undefined) found.add(link);
    }
    return [...found].map(link => fabric.links[link]!);
  };
  return {
    fabric,
    nodes,
    host,
    nodesOn: own => fabric.hostOf.filter(other => other === own).length,
    uplinks: own => ends(own, 'up'),
    downlinks: own => ends(own, 'down'),
    latencyNanos: (from, to) =>
      fabric
        .route(host(from), host(to))
        .reduce((sum, link) => sum + fabric.links[link]!.latencyNanos, 0)
  };
}
