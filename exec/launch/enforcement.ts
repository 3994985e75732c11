/** Which networks a real run on one machine does justice to. */
import type { Config } from '../../core/config.ts';
import type { FabricLink } from '../../core/environment/network/fabric.ts';
import { nodeIds } from '../../core/node-id.ts';
import { formatBandwidth } from '../../core/units.ts';
import { type Cables, cablesOf } from '../transport/cables.ts';
import { unenforceableFaults } from './fault-enforcement.ts';

/**
 * Why the environment cannot be enforced, in words; null when it can. Each process holds its own cable;
 * a link that several hosts share is right only if it can take all that they send, or get.
 */
export function unenforceable(config: Config): string | null {
  return unenforceableNetwork(config) ?? unenforceableFaults(config, true);
}

function unenforceableNetwork({ environment, ...config }: Config): string | null {
  const { network } = environment;
  if (network.kind === 'ideal' || network.kind === 'star') return null;
  const cables = cablesOf(network, nodeIds(config));
  const several = cables.fabric.hosts.findIndex(
    (_, host) => cables.uplinks(host).length > 1 || cables.downlinks(host).length > 1
  );
  const advice = 'simulate this network (without --real), or take a star';
  if (several >= 0) {
    return (
      `environment.network: the host ${cables.fabric.hosts[several]} has several cables, and a ` +
      `real run holds a node to one: ${advice}`
    );
  }
  // Where there are several ways, which of them a message takes is left out: they count together.
  const pooled = network.kind === 'fat-tree' || network.kind === 'two-level';
  const tight = sharedLinks(cables, pooled).find(({ capacity, demand }) => capacity < demand);
  if (tight === undefined) return null;
  return (
    `environment.network: ${tight.name} carries ${formatBandwidth(tight.capacity)} for hosts of ` +
    `${formatBandwidth(tight.demand)} in all, and processes cannot share a link that they do not ` +
    `see: ${advice}`
  );
}

interface SharedLink {
  readonly name: string;
  readonly capacity: number;
  /** What the hosts on its tighter side could put through it. */
  readonly demand: number;
}

interface Ends {
  readonly hosts: ReadonlySet<string>;
  /** Switches that hosts are joined to. */
  readonly lowest: ReadonlySet<string>;
}

/** Links beyond the cables of hosts; those of one switch and direction as one if `pooled`. */
export function sharedLinks({ fabric, ...cables }: Cables, pooled: boolean): SharedLink[] {
  const ends: Ends = {
    hosts: new Set(fabric.hosts),
    lowest: new Set(fabric.switches.filter(({ level }) => level === 1).map(({ name }) => name))
  };
  const groups = new Map<string, { links: FabricLink[]; from: Set<number>; to: Set<number> }>();
  for (const one of cables.nodes) {
    for (const other of cables.nodes) {
      if (!(one.startsWith('w') && other.startsWith('s'))) continue;
      const [worker, server] = [cables.host(one), cables.host(other)];
      for (const [from, to] of [[worker, server] as const, [server, worker] as const]) {
        for (const index of fabric.route(from, to).slice(1, -1)) {
          const link = fabric.links[index]!;
          const key = pooled ? pool(link, ends) : link.name;
          if (key === null) continue;
          const group = groups.get(key) ?? { links: [link], from: new Set(), to: new Set() };
          groups.set(key, group);
          group.from.add(from);
          group.to.add(to);
        }
      }
    }
  }
  // A way that no pair takes has its part in the pool all the same.
  for (const link of pooled ? fabric.links : []) {
    const links = groups.get(pool(link, ends) ?? '')?.links;
    if (links !== undefined && !links.includes(link)) links.push(link);
  }
  const sum = (values: readonly number[]): number => values.reduce((total, one) => total + one, 0);
  const rate = (links: readonly FabricLink[]): number => links[0]?.bytesPerSecond ?? 0;
  return [...groups].map(([name, { links, from, to }]) => ({
    name,
    capacity: sum(links.map(({ bytesPerSecond }) => bytesPerSecond)),
    demand: Math.min(
      sum([...from].map(host => rate(cables.uplinks(host)))),
      sum([...to].map(host => rate(cables.downlinks(host))))
    )
  }));
}

// The cables of hosts do not count: they begin or end at the lowest switches too.
function pool({ from, to }: FabricLink, { lowest, hosts }: Ends): string | null {
  if (from === null || to === null || hosts.has(from) || hosts.has(to)) return null;
  if (lowest.has(from)) return `the way up from ${from}`;
  return lowest.has(to) ? `the way down to ${to}` : null;
}
