/**
 * The shape of a network as plain data, and what a network is built from: hosts, links with
 * capacities and latencies, and the links a message crosses from one host to another. Routes may
 * have any number of links; a new shape is a new member of `Shape` and a function that builds it.
 */

/** What a network may be built from. */
export type Shape = StarShape | FabricShape;

/** A topology that is built already, whose links have still to be looked at. */
export interface FabricShape {
  readonly kind: 'fabric';
  readonly fabric: Topology;
}

/** Hosts around a switch that is never the bottleneck. */
export interface StarShape {
  readonly kind: 'star';
  readonly hosts: readonly StarHost[];
}

/** A host of a star: its two directions are independent, as with a full-duplex cable. */
export interface StarHost {
  readonly name: string;
  readonly uplink: Port;
  readonly downlink: Port;
}

export interface Port {
  /** More than 0, finite. */
  readonly bytesPerSecond: number;
  /** One way, integer nanoseconds, 0 or more. */
  readonly latencyNanos: number;
}

/**
 * A link, as many directions as there are routes over it: half duplex is one link on the routes of
 * both directions, full (or split) duplex is two links.
 */
export interface Link extends Port {
  readonly name: string;
  /**
   * `shared`, what a link is if nothing is said: its messages share the capacity. `fatpipe`: each has
   * the capacity for itself, as across the core of a large network.
   */
  readonly policy?: LinkPolicy;
}

export type LinkPolicy = 'shared' | 'fatpipe';

export interface Topology {
  /** Names of the hosts; a host is its index here. */
  readonly hosts: readonly string[];
  readonly links: readonly Link[];
  /** Indices of the links from one host to another, in order; none: it takes no time. */
  route(fromHost: number, toHost: number): readonly number[];
}

/** Builds what the shape describes; a number out of range is an error that names where it stands. */
export function buildTopology(shape: Shape): Topology {
  if (shape.kind === 'star') return buildStar(shape);
  const { hosts, links, route } = shape.fabric;
  return { hosts, links: links.map(link => checkedLink(link.name, link)), route };
}

function buildStar({ hosts }: StarShape): Topology {
  const links: Link[] = [];
  for (const { name, uplink, downlink } of hosts) {
    links.push(checkedLink(`${name} up`, uplink), checkedLink(`${name} down`, downlink));
  }
  return {
    hosts: hosts.map(host => host.name),
    links,
    route: (fromHost, toHost) => (fromHost === toHost ? [] : [2 * fromHost, 2 * toHost + 1])
  };
}

function checkedLink(name: string, port: Omit<Link, 'name'>): Link {
  const { bytesPerSecond, latencyNanos } = port;
  if (!(bytesPerSecond > 0 && bytesPerSecond < Infinity)) {
    throw new RangeError(
      `link "${name}": bytesPerSecond must be positive and finite, got ${bytesPerSecond}`
    );
  }
  if (!(Number.isSafeInteger(latencyNanos) && latencyNanos >= 0)) {
    throw new RangeError(
      `link "${name}": latencyNanos must be an integer, 0 or more, got ${latencyNanos}`
    );
  }
  const { policy = 'shared' } = port;
  return { name, bytesPerSecond, latencyNanos, policy };
}

/** The links by which messages leave a host, or reach it, whoever is at the other end. */
export function linksAt(
  { hosts, route }: Topology,
  host: number,
  direction: 'up' | 'down'
): number[] {
  const links = new Set<number>();
  for (let other = 0; other < hosts.length; other++) {
    if (other === host) continue;
    const link = direction === 'up' ? route(host, other)[0] : route(other, host).at(-1);
    if (link !== undefined) links.add(link);
  }
  return [...links];
}
