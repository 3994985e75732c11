/**
 * A cluster as `slackline calibrate` measures it, and the environment that the simulator makes of it.
 * A file of its own, versioned: a cluster may also be written by hand, or be one that is yet to come.
 */
import { z } from 'zod';
import { formatCompressor } from '../compression/registry.ts';
import type { Config } from '../config.ts';
import { nodeIds } from '../node-id.ts';
import { bandwidth, duration, size } from '../units.ts';
import { unreachable } from '../unreachable.ts';
import { clusterMisfits, clusterNetwork, hostsOf, narrowed } from './cluster-network.ts';
import { ComputeSchema } from './compute.ts';
import { type EnvironmentConfig, environment } from './environment.ts';
import { HostNameSchema } from './network/nic.ts';
import { NetworkSchema } from './network.ts';

/** A host's cable, alike in both directions. */
const LinkSchema = z.strictObject({
  /** Of payload: what messages get of it, without headers. */
  bandwidth: bandwidth(),
  /** One way, host to host, without what the hosts need to handle a message. */
  latency: duration({ max: '1h' }),
  /** Payload that leaves at once after a pause: the depth of the link's token bucket. */
  burst: size({ max: '1GiB' })
});

const price = z.number().min(0).max(1e9);

/** Nanoseconds for each element (one float32). */
const CodecSchema = z.strictObject({ encode: price, decode: price });

export const ClusterSchema = z
  .strictObject({
    version: z.literal(2),
    kind: z.literal('cluster'),
    /** What was measured, for the reader. */
    machine: z.strictObject({
      platform: z.string(),
      processor: z.string(),
      cores: z.int().min(1),
      memoryBytes: z.number().min(0)
    }),
    /**
     * How hosts are joined, as `environment.network` says it, a file of a graph too; its bandwidths are
     * of payload. Null: a star of `links`. Beside a network only the bursts of `links` count: `all` is
     * of the links between switches as well, and of all links of a graph.
     */
    network: NetworkSchema.nullable().default(null),
    links: z.strictObject({
      /** Of every host that is not named below; without bandwidth and latency beside a network. */
      all: LinkSchema.partial({ bandwidth: true, latency: true }),
      /** Where the hosts of workers or servers differ, or single ones, by their node: `w3`. */
      workers: LinkSchema.partial().default({}),
      servers: LinkSchema.partial().default({}),
      hosts: z.record(HostNameSchema, LinkSchema.partial()).default({})
    }),
    /** CPU time at each end of a message: for it, and for each of its bytes. */
    cpu: z.strictObject({ messageNanos: price, byteNanos: price }),
    /** Of a compressor by its short form or its kind. */
    codecs: z.record(z.string(), CodecSchema),
    /** For each element that an update is applied to. */
    applyNanosPerElement: price,
    /**
     * Processors of each host, by what they compute together: two threads of one core are less than
     * two.
     */
    cores: z.number().min(1).max(1e6),
    /**
     * What the hosts are: `separate` machines; `one machine`, whose cores they share, as network
     * namespaces and virtual machines do; or `one host`, where all processes share the cores and the
     * loopback interface: messages then take CPU time and no link.
     */
    hosts: z.enum(['separate', 'one machine', 'one host']).default('separate'),
    /** How late the end of a computation that is held to a duration is noticed. */
    lateness: duration({ max: '1h' }),
    /**
     * What such a computation takes of a core nevertheless, and what goes with an iteration besides
     * messages and compression: CPU time of each, and of each of its params.
     */
    held: z
      .strictObject({ nanos: price.default(0), nanosPerElement: price.default(0) })
      .prefault({}),
    /** What gradients of a problem take here, alone on the machine; null where none was measured. */
    compute: z
      .strictObject({ problem: z.string(), backend: z.string().nullable(), law: ComputeSchema })
      .nullable(),
    /** What an hour of a host costs, and a gigabyte that leaves one; null where nobody asks. */
    prices: z
      .strictObject({
        currency: z.string().min(1).max(8),
        workerHour: price,
        serverHour: price,
        gigabyteSent: price.default(0)
      })
      .nullable()
      .default(null),
    /**
     * Errors of predicted iteration times against measured ones on a cluster like this one, as
     * `experiments/fidelity.ts` finds them: the median of their sizes, as a share of 1.
     */
    fidelity: z
      .strictObject({ errorMedian: z.number().min(0).max(1) })
      .nullable()
      .default(null)
  })
  .superRefine((cluster, context) => {
    // zod asks although a field is wrong.
    if (context.issues.length > 0) return;
    for (const { path, message } of clusterMisfits(cluster)) {
      context.addIssue({ code: 'custom', path, message });
    }
  })
  .describe('A cluster, as `slackline calibrate` measures it and `--cluster` reads it.');
export type Cluster = z.output<typeof ClusterSchema>;
type ClusterLink = z.output<typeof LinkSchema>;
/** A link of which only what differs is said. */
export type LinkPart = { readonly [name in keyof ClusterLink]?: ClusterLink[name] | undefined };

/**
 * The value of a cluster file of an older version as one of this version: `together` was whether all
 * processes share one host, hosts that share a machine were not told from others, and nobody asked
 * what held gradients take. Any other value is returned as it is.
 */
export function upgradedCluster(value: unknown): unknown {
  const old = OldSchema.safeParse(value).data;
  if (old === undefined) return value;
  const { together, ...kept } = old;
  return { ...kept, version: 2, hosts: together ? 'one host' : 'separate' };
}

const OldSchema = z.looseObject({
  version: z.literal(1),
  kind: z.literal('cluster'),
  together: z.boolean().default(false)
});

/**
 * The environment of a configuration on a cluster. Its network, prices and cores are the cluster's;
 * what is of the experiment (stragglers, speeds, the placement of nodes on a star) stays. Hosts that it
 * names and the run has not are left out. Compute times are the cluster's where it has those of a
 * problem with values, and the configuration's where it has none.
 */
export function clusterEnvironment(cluster: Cluster, config: Config): EnvironmentConfig {
  const { environment: given, problem } = config;
  const { links, cpu, codecs, compute } = cluster;
  const together = cluster.hosts === 'one host';
  const codec = codecs[formatCompressor(config.compressor)] ?? codecs[config.compressor.kind];
  const nodes = nodeIds(config);
  const network = clusterNetwork(cluster, starPlacement(cluster, config));
  const valueless = problem.kind === 'timing';
  return environment({
    ...given,
    compute: compute === null || valueless ? given.compute : compute.law,
    lateness: cluster.lateness,
    network: narrowed(network, nodes),
    flows: {
      ...given.flows,
      model: 'chunks',
      chunks: {
        ...given.flows.chunks,
        // Measured of payload, so headers are out of it already.
        goodput: 1,
        burst: links.all.burst,
        burstOf: bursts(cluster, hostsOf(network, nodes))
      }
    },
    costs: {
      messageNanos: cpu.messageNanos,
      // Between hosts the copying overlaps with the way: what is left of it is in the latency.
      copyNanosPerByte: together ? cpu.byteNanos : 0,
      // Hosts of one machine have no cores of their own to do it on.
      overlappedNanosPerByte: cluster.hosts === 'one machine' ? cpu.byteNanos : 0,
      // Without values nothing is encoded, decoded or applied, in a real run either.
      ...(valueless
        ? {}
        : {
            encodeNanosPerElement: codec?.encode ?? 0,
            decodeNanosPerElement: codec?.decode ?? 0,
            applyNanosPerElement: cluster.applyNanosPerElement
          })
    },
    hosts: { ...given.hosts, ...sharedCores(cluster, valueless) }
  });
}

/** Where the nodes of a run are on a cluster that has no network of its own. */
export function starPlacement(cluster: Cluster, { workers, environment }: Config) {
  const { network } = environment;
  return cluster.hosts === 'one host'
    ? ({ placement: 'colocated', workersPerHost: workers } as const)
    : { placement: network.kind === 'star' ? network.placement : 'separate', workersPerHost: 1 };
}

/** What is shared of cores, where it is: between separate hosts nobody waits for one. */
function sharedCores({ hosts, cores, held, compute }: Cluster, valueless: boolean) {
  // A gradient that computes takes a core for as long as it lasts; one that is held works and sleeps.
  const computes = compute !== null && !valueless;
  switch (hosts) {
    case 'separate':
      return {};
    case 'one host':
      return computes ? { cores } : {};
    case 'one machine': {
      const own = { ...held, nanosPerElement: valueless ? 0 : held.nanosPerElement };
      return { machine: cores, held: computes ? null : own };
    }
    default:
      return unreachable(hosts);
  }
}

function bursts(
  { links }: Cluster,
  hosts: ReadonlySet<string>
): Record<string, ClusterLink['burst']> {
  const named = { workers: links.workers, servers: links.servers, ...links.hosts };
  const entries = Object.entries(named).flatMap(([name, { burst }]) => {
    const isThere = !Object.hasOwn(links.hosts, name) || hosts.has(name);
    return burst === undefined || !isThere ? [] : [[name, burst] as const];
  });
  return Object.fromEntries(entries);
}
