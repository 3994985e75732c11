/** What a configuration says of single links, applied to a topology. */
import {
  isUntraced,
  type LinksConfig,
  linksNamed,
  noLink,
  profilesOf,
  withoutDirection
} from '../core/environment/links.ts';
import { parseDuration } from '../core/units.ts';
import type { LinkSchedule } from './changing-network.ts';
import type { Link, Topology } from './topology.ts';

/** The topology with the policies and half-duplex links of the configuration. */
export function withLinks(topology: Topology, config: LinksConfig): Topology {
  let changed = topology;
  config.forEach(({ link, duplex }, index) => {
    if (duplex === 'half') changed = halved(changed, link, index);
  });
  const policies = new Map<number, Link['policy']>();
  config.forEach(({ link, policy }, index) => {
    for (const number of found(link, changed, index)) {
      if (policy !== null) policies.set(number, policy);
    }
  });
  if (policies.size === 0) return changed;
  const links = changed.links.map((link, number) => {
    const policy = policies.get(number) ?? link.policy;
    return policy === undefined ? link : { ...link, policy };
  });
  return { ...changed, links };
}

/**
 * The profiles of the configuration, a schedule for each link and quantity. Where several entries mean
 * a link, the last that says something of a quantity counts, whole: `*` and then where one differs.
 */
export function schedulesOf(config: LinksConfig, topology: Topology): LinkSchedule[] {
  const schedules = new Map<string, LinkSchedule>();
  config.forEach((entry, index) => {
    if (isUntraced(entry)) throw new Error(`environment.links: ${entry.file} has not been read`);
    const period = entry.every === null ? null : parseDuration(entry.every);
    const links = found(entry.link, topology, index);
    for (const [quantity, points] of Object.entries(profilesOf(entry))) {
      if (points.length === 0 || !isQuantity(quantity)) continue;
      for (const link of links) {
        schedules.set(`${link} ${quantity}`, { link, quantity, series: { points, period } });
      }
    }
  });
  return [...schedules.values()];
}

/** Both directions of the links of this name become one, which has the name without a direction. */
function halved(topology: Topology, pattern: string, index: number): Topology {
  const { links, route } = topology;
  const means = new Set(found(pattern, topology, index));
  const kept: Link[] = [];
  const numbers: number[] = [];
  links.forEach((link, number) => {
    const base = withoutDirection(link.name);
    if (!means.has(number) || base === link.name) {
      numbers[number] = kept.push(link) - 1;
      return;
    }
    const other = kept.findIndex(({ name }) => name === base);
    if (other < 0) {
      numbers[number] = kept.push({ ...link, name: base }) - 1;
      return;
    }
    if (kept[other]!.bytesPerSecond !== link.bytesPerSecond) {
      throw new Error(
        `environment.links.${index}.duplex: ${base} has different bandwidths up and down, and ` +
          'half duplex is one for both'
      );
    }
    numbers[number] = other;
  });
  const renumbered: Topology = {
    ...topology,
    links: kept,
    route: (from, to) => route(from, to).map(link => numbers[link]!)
  };
  return renumbered;
}

function found(pattern: string, { links }: Topology, index: number): number[] {
  const names = links.map(link => link.name);
  const numbers = linksNamed(pattern, names);
  if (numbers.length > 0) return numbers;
  throw new Error(`environment.links.${index}.link: ${noLink(pattern, names)}`);
}

function isQuantity(name: string): name is LinkSchedule['quantity'] {
  return name === 'bandwidth' || name === 'latency' || name === 'state';
}
