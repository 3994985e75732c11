/**
 * The links of a network between its switches, or its regions, in a timeline. A recorded transfer
 * says from whom to whom it went: over what, the network says, so that a run records nothing for them.
 */
import type { Config } from '../../../core/config.ts';
import { withoutDirection } from '../../../core/environment/links.ts';
import type { Fabric } from '../../../core/environment/network/fabric.ts';
import { isUnread } from '../../../core/environment/network/graph.ts';
import { buildFabric } from '../../../core/environment/network.ts';
import type { NodeId } from '../../../core/node.ts';
import { nodeIds } from '../../../core/node-id.ts';
import type { Row } from '../../../core/record.ts';
import { utilisation } from './link-utilisation.ts';

/** Trunks that have a lane each. */
export const trunksMax = 6;

interface Run {
  readonly config: Config;
  readonly rows: readonly Row[];
}

/** Names of the trunks that carried something in any of the runs, the busiest first. */
export function busyTrunks(runs: readonly Run[]): string[] {
  const use = new Map<string, number>();
  for (const { config, rows } of runs) {
    const names = namesOf(config);
    if (names.size === 0) continue;
    for (const row of rows) {
      if (row.kind !== 'link' || !names.has(row.link)) continue;
      const share = utilisation(row) ?? 0;
      if (share > 0) use.set(row.link, Math.max(share, use.get(row.link) ?? 0));
    }
  }
  return [...use].sort(([, one], [, other]) => other - one).map(([name]) => name);
}

/** Which of the `shown` trunks a message crosses. */
export function trunksBetween(
  config: Config,
  shown: readonly string[]
): (from: NodeId, to: NodeId) => readonly string[] {
  const fabric = shown.length === 0 ? null : fabricOf(config);
  if (fabric === null) return () => [];
  const ids = nodeIds(config);
  const { links, hostOf, route } = fabric;
  const host = new Map(ids.map((id, node) => [id, hostOf[node]!]));
  const known = new Map<string, readonly string[]>();
  return (from, to) => {
    const pair = `${from} ${to}`;
    let names = known.get(pair);
    if (names === undefined) {
      const [here, there] = [host.get(from), host.get(to)];
      const way = here === undefined || there === undefined ? [] : route(here, there);
      names = way.flatMap(link => recordedNames(links[link]!.name));
      names = names.filter(name => shown.includes(name));
      known.set(pair, names);
    }
    return names;
  };
}

// Neither end is a host; of a link of a graph that only routes know no end is known.
function namesOf(config: Config): ReadonlySet<string> {
  const fabric = config.environment.network.kind === 'star' ? null : fabricOf(config);
  if (fabric === null) return new Set();
  const { hosts, links } = fabric;
  const ends = new Set<string | null>(hosts);
  const between = links.filter(({ from, to }) => !ends.has(from) && !ends.has(to));
  const names = between.flatMap(({ name }) => recordedNames(name));
  return new Set(names.filter(name => !name.endsWith(' loopback')));
}

// A direction by itself, or both as one where `environment.links` makes it half duplex.
function recordedNames(name: string): string[] {
  return [...new Set([name, withoutDirection(name)])];
}

function fabricOf(config: Config): Fabric | null {
  const { network } = config.environment;
  if (network.kind === 'ideal' || (network.kind === 'graph' && isUnread(network))) return null;
  return buildFabric(network, nodeIds(config));
}
