/** Any network: hosts, switches, links and, where they matter, routes; inline, or a file of them. */
import { z } from 'zod';
import type { NodeId } from '../../node.ts';
import { parseNodeId } from '../../node-id.ts';
import {
  type Bandwidth,
  bandwidth,
  type Duration,
  duration,
  parseBandwidth,
  parseDuration
} from '../../units.ts';
import { type Fabric, type FabricLink, NetworkError } from './fabric.ts';
import { withLoopbacks } from './hosts.ts';
import { LoopbackSchema } from './nic.ts';
import { NodeSetSchema, nodesOf } from './node-set.ts';
import { type Edge, ShortestPaths } from './shortest-paths.ts';

export const graphForm = {
  fields: ['file'],
  optional: { hosts: [], switches: [], links: [], routes: [], loopback: null },
  example: 'graph:networks/campus.json'
} as const;

const name = z.string().min(1).max(100);

/** A host by its name; one named after a node has that node unless it says which. */
const HostSchema = z.preprocess(
  (value: string | { readonly name: string; readonly nodes?: readonly string[] }) =>
    typeof value === 'string' ? { name: value } : value,
  z.strictObject({ name, nodes: z.array(NodeSetSchema).default([]) })
);

const LinkSchema = z
  .strictObject({
    name,
    /** Hosts or switches at its ends; without, the link is found only by routes that name it. */
    from: name.nullable().default(null),
    to: name.nullable().default(null),
    /** In each direction, or of both together where they share it. */
    bandwidth: bandwidth(),
    latency: duration({ max: '1h' }),
    /**
     * `full`: two directions of their own, `NAME up` from `from` to `to`, and `NAME down`. `half`: both
     * share it. `one-way`: from `from` to `to` only.
     */
    duplex: z.enum(['full', 'half', 'one-way']).default('full'),
    /** `fatpipe`: each message has the bandwidth for itself, as across the core of a large network. */
    policy: z.enum(['shared', 'fatpipe']).default('shared')
  })
  .refine(({ from, to }) => (from === null) === (to === null), {
    message: 'a link has two ends, "from" and "to", or none'
  })
  .refine(({ from, duplex }) => from !== null || duplex === 'half', {
    path: ['duplex'],
    message: 'a link without ends is one capacity for all that routes lead over it: "half" is right'
  });

const RouteSchema = z.strictObject({
  from: name,
  to: name,
  /** Names of links in order; of a full-duplex link the direction follows from its ends. */
  links: z.array(name).min(1)
});

export const GraphSchema = z
  .strictObject({
    kind: z.literal('graph'),
    /** Where the rest is, a JSON file, relative to where the command runs. Null: it is all here. */
    file: z.string().min(1).nullable().default(null),
    hosts: z.array(HostSchema).max(10_000).default([]),
    switches: z.array(name).max(10_000).default([]),
    links: z.array(LinkSchema).max(100_000).default([]),
    /**
     * The way back is the same unless it is given too. Pairs without a route take the way of least
     * latency, of those one over the fewest links.
     */
    routes: z.array(RouteSchema).max(1_000_000).default([]),
    /** Between nodes of one host; null: such messages are free and take no time. */
    loopback: LoopbackSchema.nullable().default(null)
  })
  .refine(({ file, hosts }) => file !== null || hosts.length > 0, {
    path: ['hosts'],
    message: 'a graph has hosts, or the file that has them: { "kind": "graph", "file": "net.json" }'
  });
export type GraphConfig = z.output<typeof GraphSchema>;

/** What a graph is made of: what a file of one holds. */
export interface GraphOptions {
  readonly hosts: readonly (
    | string
    | { readonly name: string; readonly nodes?: readonly string[] }
  )[];
  readonly switches?: readonly string[];
  readonly links: readonly {
    readonly name: string;
    readonly from?: string | null;
    readonly to?: string | null;
    readonly bandwidth: Bandwidth;
    readonly latency: Duration;
    readonly duplex?: 'full' | 'half' | 'one-way';
    readonly policy?: 'shared' | 'fatpipe';
  }[];
  readonly routes?: readonly {
    readonly from: string;
    readonly to: string;
    readonly links: readonly string[];
  }[];
  readonly loopback?: { readonly bandwidth: Bandwidth; readonly latency: Duration } | null;
}

/** Any network, by its parts, or by the path of a JSON file of them, from where the command runs. */
export function graph(options: GraphOptions | string): z.input<typeof GraphSchema> {
  if (typeof options === 'string') return { kind: 'graph', file: options };
  const { hosts, switches = [], links, routes = [], loopback = null } = options;
  return {
    kind: 'graph',
    file: null,
    hosts: hosts.map(host =>
      typeof host === 'string' ? host : { name: host.name, nodes: [...(host.nodes ?? [])] }
    ),
    switches: [...switches],
    links: links.map(link => ({ ...link })),
    routes: routes.map(route => ({ ...route, links: [...route.links] })),
    loopback
  };
}

/** Whether the file of a graph has still to be read. */
export function isUnread(config: GraphConfig): boolean {
  return config.file !== null && config.hosts.length === 0;
}

/** The graph with its routes; throws `NetworkError` on the first part that does not fit. */
export function buildGraph(config: GraphConfig, nodes: readonly NodeId[]): Fabric {
  const hosts = config.hosts.map(host => host.name);
  checkNames(config);
  const { hostOf, counts } = placed(config, nodes);
  const { links, edges, byName } = linksOf(config);
  const numbers = new Map([...hosts, ...config.switches].map((end, index) => [end, index]));
  const given = routesOf(config, links, byName);
  const paths = new ShortestPaths(
    numbers.size,
    edges.map(
      ({ from, to, link }): Edge => ({
        from: numbers.get(from)!,
        to: numbers.get(to)!,
        link,
        cost: links[link]!.latencyNanos
      })
    )
  );
  const loops = withLoopbacks(
    links,
    hosts.map((host, index) => ({ name: host, shared: counts[index]! > 1 })),
    config.loopback
  );
  return {
    hosts,
    hostOf,
    switches: config.switches.map((name, index) => ({
      name,
      level: paths.distance(hosts.length + index, hosts.length)
    })),
    links: loops.links,
    route(from, to) {
      if (from === to) return loops.loopbackOf(from);
      const route = given.get(pairKey(hosts[from]!, hosts[to]!)) ?? paths.route(from, to);
      if (route !== null) return route;
      throw new NetworkError(['links'], `there is no way from ${hosts[from]} to ${hosts[to]}`);
    }
  };
}

function checkNames({ hosts, switches, links }: GraphConfig): void {
  const ends = new Set<string>();
  const once = (name: string, path: (string | number)[]): void => {
    if (ends.has(name)) throw new NetworkError(path, `${name} is named twice`);
    ends.add(name);
  };
  hosts.forEach((host, index) => {
    once(host.name, ['hosts', index]);
  });
  switches.forEach((name, index) => {
    once(name, ['switches', index]);
  });
  const names = new Set<string>();
  links.forEach((link, index) => {
    for (const field of ['from', 'to'] as const) {
      const end = link[field];
      if (end === null || ends.has(end)) continue;
      throw new NetworkError(['links', index, field], `there is no host or switch "${end}"`);
    }
    if (link.from !== null && link.from === link.to) {
      throw new NetworkError(
        ['links', index, 'to'],
        `${link.name} leads from ${link.to} to itself`
      );
    }
    // A name and its directions are one: `l` and `l up` of another link could not be told apart.
    const directions = link.duplex === 'full' ? [`${link.name} up`, `${link.name} down`] : [];
    for (const name of [link.name, ...directions]) {
      if (names.has(name)) throw new NetworkError(['links', index], `${name} is named twice`);
      names.add(name);
    }
  });
}

function placed(
  { hosts }: GraphConfig,
  nodes: readonly NodeId[]
): { readonly hostOf: number[]; readonly counts: number[] } {
  const at = new Map<NodeId, number>();
  const known = new Set(nodes);
  const counts = hosts.map(() => 0);
  hosts.forEach((host, index) => {
    const own = parseNodeId(host.name);
    const named = host.nodes.flatMap(nodesOf);
    const all = named.length === 0 && own !== null && known.has(own) ? [own] : named;
    for (const node of all) {
      const path = ['hosts', index, 'nodes'];
      if (!known.has(node)) throw new NetworkError(path, `this run has no node ${node}`);
      if (at.has(node)) {
        throw new NetworkError(path, `${node} is on ${hosts[at.get(node)!]!.name} already`);
      }
      at.set(node, index);
    }
  });
  // Nobody thinks of the coordinator, whose messages are few and small.
  if (!at.has('c') && at.has('s0')) at.set('c', at.get('s0')!);
  const hostOf = nodes.map(node => {
    const host = at.get(node);
    if (host !== undefined) return host;
    throw new NetworkError(
      ['hosts'],
      `${node} is on no host: name one after it, or { "name": "h1", "nodes": ["${node}"] }`
    );
  });
  for (const host of hostOf) counts[host]! += 1;
  return { hostOf, counts };
}

interface NamedEdge {
  readonly from: string;
  readonly to: string;
  readonly link: number;
}

function linksOf(config: GraphConfig): {
  readonly links: FabricLink[];
  readonly edges: NamedEdge[];
  readonly byName: ReadonlyMap<string, readonly NamedEdge[]>;
} {
  const links: FabricLink[] = [];
  const edges: NamedEdge[] = [];
  const byName = new Map<string, readonly NamedEdge[]>();
  for (const { name, from, to, duplex, ...port } of config.links) {
    const rates = {
      bytesPerSecond: parseBandwidth(port.bandwidth),
      latencyNanos: parseDuration(port.latency),
      policy: port.policy
    };
    const add = (name: string, from: string | null, to: string | null): number =>
      links.push({ name, ...rates, from, to }) - 1;
    if (from === null || to === null) {
      byName.set(name, [{ from: '', to: '', link: add(name, null, null) }]);
      continue;
    }
    const up = add(duplex === 'full' ? `${name} up` : name, from, to);
    const own: NamedEdge[] = [{ from, to, link: up }];
    if (duplex === 'half') own.push({ from: to, to: from, link: up });
    if (duplex === 'full') {
      own.push({ from: to, to: from, link: add(`${name} down`, to, from) });
    }
    byName.set(name, own);
    edges.push(...own);
  }
  return { links, edges, byName };
}

function pairKey(from: string, to: string): string {
  return JSON.stringify([from, to]);
}

function routesOf(
  config: GraphConfig,
  links: readonly FabricLink[],
  byName: ReadonlyMap<string, readonly NamedEdge[]>
): Map<string, readonly number[]> {
  const hosts = new Set(config.hosts.map(host => host.name));
  const routes = new Map<string, readonly number[]>();
  const back = new Map<string, readonly number[]>();
  config.routes.forEach((route, index) => {
    const path = ['routes', index];
    for (const end of [route.from, route.to]) {
      if (!hosts.has(end)) throw new NetworkError(path, `there is no host "${end}"`);
    }
    if (route.from === route.to) throw new NetworkError(path, 'a route leads to another host');
    const key = pairKey(route.from, route.to);
    if (routes.has(key)) {
      throw new NetworkError(path, `there is a route from ${route.from} to ${route.to} already`);
    }
    routes.set(key, walk(route.from, route.to, route.links, byName, path));
    const reverse = tryWalk(route.to, route.from, [...route.links].reverse(), byName);
    if (reverse !== null) back.set(pairKey(route.to, route.from), reverse);
  });
  for (const [key, route] of back) if (!routes.has(key)) routes.set(key, route);
  for (const route of routes.values()) checkOnce(route, links);
  return routes;
}

function checkOnce(route: readonly number[], links: readonly FabricLink[]): void {
  const twice = route.find((link, index) => route.indexOf(link) !== index);
  if (twice === undefined) return;
  throw new NetworkError(['routes'], `a route leads twice over ${links[twice]!.name}`);
}

function tryWalk(
  from: string,
  to: string,
  names: readonly string[],
  byName: ReadonlyMap<string, readonly NamedEdge[]>
): number[] | null {
  try {
    return walk(from, to, names, byName, []);
  } catch (error) {
    if (error instanceof NetworkError) return null;
    throw error;
  }
}

// Follows the links by their ends; over those without any one is anywhere.
function walk(
  from: string,
  to: string,
  names: readonly string[],
  byName: ReadonlyMap<string, readonly NamedEdge[]>,
  path: readonly (string | number)[]
): number[] {
  let at: string | null = from;
  const route = names.map((name, index) => {
    const edges = byName.get(name);
    const place = [...path, 'links', index];
    if (edges === undefined) throw new NetworkError(place, `there is no link "${name}"`);
    const free = edges.find(edge => edge.from === '');
    if (free !== undefined) {
      at = null;
      return free.link;
    }
    const here: string | null = at;
    const edge = here === null ? edges[0] : edges.find(edge => edge.from === here);
    if (edge === undefined) throw new NetworkError(place, `${name} does not lead on from ${here}`);
    at = edge.to;
    return edge.link;
  });
  if (at !== null && at !== to) throw new NetworkError(path, `it ends at ${at}, not at ${to}`);
  return route;
}
