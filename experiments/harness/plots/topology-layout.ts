/**
 * Where the parts of a network stand in a picture: hosts in a row at the bottom, each level of
 * switches above, a switch as wide as what it joins. Both axes have 0 to 1 a panel, and a level.
 */
import type { Cable, Group, GroupedFabric } from './topology-groups.ts';

/** A glyph in its place: a host is as wide as its slot, a switch as what is below it. */
export interface Placed {
  readonly group: Group;
  readonly left: number;
  readonly right: number;
}

/** A cable as a line. */
export interface Drawn {
  readonly cable: Cable;
  readonly points: readonly (readonly [number, number])[];
}

export interface Layout {
  readonly placed: readonly Placed[];
  readonly drawn: readonly Drawn[];
}

/** Room between the hosts of two switches, in slots. */
const gap = 0.5;
/** How far the two directions of a cable are from its middle: in slots, and at most. */
const apart = 0.17;
const apartMax = 0.012;
/** Points of a curved cable, one that joins switches of one level. */
const arcPoints = 25;

/** Lays a network out. */
export function layOut({ levels, cables }: GroupedFabric): Layout {
  const placed = new Map<Group, Placed>();
  const joins = neighbours(cables);
  const half = Math.min(apartMax, apart * placeHosts(levels[0] ?? [], joins, placed));
  for (const row of levels.slice(1)) placeSwitches(row, joins, placed);
  const drawn = cables.map(cable => ({ cable, points: line(cable, placed, half, levels) }));
  return { placed: [...placed.values()], drawn };
}

type Joins = ReadonlyMap<Group, ReadonlySet<Group>>;

function neighbours(cables: readonly Cable[]): Joins {
  const joins = new Map<Group, Set<Group>>();
  for (const { from, to } of cables) {
    joins.set(from, (joins.get(from) ?? new Set()).add(to));
    joins.set(to, (joins.get(to) ?? new Set()).add(from));
  }
  return joins;
}

// Returns the width of a slot.
function placeHosts(row: readonly Group[], joins: Joins, placed: Map<Group, Placed>): number {
  const above = (group: Group | undefined): Group | undefined =>
    group === undefined ? undefined : [...(joins.get(group) ?? [])][0];
  const starts: number[] = [];
  let end = 0;
  row.forEach((group, index) => {
    if (index > 0 && above(group) !== above(row[index - 1])) end += gap;
    starts.push(end);
    end += 1;
  });
  row.forEach((group, index) => {
    placed.set(group, { group, left: starts[index]! / end, right: (starts[index]! + 1) / end });
  });
  return 1 / Math.max(1, end);
}

// A switch spans what it joins below; those that would overlap share the whole span evenly.
function placeSwitches(row: readonly Group[], joins: Joins, placed: Map<Group, Placed>): void {
  const spans = row.map(group => {
    const below = [...(joins.get(group) ?? [])].flatMap(other =>
      other.level < group.level ? (placed.get(other) ?? []) : []
    );
    const left = Math.min(1, ...below.map(one => one.left));
    return { group, left, right: Math.max(left, ...below.map(one => one.right)) };
  });
  for (const cluster of overlapping(spans)) {
    const left = Math.min(...cluster.map(span => span.left));
    const right = Math.max(...cluster.map(span => span.right));
    const width = (right - left) / cluster.length;
    const inset = cluster.length === 1 ? 0 : 0.15 * width;
    cluster.forEach(({ group }, index) => {
      const begin = left + index * width;
      placed.set(group, { group, left: begin + inset, right: begin + width - inset });
    });
  }
}

function overlapping(spans: readonly Placed[]): Placed[][] {
  const clusters: Placed[][] = [];
  let reach = -Infinity;
  for (const span of [...spans].sort((one, other) => one.left - other.left)) {
    if (clusters.length === 0 || span.left >= reach - 1e-9) clusters.push([]);
    clusters[clusters.length - 1]!.push(span);
    reach = Math.max(reach, span.right);
  }
  // Sorting by place is stable, but a cluster has the order of its level.
  return clusters.map(cluster => spans.filter(span => cluster.includes(span)));
}

function line(
  { from, to }: Cable,
  placed: ReadonlyMap<Group, Placed>,
  half: number,
  levels: GroupedFabric['levels']
): [number, number][] {
  const [a, b] = [placed.get(from), placed.get(to)];
  if (a === undefined || b === undefined) return [];
  if (from.level === to.level) return arc(middle(a), middle(b), from.level, half);
  const [low, high] = from.level < to.level ? [a, b] : [b, a];
  // Upwards on the left, downwards on the right.
  const shift = (from.level < to.level ? -1 : 1) * half * (low.group.level === 0 ? 1 : 1.6);
  const x = middle(low) + shift;
  const alone = levels[high.group.level]?.length === 1;
  const over = alone || low.group.level === 0 ? x : middle(high) + shift;
  const points: [number, number][] = [
    [x, low.group.level],
    [over, high.group.level]
  ];
  return from.level < to.level ? points : points.reverse();
}

// The two directions have arcs of different heights.
function arc(from: number, to: number, level: number, half: number): [number, number][] {
  const height = 0.25 + 0.65 * Math.abs(to - from) + (from < to ? 0 : 0.1);
  const shift = (from < to ? -1 : 1) * half;
  return Array.from({ length: arcPoints }, (_, index): [number, number] => {
    const t = index / (arcPoints - 1);
    return [from + (to - from) * t + shift * (1 - 2 * t), level + height * 4 * t * (1 - t)];
  });
}

function middle({ left, right }: Placed): number {
  return (left + right) / 2;
}
