/**
 * A network with its parts joined as far as a picture needs it: where there are too many hosts or
 * switches to be told apart, neighbours are one, and the links between two groups are one cable.
 */
import type { Fabric, FabricLink } from '../../../core/environment/network/fabric.ts';
import type { NodeId } from '../../../core/node.ts';

/** More glyphs in a row can't be told apart in a panel. */
export const glyphsMax = 24;

/** A glyph: hosts of one switch and role, or switches of one level. */
export interface Group {
  readonly label: string;
  /** Names of its hosts or switches. */
  readonly members: readonly string[];
  /** 0 for hosts. */
  readonly level: number;
  readonly role: 'worker' | 'server' | 'both' | 'switch';
}

/** Links in one direction between two groups. */
export interface Cable {
  readonly from: Group;
  readonly to: Group;
  readonly links: readonly FabricLink[];
}

export interface GroupedFabric {
  /** Rows from the hosts up, each in the order in which it is drawn. */
  readonly levels: readonly (readonly Group[])[];
  readonly cables: readonly Cable[];
}

/** Groups what training can use of a network: the coordinator's host and idle switches are left out. */
export function groupFabric(fabric: Fabric, nodes: readonly NodeId[]): GroupedFabric {
  const roles = rolesOf(fabric, nodes);
  const links = usedLinks(fabric, roles);
  // Hosts of two switches are never one: where these are many, they have to be fewer.
  for (let switches = glyphsMax; ; switches = Math.ceil(switches / 2)) {
    const grouped = groupedBy(fabric, roles, links, switches);
    if (grouped.levels[0]!.length <= glyphsMax || switches === 1) return grouped;
  }
}

// With at most so many switches in a row.
function groupedBy(
  fabric: Fabric,
  roles: readonly (Role | undefined)[],
  links: readonly FabricLink[],
  most: number
): GroupedFabric {
  const used = new Set(links.flatMap(({ from, to }) => [from, to]));
  const top = Math.max(1, ...fabric.switches.map(({ level }) => level));
  const levels: Group[][] = [[]];
  const groupOf = new Map<string, Group>();
  for (let level = 1; level <= top; level++) {
    const names = fabric.switches
      .filter(other => other.level === level && used.has(other.name))
      .map(({ name }) => name);
    const size = Math.ceil(names.length / most);
    levels.push(chunks(names, size).map(members => group(members, level, 'switch')));
    for (const one of levels[level]!) for (const name of one.members) groupOf.set(name, one);
  }
  levels[0] = hostGroups(fabric, roles, links, groupOf);
  for (const one of levels[0]) for (const name of one.members) groupOf.set(name, one);
  return { levels: levels.filter(row => row.length > 0), cables: cablesOf(links, groupOf) };
}

type Role = Group['role'];

/** Role of each host by what of training is on it; undefined for the coordinator's. */
function rolesOf({ hosts, hostOf }: Fabric, nodes: readonly NodeId[]): (Role | undefined)[] {
  const roles = hosts.map((): Role | undefined => undefined);
  nodes.forEach((node, index) => {
    if (node === 'c') return;
    const host = hostOf[index]!;
    const role: Role = node.startsWith('s') ? 'server' : 'worker';
    roles[host] = roles[host] === undefined || roles[host] === role ? role : 'both';
  });
  return roles;
}

// Pairs of a large network are a sample: what none of so many goes over is hardly used.
const routesMax = 100_000;

function usedLinks(fabric: Fabric, roles: readonly (Role | undefined)[]): FabricLink[] {
  const workers = roles.flatMap((role, host) => (role === 'worker' || role === 'both' ? host : []));
  const servers = roles.flatMap((role, host) => (role === 'server' || role === 'both' ? host : []));
  const step = Math.ceil((workers.length * servers.length) / routesMax);
  const used = new Set<number>();
  for (let at = 0; at < workers.length * servers.length; at += step) {
    const worker = workers[Math.floor(at / servers.length)]!;
    const server = servers[at % servers.length]!;
    if (worker === server) continue;
    for (const link of fabric.route(worker, server)) used.add(link);
    for (const link of fabric.route(server, worker)) used.add(link);
  }
  return [...used]
    .sort((one, other) => one - other)
    .map(link => fabric.links[link]!)
    .filter(({ from, to }) => from !== null && to !== null);
}

// Hosts of one switch stand together, servers last.
function hostGroups(
  { hosts }: Fabric,
  roles: readonly (Role | undefined)[],
  links: readonly FabricLink[],
  groupOf: ReadonlyMap<string, Group>
): Group[] {
  const joined = new Map(links.map(({ from, to }) => [from, groupOf.get(to ?? '')]));
  const order = [...new Set(groupOf.values())];
  const sets = new Map<string, { role: Role; at: number; names: string[] }>();
  hosts.forEach((name, host) => {
    const role = roles[host];
    if (role === undefined) return;
    const lower = joined.get(name);
    const at = lower === undefined ? order.length : order.indexOf(lower);
    const key = `${at} ${role}`;
    const set = sets.get(key) ?? { role, at, names: [] };
    sets.set(key, set);
    set.names.push(name);
  });
  const sorted = [...sets.values()].sort(
    (one, other) => one.at - other.at || rank(one.role) - rank(other.role)
  );
  let size = 1;
  const count = (): number =>
    sorted.reduce((sum, { names }) => sum + Math.ceil(names.length / size), 0);
  while (count() > glyphsMax && size < hosts.length) size *= 2;
  return sorted.flatMap(({ role, names }) =>
    chunks(names, size).map(members => group(members, 0, role))
  );
}

function rank(role: Role): number {
  return ['both', 'worker', 'server', 'switch'].indexOf(role);
}

function cablesOf(links: readonly FabricLink[], groupOf: ReadonlyMap<string, Group>): Cable[] {
  const cables = new Map<Group, Map<Group, FabricLink[]>>();
  for (const link of links) {
    const from = groupOf.get(link.from ?? '');
    const to = groupOf.get(link.to ?? '');
    if (from === undefined || to === undefined || from === to) continue;
    const ends = cables.get(from) ?? new Map<Group, FabricLink[]>();
    cables.set(from, ends);
    ends.set(to, [...(ends.get(to) ?? []), link]);
  }
  return [...cables].flatMap(([from, ends]) =>
    [...ends].map(([to, together]) => ({ from, to, links: together }))
  );
}

function group(members: readonly string[], level: number, role: Role): Group {
  return { label: labelOf(members), members, level, role };
}

// `w3`, `w0-w15` for neighbours, `s0 +2` for others.
function labelOf(members: readonly string[]): string {
  const [first = '', last = first] = [members[0], members[members.length - 1]];
  if (first === last) return first;
  const ranks = members.map(name => Number(/\d+$/.exec(name)?.[0]));
  const consecutive = ranks.every((rank, index) => index === 0 || rank === ranks[index - 1]! + 1);
  return consecutive ? `${first}-${last}` : `${first} +${members.length - 1}`;
}

function chunks(names: readonly string[], size: number): string[][] {
  return Array.from({ length: Math.ceil(names.length / Math.max(1, size)) }, (_, index) =>
    names.slice(index * size, (index + 1) * size)
  );
}
