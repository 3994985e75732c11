/** How hosts are joined to a network, on every shape: their cables, who shares one, loopback. */
import { z } from 'zod';
import { expected } from '../../expected.ts';
import { type Bandwidth, bandwidth, type Duration, duration } from '../../units.ts';

const port = {
  /** From the host into the network. */
  up: bandwidth().optional(),
  down: bandwidth().optional(),
  latency: duration({ max: '1h' }).optional()
};
/** Where a host differs from the rest. */
export const PortSchema = z.strictObject(
  port,
  expected('a cable', '{"up": "1Gbps", "latency": "5ms"}')
);

/** What messages between nodes of one host go through; all of them share it. */
export const LoopbackSchema = z.strictObject(
  { bandwidth: bandwidth(), latency: duration({ max: '1h' }) },
  expected('a loopback', '{"bandwidth": "20Gbps", "latency": "10us"}')
);

/** A host, named after its first node. */
export const HostNameSchema = z
  .string()
  .regex(/^([wsa](0|[1-9]\d*)|c)$/, 'a host has the name of its first node: "w3", "s0", "c"');

/** Fields of every shape that has a cable a host. */
export const nicFields = {
  /** Where the hosts of all workers, or all servers, differ. */
  workers: PortSchema.default({}),
  servers: PortSchema.default({}),
  /** Where single hosts differ, by the node they are named after, their first: `w3`, `s0`, `c`. */
  hosts: z
    .record(HostNameSchema, PortSchema, expected('cables by node', '{"w3": {"up": "1Gbps"}}'))
    .default({}),
  /** So many processes, of consecutive ranks, share a host and its cable. */
  workersPerHost: z.int().min(1).max(10_000).default(1),
  serversPerHost: z.int().min(1).max(10_000).default(1),
  /** Between nodes of one host; null: such messages are free and take no time. */
  loopback: LoopbackSchema.nullable().default(null)
};

/** A resolved configuration's part that says how hosts are joined to it. */
export type NicConfig = z.output<z.ZodObject<typeof nicFields>>;

/** Where a host differs from the rest of its network. */
export interface PortOptions {
  readonly up?: Bandwidth;
  readonly down?: Bandwidth;
  readonly latency?: Duration;
}

/** Options of every builder of a shape that has a cable a host. */
export interface NicOptions {
  readonly workers?: PortOptions;
  readonly servers?: PortOptions;
  readonly hosts?: Readonly<Record<string, PortOptions>>;
  readonly workersPerHost?: number;
  readonly serversPerHost?: number;
  readonly loopback?: { readonly bandwidth: Bandwidth; readonly latency: Duration } | null;
}

/** Equal cables, one node a host, nothing between nodes of one. */
export const nicDefaults = {
  workers: {},
  servers: {},
  hosts: {},
  workersPerHost: 1,
  serversPerHost: 1,
  loopback: null
} as const;

/** The options with nothing left out. */
export function nicOptions(options: NicOptions): Required<NicOptions> {
  const { workers, servers, hosts, workersPerHost, serversPerHost, loopback } = {
    ...nicDefaults,
    ...options
  };
  return { workers, servers, hosts, workersPerHost, serversPerHost, loopback };
}

/** Refuses what is said of hosts that servers have not, since they are on those of workers. */
export function checkColocated(
  config: NicConfig & { readonly placement: string },
  context: z.core.$RefinementCtx
): void {
  if (config.placement !== 'colocated') return;
  const refuse = (path: string) =>
    context.addIssue({
      code: 'custom',
      path: [path],
      message: 'servers that are colocated have no hosts of their own: say it of the workers'
    });
  if (Object.keys(config.servers).length > 0) refuse('servers');
  if (config.serversPerHost !== 1) refuse('serversPerHost');
}
