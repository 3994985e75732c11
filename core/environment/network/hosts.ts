/** Which nodes share a host, and the cable of each host. */
import type { NodeId } from '../../node.ts';
import { parseNodeId, rankOf } from '../../node-id.ts';
import { parseBandwidth, parseDuration } from '../../units.ts';
import { type Fabric, type FabricLink, NetworkError } from './fabric.ts';
import type { NicConfig } from './nic.ts';

/** A host: its two directions are independent, as with a full-duplex cable. */
export interface Host {
  /** The first node on it. */
  readonly name: NodeId;
  readonly upBytesPerSecond: number;
  readonly downBytesPerSecond: number;
  /** The host's part of the latency of a message that leaves it, and that reaches it. */
  readonly upLatencyNanos: number;
  readonly downLatencyNanos: number;
  /** More than one node is on it. */
  readonly shared: boolean;
}

/** Hosts, and the host of each node, as an index into them. */
export interface Placement {
  readonly hosts: readonly Host[];
  readonly hostOf: readonly number[];
}

/** What a host is like that nothing else is said of. */
export interface UsualPort {
  readonly bandwidth: string;
  /** One way, between two such hosts on one switch. */
  readonly latency: string;
}

/**
 * Puts nodes on hosts, in the order of the nodes; `usual` says what the cable of a host is where its
 * role and its name say nothing. Throws `NetworkError` when something is said of a host that is none.
 */
export function placeNodes(
  config: NicConfig & { readonly placement: string },
  nodes: readonly NodeId[],
  usual: (host: NodeId) => UsualPort
): Placement {
  const workers = nodes.filter(node => node.startsWith('w')).length;
  const names: NodeId[] = [];
  const sizes: number[] = [];
  const index = new Map<NodeId, number>();
  const hostOf = nodes.map(node => {
    const name = hostName(config, node, workers);
    let host = index.get(name);
    if (host === undefined) {
      host = names.push(name) - 1;
      index.set(name, host);
      sizes.push(0);
    }
    sizes[host]! += 1;
    return host;
  });
  for (const name of Object.keys(config.hosts)) {
    const node = parseNodeId(name);
    if (node !== null && index.has(node)) continue;
    const at = node === null ? -1 : nodes.indexOf(node);
    const where = at < 0 ? null : names[hostOf[at]!]!;
    throw new NetworkError(
      ['hosts', name],
      where === null
        ? 'no host of this run has that name'
        : `${name} is on the host ${where}: say it of that`
    );
  }
  const hosts = names.map((name, host) => hostOfName(config, name, usual(name), sizes[host]! > 1));
  return { hosts, hostOf };
}

/** The links of hosts: `up` of host h is 2h, `down` is 2h + 1, each to the switch that it is on. */
export function hostLinks(
  hosts: readonly Host[],
  switchOf: (host: number) => string
): FabricLink[] {
  return hosts.flatMap(({ name, ...host }, index): FabricLink[] => [
    {
      name: `${name} up`,
      bytesPerSecond: host.upBytesPerSecond,
      latencyNanos: host.upLatencyNanos,
      from: name,
      to: switchOf(index)
    },
    {
      name: `${name} down`,
      bytesPerSecond: host.downBytesPerSecond,
      latencyNanos: host.downLatencyNanos,
      from: switchOf(index),
      to: name
    }
  ]);
}

/**
 * The fabric over hosts whose links are `hostLinks`, first of all: adds their loopbacks, and the way
 * through the switches, `between`, which is asked for two different hosts.
 */
export function fabricOf(
  { hosts, hostOf }: Placement,
  config: NicConfig,
  inner: Pick<Fabric, 'switches' | 'links'>,
  between: (fromHost: number, toHost: number) => readonly number[]
): Fabric {
  const names = hosts.map(({ name }) => name);
  const { links, loopbackOf } = withLoopbacks(
    inner.links,
    hosts.map(({ name, shared }) => ({ name, shared })),
    config.loopback
  );
  return {
    hosts: names,
    hostOf,
    switches: inner.switches,
    links,
    route: (from, to) =>
      from === to ? loopbackOf(from) : [2 * from, ...between(from, to), 2 * to + 1]
  };
}

/** The links, and the loopback of each host that several nodes share, if there is one. */
export function withLoopbacks(
  links: readonly FabricLink[],
  hosts: readonly { readonly name: string; readonly shared: boolean }[],
  loopback: NicConfig['loopback']
): { readonly links: readonly FabricLink[]; loopbackOf(host: number): readonly number[] } {
  if (loopback === null) return { links, loopbackOf: () => noLinks };
  const all = [...links];
  const routes = hosts.map(({ name, shared }) => {
    if (!shared) return noLinks;
    const link = {
      name: `${name} loopback`,
      bytesPerSecond: parseBandwidth(loopback.bandwidth),
      latencyNanos: parseDuration(loopback.latency),
      from: name,
      to: name
    };
    return [all.push(link) - 1];
  });
  return { links: all, loopbackOf: host => routes[host]! };
}

const noLinks: readonly number[] = [];

function hostName(
  config: NicConfig & { readonly placement: string },
  node: NodeId,
  workers: number
): NodeId {
  const { workersPerHost, serversPerHost, placement } = config;
  if (node.startsWith('w')) return `w${firstOf(rankOf(node), workersPerHost)}`;
  if (!node.startsWith('s')) return node;
  if (placement !== 'colocated' || workers === 0)
    return `s${firstOf(rankOf(node), serversPerHost)}`;
  const hosts = Math.ceil(workers / workersPerHost);
  return `w${(rankOf(node) % hosts) * workersPerHost}`;
}

function firstOf(rank: number, perHost: number): number {
  return rank - (rank % perHost);
}

function hostOfName(config: NicConfig, name: NodeId, usual: UsualPort, shared: boolean): Host {
  const role = name.startsWith('w') ? config.workers : name.startsWith('s') ? config.servers : {};
  const own = config.hosts[name] ?? {};
  const latencyNanos = parseDuration(own.latency ?? role.latency ?? usual.latency);
  // Halves of an odd number of nanoseconds still add up to it between two such hosts.
  const upLatencyNanos = Math.floor(latencyNanos / 2);
  return {
    name,
    upBytesPerSecond: parseBandwidth(own.up ?? role.up ?? usual.bandwidth),
    downBytesPerSecond: parseBandwidth(own.down ?? role.down ?? usual.bandwidth),
    upLatencyNanos,
    downLatencyNanos: latencyNanos - upLatencyNanos,
    shared
  };
}
