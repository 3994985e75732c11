/**
 * The hosts as a configuration says it: their cores, their GPUs, what else runs there, and when their
 * processes stand still. A host is named after the first worker on it, else the first server.
 */
import { z } from 'zod';
import { expected } from '../expected.ts';
import type { NodeId } from '../node.ts';
import { nameKey } from '../random.ts';
import { BackgroundSchema, sharePaces } from './background.ts';
import type { CostsConfig } from './costs.ts';
import { GpuSchema, noGpu } from './gpu.ts';
import { isUnread } from './network/graph.ts';
import { buildFabric, type NetworkConfig } from './network.ts';
import { ofNode } from './overrides.ts';
import { type Pace, paceOf } from './pace.ts';
import { PreemptionSchema, preemptionPaces } from './preemption.ts';

/** `unlimited`: nobody waits for a core. A part of a core is a quota, as containers have. */
const cores = z.union([z.literal('unlimited'), z.number().gt(0).max(1e6)], {
  error: 'cores are a number above 0, or "unlimited"'
});

const hosts = expected('what is said of hosts', '{"cores": 2, "background": "processes:1"}');

const price = z.number().min(0).max(1e9);

/** Where hosts or processes differ from the rest. */
const some = {
  cores: cores.optional(),
  gpu: GpuSchema.optional(),
  background: BackgroundSchema.optional(),
  preemption: PreemptionSchema.optional()
};
const SomeSchema = z.strictObject(some, hosts);

const all = {
  /** Cores of each host: n jobs on C of them run at min(1, C/n) each. */
  cores: cores.default('unlimited'),
  /**
   * Cores that all hosts share, as virtual machines and network namespaces of one machine do; they
   * have none of their own then. Null: each host is a machine.
   */
  machine: z
    .number({ error: 'machine is the number of cores that all hosts share, or null' })
    .gt(0)
    .max(1e6)
    .nullable()
    .default(null),
  /**
   * Gradients are held to their durations by a timer, as those of a real run are, and take no more of
   * a core than this, in nanoseconds of CPU time: each of them, and each param of it. Null: they take
   * a core for as long as they last.
   */
  held: z
    .strictObject(
      { nanos: price.default(0), nanosPerElement: price.default(0) },
      expected('what held gradients take', 'null, or {"nanos": 900000, "nanosPerElement": 6}')
    )
    .nullable()
    .default(null),
  gpu: GpuSchema.default(noGpu()),
  /** What else runs on each host. */
  background: BackgroundSchema.default([]),
  /** When each process stands still; drawn for each by itself. */
  preemption: PreemptionSchema.default([]),
  /** Where the hosts and processes of all workers, or of all servers, differ. */
  workers: SomeSchema.default({}),
  servers: SomeSchema.default({}),
  /** Where single ones differ, by the node that they are or are named after: `w3`, `s0`, `c`. */
  nodes: z
    .record(z.string(), SomeSchema, expected('hosts by node', '{"w3": {"cores": 2}}'))
    .default({})
};

export const HostsSchema = z
  .strictObject(all, hosts)
  .superRefine(({ machine, ...own }, context) => {
    if (machine === null) return;
    const refuse = (path: readonly string[]): void => {
      const message = `hosts that share a machine of ${machine} cores have none of their own`;
      context.addIssue({ code: 'custom', path: [...path, 'cores'], message });
    };
    if (own.cores !== 'unlimited') refuse([]);
    if (own.workers.cores !== undefined) refuse(['workers']);
    if (own.servers.cores !== undefined) refuse(['servers']);
    for (const [node, { cores }] of Object.entries(own.nodes)) {
      if (cores !== undefined) refuse(['nodes', node]);
    }
  });
export type HostsConfig = z.output<typeof HostsSchema>;

/** What holds for one node, or for the host that is named after it. */
export type HostConfig = Pick<HostsConfig, 'cores' | 'gpu' | 'background' | 'preemption'>;

/** Cores without limit, no GPUs, nothing else runs, and nobody is stopped. */
export function plainHosts(): HostsConfig {
  return HostsSchema.parse({});
}

/** What holds for a node, and for the host that is named after it. */
export function hostConfig(config: HostsConfig, node: NodeId): HostConfig {
  const { workers, servers, nodes, cores, gpu, background, preemption } = config;
  const all = { cores, gpu, background, preemption };
  return ofNode(all, { workers, servers, nodes }, node);
}

/** The host of each node, as the network places them; on `ideal` each has its own. */
export function nodesOnHosts(network: NetworkConfig, nodes: readonly NodeId[]): readonly number[] {
  if (network.kind === 'ideal' || (network.kind === 'graph' && isUnread(network))) {
    return nodes.map((_, index) => index);
  }
  return buildFabric(network, nodes).hostOf;
}

/** The node that each of the hosts is named after; `hostOf` gives the host of each node. */
export function hostNames(nodes: readonly NodeId[], hostOf: readonly number[]): NodeId[] {
  const names: NodeId[] = [];
  const rank = (node: NodeId): number => (node.startsWith('w') ? 0 : node.startsWith('s') ? 1 : 2);
  nodes.forEach((node, index) => {
    // Invariant: every node has a host.
    const host = hostOf[index]!;
    const known = names[host];
    if (known === undefined || rank(node) < rank(known)) names[host] = node;
  });
  return names;
}

/** Whether processes can have less than a core at full speed to themselves, or a GPU. */
export function sharesHosts(config: HostsConfig, nodes: readonly NodeId[]): boolean {
  if (config.machine !== null) return true;
  return nodes.some(node => {
    const { cores, gpu, background, preemption } = hostConfig(config, node);
    return (
      cores !== 'unlimited' ||
      gpu.kind !== 'none' ||
      background.some(load => load.kind === 'share') ||
      preemption.length > 0
    );
  });
}

/** The pace of all that a node's process does: when it is stopped, and what its host leaves it. */
export function processPace(
  { hosts, network }: { readonly hosts: HostsConfig; readonly network: NetworkConfig },
  seed: number,
  nodes: readonly NodeId[],
  node: NodeId
): Pace | null {
  const hostOf = nodesOnHosts(network, nodes);
  const host = hostNames(nodes, hostOf)[hostOf[nodes.indexOf(node)] ?? -1];
  return paceOnHost(hosts, seed, node, host ?? node);
}

/** The same where the name of its host is known. */
export function paceOnHost(
  config: HostsConfig,
  seed: number,
  node: NodeId,
  hostName: NodeId
): Pace | null {
  const { preemption } = hostConfig(config, node);
  const { background } = hostConfig(config, hostName);
  return paceOf([
    ...preemptionPaces(preemption, seed, nameKey(node)),
    ...sharePaces(background, seed, nameKey(hostName))
  ]);
}

/** Nodes that a run has not, with their place in the environment. */
export function hostMisfits(
  { hosts, costs }: { readonly hosts: HostsConfig; readonly costs: CostsConfig },
  ids: readonly NodeId[]
): { readonly path: readonly string[]; readonly message: string }[] {
  const names = new Set<string>(ids);
  return [
    ...Object.keys(hosts.nodes).map(node => ['hosts', 'nodes', node]),
    ...Object.keys(costs.nodes).map(node => ['costs', 'nodes', node])
  ]
    .filter(([, , node = '']) => !names.has(node))
    .map(path => ({ path, message: 'no node of this run has that name' }));
}
