/**
 * Regions far apart: in each a star of hosts, and between each two a link a direction.
 */
import { z } from 'zod';
import type { NodeId } from '../../node.ts';
import { rankOf } from '../../node-id.ts';
import {
  type Bandwidth,
  bandwidth,
  type Duration,
  duration,
  parseBandwidth,
  parseDuration
} from '../../units.ts';
import { type Fabric, type FabricLink, NetworkError } from './fabric.ts';
import { fabricOf, hostLinks, placeNodes } from './hosts.ts';
import { checkColocated, type NicOptions, nicDefaults, nicFields, nicOptions } from './nic.ts';
import { NodeSetSchema, nodesOf } from './node-set.ts';

export const wanForm = {
  fields: [],
  optional: { placement: 'separate', policy: 'shared', nodes: {}, ...nicDefaults },
  example:
    '{ kind: "wan", regions: ["eu", "us"], latency: [["1ms", "40ms"], ["40ms", "1ms"]], ' +
    'bandwidth: [["10Gbps", "1Gbps"], ["1Gbps", "10Gbps"]] }'
} as const;

const regionsMax = 64;

export const WanSchema = z
  .strictObject({
    kind: z.literal('wan'),
    /** Names: letters, digits and hyphens. */
    regions: z
      .array(
        z
          .string()
          .regex(
            /^[a-z][a-z0-9-]*$/i,
            'a region is a letter, then letters, digits and hyphens: "eu-west"'
          )
      )
      .min(1)
      .max(regionsMax),
    /**
     * One way, host to host, from the region of the row to that of the column. In the diagonal:
     * within a region, half of it is each host's part.
     */
    latency: z.array(z.array(duration({ max: '1h' }))),
    /** Of the link from the region of the row to that of the column; in the diagonal: of each host. */
    bandwidth: z.array(z.array(bandwidth())),
    /**
     * Of the links between regions: `shared` by all that goes that way, or `fatpipe`, which gives each
     * message the bandwidth for itself, as where the core of the network is far larger.
     */
    policy: z.enum(['shared', 'fatpipe']).default('shared'),
    /**
     * Nodes by region: `{ eu: ['w0-w3', 's0'] }`. Of those that are not named, workers are in equal
     * blocks over the regions, servers in turn, the coordinator where s0 is.
     */
    nodes: z.record(z.string(), z.array(NodeSetSchema)).default({}),
    /** `colocated`: server s is on the host of worker s mod workers. */
    placement: z.enum(['separate', 'colocated']).default('separate'),
    ...nicFields
  })
  .superRefine(checkColocated)
  .superRefine((wan, context) => {
    const refuse = (path: (string | number)[], message: string): void => {
      context.addIssue({ code: 'custom', path, message });
    };
    const { length } = wan.regions;
    for (const matrix of ['latency', 'bandwidth'] as const) {
      const square =
        wan[matrix].length === length && wan[matrix].every(row => row.length === length);
      if (square) continue;
      const shape = length === 1 ? 'one row of one' : `${length} rows of ${length}`;
      refuse([matrix], `a matrix over the regions has ${shape}, in their order`);
    }
    if (new Set(wan.regions).size < length) refuse(['regions'], 'a region is named twice');
    for (const region of Object.keys(wan.nodes)) {
      if (wan.regions.includes(region)) continue;
      refuse(['nodes', region], `no region of that name; there are ${wan.regions.join(', ')}`);
    }
  });
export type WanConfig = z.output<typeof WanSchema>;

/** Regions with latencies and bandwidths between them, as matrices in the order of the regions. */
export function wan(
  options: NicOptions & {
    readonly regions: readonly string[];
    readonly latency: readonly (readonly Duration[])[];
    readonly bandwidth: readonly (readonly Bandwidth[])[];
    readonly policy?: 'shared' | 'fatpipe';
    readonly nodes?: Readonly<Record<string, readonly string[]>>;
    readonly placement?: 'separate' | 'colocated';
  }
) {
  const { regions, latency, bandwidth, nodes = {} } = options;
  const { policy = 'shared', placement = 'separate' } = options;
  return {
    kind: 'wan' as const,
    regions: [...regions],
    latency: latency.map(row => [...row]),
    bandwidth: bandwidth.map(row => [...row]),
    policy,
    nodes: Object.fromEntries(Object.entries(nodes).map(([name, list]) => [name, [...list]])),
    placement,
    ...nicOptions(options)
  };
}

/** Hosts, a switch for each region by its name; links between regions are `eu to us`. */
export function buildWan(config: WanConfig, nodes: readonly NodeId[]): Fabric {
  const { regions } = config;
  const region = regionsOf(config, nodes);
  const placement = placeNodes(config, nodes, host => {
    const at = region.get(host)!;
    return { bandwidth: config.bandwidth[at]![at]!, latency: config.latency[at]![at]! };
  });
  const { hosts, hostOf } = placement;
  checkNamed(config, new Map(nodes.map((node, index) => [node, hosts[hostOf[index]!]!.name])));
  const regionOf = hosts.map(({ name }) => region.get(name)!);
  const links = hostLinks(hosts, host => regions[regionOf[host]!]!);
  const between = regions.map((_, row) =>
    regions.map((_, column) =>
      row === column ? [] : [links.push(regionLink(config, row, column)) - 1]
    )
  );
  const switches = regions.map(name => ({ name, level: 1 }));
  return fabricOf(
    placement,
    config,
    { switches, links },
    (from, to) => between[regionOf[from]!]![regionOf[to]!]!
  );
}

// The hosts' parts of a latency are those within their regions; the link has the rest.
function regionLink(config: WanConfig, row: number, column: number): FabricLink {
  const [from, to] = [config.regions[row]!, config.regions[column]!];
  const latency = (a: number, b: number): number => parseDuration(config.latency[a]![b]!);
  const out = Math.floor(latency(row, row) / 2);
  const back = latency(column, column) - Math.floor(latency(column, column) / 2);
  const latencyNanos = latency(row, column) - out - back;
  if (latencyNanos < 0) {
    throw new NetworkError(
      ['latency', row, column],
      `from ${from} to ${to} is less than the hosts' own part of it, half the latency within each`
    );
  }
  const bytesPerSecond = parseBandwidth(config.bandwidth[row]![column]!);
  const { policy } = config;
  return { name: `${from} to ${to}`, bytesPerSecond, latencyNanos, policy, from, to };
}

function regionsOf(config: WanConfig, nodes: readonly NodeId[]): Map<NodeId, number> {
  const { regions } = config;
  const workers = nodes.filter(node => node.startsWith('w')).length;
  const region = new Map<NodeId, number>();
  for (const node of nodes) {
    if (node === 'c') continue;
    const rank = rankOf(node);
    region.set(
      node,
      node.startsWith('w') ? Math.floor((rank * regions.length) / workers) : rank % regions.length
    );
  }
  const named = new Set<NodeId>();
  for (const [name, sets] of Object.entries(config.nodes)) {
    for (const node of sets.flatMap(nodesOf)) {
      if (named.has(node)) {
        throw new NetworkError(['nodes', name], `${node} is named twice: a node is in one region`);
      }
      named.add(node);
      region.set(node, regions.indexOf(name));
    }
  }
  if (!region.has('c')) region.set('c', region.get('s0') ?? 0);
  return region;
}

// A region is where a host is: a node that is named must be there, and be the first on its host or
// be named with it.
function checkNamed(config: WanConfig, hostOf: ReadonlyMap<NodeId, NodeId>): void {
  for (const [name, sets] of Object.entries(config.nodes)) {
    const here = new Set(sets.flatMap(nodesOf));
    for (const node of here) {
      const host = hostOf.get(node);
      const refuse = (message: string): NetworkError => new NetworkError(['nodes', name], message);
      if (host === undefined) throw refuse(`this run has no node ${node}`);
      if (!here.has(host)) throw refuse(`${node} is on the host ${host}, which is not named here`);
    }
  }
}
