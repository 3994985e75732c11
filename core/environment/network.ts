/**
 * The network as a configuration says it: what joins the hosts, how fast, and which host a node is
 * on. `sim` models it; `exec` enforces it where its processes share a machine.
 */
import { z } from 'zod';
import type { NodeId } from '../node.ts';
import { formatShortForm, kindErrors, type ShortForms, withShortForms } from '../short-form.ts';
import {
  type Bandwidth,
  bandwidth,
  type Duration,
  duration,
  parseBandwidth,
  parseDuration
} from '../units.ts';

const forms = {
  ideal: { fields: [], example: 'ideal' },
  star: {
    fields: ['bandwidth', 'latency', 'placement'],
    optional: { placement: 'separate', workers: {}, servers: {}, hosts: {} },
    example: 'star:10Gbps:50us'
  }
} as const satisfies ShortForms<string>;

/** Where a host differs from the rest. */
const PortSchema = z.strictObject({
  /** From the host into the network. */
  up: bandwidth().optional(),
  down: bandwidth().optional(),
  latency: duration({ max: '1h' }).optional()
});

const schema = z.discriminatedUnion(
  'kind',
  [
    /** Messages take no time. */
    z.strictObject({ kind: z.literal('ideal') }),
    /** Full-duplex hosts around a switch that is never the bottleneck. */
    z
      .strictObject({
        kind: z.literal('star'),
        /** Of each host, in each direction. */
        bandwidth: bandwidth(),
        /** One way, host to host: half of it is each host's part. */
        latency: duration({ max: '1h' }),
        /** `colocated`: server s is on the host of worker s mod workers, where messages are free. */
        placement: z.enum(['separate', 'colocated']).default('separate'),
        /** Where the hosts of all workers, or all servers, differ. */
        workers: PortSchema.default({}),
        servers: PortSchema.default({}),
        /** Where single hosts differ, by the node they are named after: `w3`, `s0`, `c`. */
        hosts: z.record(z.string().regex(/^([wsa](0|[1-9]\d*)|c)$/), PortSchema).default({})
      })
      .refine(star => star.placement === 'separate' || Object.keys(star.servers).length === 0, {
        path: ['servers'],
        message: 'servers that are colocated have no hosts of their own: say it of the workers'
      })
  ],
  kindErrors('network', forms)
);

/** A network, or its short form. */
export const NetworkSchema = withShortForms('network', forms, schema);
export type NetworkConfig = z.output<typeof schema>;
export type StarConfig = Extract<NetworkConfig, { readonly kind: 'star' }>;

/** Where a host differs from the rest of its network. */
export interface PortOptions {
  readonly up?: Bandwidth;
  readonly down?: Bandwidth;
  readonly latency?: Duration;
}

/** Messages take no time. */
export function ideal() {
  return { kind: 'ideal' } as const;
}

/** Full-duplex hosts around a switch; `latency` is one way, host to host. */
export function star(options: {
  readonly bandwidth: Bandwidth;
  readonly latency: Duration;
  readonly placement?: 'separate' | 'colocated';
  readonly workers?: PortOptions;
  readonly servers?: PortOptions;
  readonly hosts?: Readonly<Record<string, PortOptions>>;
}) {
  const { placement = 'separate', workers = {}, servers = {}, hosts = {} } = options;
  const { bandwidth, latency } = options;
  return { kind: 'star' as const, bandwidth, latency, placement, workers, servers, hosts };
}

/** Short form, `star:10Gbps:50us`; JSON where hosts differ. */
export function formatNetwork(config: NetworkConfig): string {
  return formatShortForm(forms, config);
}

/** A host: its two directions are independent. */
export interface Host {
  /** The node that it is named after. */
  readonly name: NodeId;
  readonly upBytesPerSecond: number;
  readonly downBytesPerSecond: number;
  /** The host's part of the latency of a message that leaves it, and that reaches it. */
  readonly upLatencyNanos: number;
  readonly downLatencyNanos: number;
}

/** Hosts, and the host of each node, as an index into them. */
export interface Placement {
  readonly hosts: readonly Host[];
  readonly hostOf: readonly number[];
}

/** Puts nodes on the hosts of a star. Throws when a host is named after a node that has none. */
export function placeNodes(star: StarConfig, nodes: readonly NodeId[]): Placement {
  const workers = nodes.filter(node => node.startsWith('w')).length;
  const hosts: Host[] = [];
  const index = new Map<NodeId, number>();
  const hostOf = nodes.map(node => {
    const name = hostName(star, node, workers);
    const known = index.get(name);
    if (known !== undefined) return known;
    index.set(name, hosts.length);
    return hosts.push(host(star, name)) - 1;
  });
  for (const name of Object.keys(star.hosts)) {
    if (hosts.some(host => host.name === name)) continue;
    throw new Error(`network.hosts.${name}: no host of this run has that name`);
  }
  return { hosts, hostOf };
}

function hostName(star: StarConfig, node: NodeId, workers: number): NodeId {
  if (star.placement === 'separate' || !node.startsWith('s') || workers === 0) return node;
  return `w${Number(node.slice(1)) % workers}`;
}

function host(star: StarConfig, name: NodeId): Host {
  const role = name.startsWith('w') ? star.workers : name.startsWith('s') ? star.servers : {};
  const own = star.hosts[name] ?? {};
  const latencyNanos = parseDuration(own.latency ?? role.latency ?? star.latency);
  // Halves of an odd number of nanoseconds still add up to it between two such hosts.
  const upLatencyNanos = Math.floor(latencyNanos / 2);
  return {
    name,
    upBytesPerSecond: parseBandwidth(own.up ?? role.up ?? star.bandwidth),
    downBytesPerSecond: parseBandwidth(own.down ?? role.down ?? star.bandwidth),
    upLatencyNanos,
    downLatencyNanos: latencyNanos - upLatencyNanos
  };
}
