/** The network of a cluster: the one that its file has, or a star of its links; for the nodes of a run. */
import type { NodeId } from '../node.ts';
import type { Cluster, LinkPart } from './cluster.ts';
import { NetworkError } from './network/fabric.ts';
import { isUnread } from './network/graph.ts';
import { nodesOf } from './network/node-set.ts';
import { buildFabric, type NetworkConfig, NetworkSchema } from './network.ts';

/** Where the processes of a run are that a cluster's own network says nothing of. */
export interface StarPlacement {
  readonly placement: 'separate' | 'colocated';
  readonly workersPerHost: number;
}

/** Name of a host or of a node in a cluster file, and its place there. */
export interface ClusterName {
  readonly path: readonly (string | number)[];
  readonly name: string;
  /** A host, named after its first node; or a node that is put somewhere. */
  readonly of: 'host' | 'node';
}

/** What a cluster's network is before the nodes of a run are put on it. */
export function clusterNetwork(
  { network, links }: Cluster,
  { placement, workersPerHost }: StarPlacement
): NetworkConfig {
  if (network !== null) return network;
  return NetworkSchema.parse({
    kind: 'star',
    bandwidth: links.all.bandwidth,
    latency: links.all.latency,
    placement,
    workersPerHost,
    workers: port(links.workers),
    servers: placement === 'colocated' ? {} : port(links.servers),
    hosts: Object.fromEntries(Object.entries(links.hosts).map(([id, link]) => [id, port(link)]))
  });
}

/** The network without what it says of hosts and nodes that the run has not. */
export function narrowed(network: NetworkConfig, nodes: readonly NodeId[]): NetworkConfig {
  const known = new Set<string>(nodes);
  switch (network.kind) {
    case 'ideal':
      return network;
    case 'graph':
      return {
        ...network,
        hosts: network.hosts.map(host => ({ ...host, nodes: knownOf(host.nodes, known) }))
      };
    default: {
      const named = Object.entries(network.hosts);
      const hosts = named.length === 0 ? new Set<string>() : hostsOf(network, nodes);
      const kept = named.filter(([name]) => hosts.has(name));
      const less = { ...network, hosts: Object.fromEntries(kept) };
      if (less.kind !== 'wan') return less;
      const regions = Object.entries(less.nodes).map(([name, sets]) => [
        name,
        knownOf(sets, known)
      ]);
      return { ...less, nodes: Object.fromEntries(regions) };
    }
  }
}

/** Names of the hosts that a run of these nodes has on a network; none where they do not fit it. */
export function hostsOf(network: NetworkConfig, nodes: readonly NodeId[]): ReadonlySet<string> {
  if (network.kind === 'ideal' || (network.kind === 'graph' && isUnread(network))) return new Set();
  // Who shares a host does not depend on what else is said of hosts and nodes.
  const plain = network.kind === 'graph' ? network : { ...network, hosts: {} };
  try {
    return new Set(
      buildFabric(plain.kind === 'wan' ? { ...plain, nodes: {} } : plain, nodes).hosts
    );
  } catch (error) {
    if (error instanceof NetworkError) return new Set();
    throw error;
  }
}

/** All that a cluster file says of single hosts, and of nodes. */
export function clusterNames({ network, links }: Cluster): ClusterName[] {
  const named = (path: readonly (string | number)[], hosts: object): ClusterName[] =>
    Object.keys(hosts).map(name => ({ path: [...path, name], name, of: 'host' }));
  const placed = (path: readonly (string | number)[], sets: readonly string[]): ClusterName[] =>
    sets.flatMap(nodesOf).map(name => ({ path, name, of: 'node' }));
  const linked = named(['links', 'hosts'], links.hosts);
  if (network === null || network.kind === 'ideal') return linked;
  if (network.kind === 'graph') {
    return network.hosts.flatMap(({ nodes }, i) => placed(['network', 'hosts', i, 'nodes'], nodes));
  }
  const own = named(['network', 'hosts'], network.hosts);
  if (network.kind !== 'wan') return [...linked, ...own];
  const regions = Object.entries(network.nodes).flatMap(([region, sets]) =>
    placed(['network', 'nodes', region], sets)
  );
  return [...linked, ...own, ...regions];
}

/** What contradicts itself in the links and the network of a cluster file, with its place there. */
export function clusterMisfits({ network, links, hosts }: Cluster) {
  const misfits: { readonly path: (string | number)[]; readonly message: string }[] = [];
  const refuse = (path: (string | number)[], message: string): void => {
    misfits.push({ path, message });
  };
  if (network === null) {
    for (const [field, right] of [
      ['bandwidth', '10Gbps'],
      ['latency', '50us']
    ] as const) {
      if (links.all[field] !== undefined) continue;
      refuse(
        ['links', 'all', field],
        `is not there, and no network says it: "${right}", say, is right`
      );
    }
    return misfits;
  }
  const parts: [path: string[], part: LinkPart][] = [
    [['all'], links.all],
    [['workers'], links.workers],
    [['servers'], links.servers],
    ...Object.entries(links.hosts).map(([id, part]): [string[], LinkPart] => [['hosts', id], part])
  ];
  for (const [path, part] of parts) {
    for (const field of ['bandwidth', 'latency'] as const) {
      if (part[field] === undefined) continue;
      refuse(
        ['links', ...path, field],
        'the network says it: leave it out; beside a network only burst counts here'
      );
    }
    if (network.kind === 'graph' && path[0] !== 'all' && part.burst !== undefined) {
      refuse(
        ['links', ...path, 'burst'],
        'all links of a graph have one, links.all.burst: leave it out'
      );
    }
  }
  if (network.kind === 'ideal') {
    refuse(['network'], 'an ideal network is no cluster: racks:8:4:10Gbps:50us, say, is right');
  } else if (hosts === 'one host') {
    refuse(['network'], 'and hosts is "one host", which needs none: "separate" is right');
  }
  const fat = 'a fat pipe has no queue, and a cluster is simulated in chunks: "shared" is right';
  if (network.kind === 'wan' && network.policy === 'fatpipe') refuse(['network', 'policy'], fat);
  if (network.kind === 'graph') {
    network.links.forEach(({ policy }, i) => {
      if (policy === 'fatpipe') refuse(['network', 'links', i, 'policy'], fat);
    });
  }
  return misfits;
}

function port({ bandwidth: rate, latency }: LinkPart) {
  return {
    ...(rate === undefined ? {} : { up: rate, down: rate }),
    ...(latency === undefined ? {} : { latency })
  };
}

// Those that are all there stay as they are written.
function knownOf(sets: readonly string[], known: ReadonlySet<string>): string[] {
  return sets.flatMap(set => {
    const nodes = nodesOf(set);
    return nodes.every(node => known.has(node)) ? [set] : nodes.filter(node => known.has(node));
  });
}
