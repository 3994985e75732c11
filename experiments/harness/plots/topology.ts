/** The network of a run: hosts, switches, links as wide as they are fast, coloured by their use. */
import type { FabricLink } from '../../../core/environment/network/fabric.ts';
import { buildFabric } from '../../../core/environment/network.ts';
import { nodeIds } from '../../../core/node-id.ts';
import type { RunResult } from '../run-result.ts';
import { type Arrangement, arrange, type CellRuns, cellsOf, cellTitle } from './arrangement.ts';
import { formatPercent } from './format.ts';
import { utilisationSteps } from './palette.ts';
import type { Datum, DrawPlot } from './plot.ts';
import { groupFabric } from './topology-groups.ts';
import { type Drawn, type Layout, layOut } from './topology-layout.ts';
import { topologyMarks } from './topology-marks.ts';

/** With more cells than this the first and the last series of each place are drawn. */
const panelsMax = 6;
/** Pixels of the narrowest panel's network, for what of a label fits. */
const panelPixels = 210;
const letterPixels = 7;
/** Pixels of the fastest cable, where a panel has at most so many: more would run into each other. */
const widths = [
  { cables: 36, widest: 4.5 },
  { cables: 150, widest: 2.5 },
  { cables: Infinity, widest: 1.4 }
] as const;
/** Beyond this many labels of hosts in a row they stand upright. */
const flatLabelsMax = 10;

/** A network as it is drawn in one panel. */
interface Picture {
  readonly panel: string;
  readonly layout: Layout;
  readonly levels: readonly string[];
  /** Mean use of each cable, from 0 to 1; null where it was not measured. */
  readonly use: ReadonlyMap<Drawn, number | null>;
}

/** Null where no run has a network with links. */
export const topology: DrawPlot = results => {
  const arrangement = arrange(results);
  const pictures = chosen(cellsOf(arrangement), arrangement).flatMap(
    cell => picture(cell, arrangement) ?? []
  );
  if (pictures.length === 0) return null;
  const levels = Math.max(...pictures.map(one => one.levels.length));
  const highest = Math.max(
    ...pictures.flatMap(({ layout }) =>
      layout.drawn.flatMap(({ points }) => points.map(([, y]) => y))
    )
  );
  const labels = Math.max(...pictures.map(({ layout }) => hostsOf(layout).length));
  const upright = labels > flatLabelsMax;
  const shares = pictures.flatMap(({ use }) => [...use.values()]);
  const measured = shares.some(share => share !== null);
  const steps = utilisationSteps
    .filter(({ below }) => below > 0 || shares.includes(null))
    .map(({ label }) => label);
  const cables = Math.max(...pictures.map(({ layout }) => layout.drawn.length));
  const { widest } = widths.find(width => cables <= width.cables) ?? widths[0];
  return {
    name: 'topology',
    title: title(pictures),
    caption: caption(pictures, measured),
    data: pictures.flatMap(pictureData),
    view: topologyMarks({ highest, upright, rates: ratesOf(pictures), widest, steps }),
    panels: pictures.map(({ panel }) => panel),
    ownScale: null,
    columnsMax: Math.min(3, pictures.length),
    widthMax: null,
    height: 60 + 66 * Math.max(levels - 1, highest) + (upright ? 40 : 0),
    axisWidth: 0,
    legend: steps,
    steps: arrangement.series.length
  };
};

function chosen(cells: readonly CellRuns[], arrangement: Arrangement): readonly CellRuns[] {
  if (cells.length <= panelsMax) return cells;
  const { series } = arrangement;
  const ends = [series[0], series[series.length - 1]];
  return cells.filter(cell => ends.includes(cell.series)).slice(0, 2 * panelsMax);
}

function picture(cell: CellRuns, arrangement: Arrangement): Picture | null {
  const run = cell.results[0]!;
  const { network } = run.config.environment;
  if (network.kind === 'ideal') return null;
  const nodes = nodeIds(run.config);
  const fabric = buildFabric(network, nodes);
  const grouped = groupFabric(fabric, nodes);
  const layout = layOut(grouped);
  const carried = carriedBy(run, fabric.hosts, fabric.hostOf, nodes);
  const use = new Map(
    layout.drawn.map(drawn => [drawn, meanUse(drawn.cable.links, carried)] as const)
  );
  const levels = grouped.levels.map((row, level) =>
    level === 0 ? 'host' : levelName(row[0]?.members[0] ?? '', network.kind)
  );
  return { panel: cellTitle(cell, arrangement), layout, levels, use };
}

function levelName(name: string, kind: string): string {
  if (kind === 'wan') return 'region';
  return kind === 'graph' ? 'switch' : (/^[a-z]+/.exec(name)?.[0] ?? '');
}

/** Bytes a second that each link carried in the mean. */
function carriedBy(
  { rows }: RunResult,
  hosts: readonly string[],
  hostOf: readonly number[],
  nodes: readonly string[]
): ReadonlyMap<string, number> {
  // A real run measures each node by itself, a simulated one the cable that nodes of a host share.
  const hostOfNode = new Map(nodes.map((node, index) => [node, hosts[hostOf[index]!]!]));
  const carried = new Map<string, number>();
  for (const row of rows) {
    if (row.kind !== 'link') continue;
    const nanos = row.ends[row.ends.length - 1] ?? 0;
    if (nanos === 0) continue;
    const [, node = '', way] = /^(\S+) (up|down)$/.exec(row.link) ?? [];
    const host = hostOfNode.get(node);
    const name = host === undefined ? row.link : `${host} ${way}`;
    const bytes = row.bytes.reduce((sum, count) => sum + count, 0);
    carried.set(name, (carried.get(name) ?? 0) + bytes / (nanos / 1e9));
  }
  return carried;
}

function meanUse(
  links: readonly FabricLink[],
  carried: ReadonlyMap<string, number>
): number | null {
  const known = links.filter(({ name }) => carried.has(name));
  if (known.length === 0) return null;
  const rate = known.reduce((sum, { name }) => sum + (carried.get(name) ?? 0), 0);
  return rate / capacityOf(links);
}

function capacityOf(links: readonly FabricLink[]): number {
  return links.reduce((sum, { bytesPerSecond }) => sum + bytesPerSecond, 0);
}

function hostsOf({ placed }: Layout): Layout['placed'] {
  return placed.filter(({ group }) => group.level === 0);
}

function pictureData({ panel, layout, levels, use }: Picture): Datum[] {
  // The loaded ones are drawn over the others.
  const byUse = [...layout.drawn].sort((one, other) => (use.get(one) ?? 0) - (use.get(other) ?? 0));
  const lines = byUse.flatMap((drawn, index) => {
    const { from, to, links } = drawn.cable;
    const share = use.get(drawn) ?? null;
    const rate = 8 * capacityOf(links);
    return drawn.points.map(([x, y], order) => ({
      panel,
      what: 'link',
      cable: index,
      order,
      x,
      y,
      rate,
      use: useLabel(share),
      percent: share === null ? null : 100 * share,
      name: links.length === 1 ? links[0]!.name : `${from.label} to ${to.label}`,
      links: links.length
    }));
  });
  const glyphs = layout.placed.flatMap(({ group, left, right }): Datum[] => {
    const { label, level, role, members } = group;
    const common = { panel, name: label, y: level };
    if (level === 0) {
      return [{ ...common, what: 'host', x: (left + right) / 2, role, links: members.length }];
    }
    // A switch that is alone on its level has the level's name.
    const alone = layout.placed.filter(other => other.group.level === level).length === 1;
    const fits = !alone && label.length * letterPixels <= (right - left) * panelPixels;
    const bar = { ...common, what: 'switch', x: left, right };
    return fits ? [bar, { ...bar, what: 'switch label' }] : [bar];
  });
  const names = levels.map((name, y) => ({ panel, what: 'level', x: -0.04, y, name }));
  return [...lines, ...glyphs, ...names];
}

function useLabel(share: number | null): string {
  if (share === null) return utilisationSteps[utilisationSteps.length - 1]!.label;
  const step = utilisationSteps.find(({ below }) => share * 100 < below);
  return (step ?? utilisationSteps[utilisationSteps.length - 2]!).label;
}

// At most three rates for the legend: the least, the most, and one between.
function ratesOf(pictures: readonly Picture[]): number[] {
  const rates = pictures.flatMap(({ layout }) =>
    layout.drawn.map(({ cable }) => 8 * capacityOf(cable.links))
  );
  const distinct = [...new Set(rates)].sort((one, other) => one - other);
  const [least = 1] = distinct;
  const most = distinct[distinct.length - 1] ?? least;
  const between = distinct[Math.floor(distinct.length / 2)] ?? least;
  return [...new Set([least, between, most])];
}

function title(pictures: readonly Picture[]): string {
  let busiest: { name: string; panel: string; share: number } | null = null;
  for (const { panel, use } of pictures) {
    for (const [{ cable }, share] of use) {
      if (share === null || (busiest !== null && busiest.share >= share)) continue;
      const [only] = cable.links;
      const one = cable.links.length === 1 && only !== undefined;
      const name = one ? only.name : `${cable.from.label} to ${cable.to.label}`;
      busiest = { name, panel, share };
    }
  }
  if (busiest === null) return 'The network of the runs';
  const under = pictures.length === 1 ? '' : ` under ${busiest.panel}`;
  return `The busiest link, ${busiest.name}, carries ${formatPercent(busiest.share)} of its capacity${under}`;
}

function caption(pictures: readonly Picture[], measured: boolean): string {
  const together = pictures.some(({ layout }) =>
    layout.placed.some(({ group }) => group.members.length > 1)
  );
  const several = pictures.some(({ layout }) =>
    layout.placed.some(one => one.group.role === 'both')
  );
  return [
    `Circle: host of workers; square: of servers${several ? '; diamond: of both' : ''}; bar: switch.`,
    'A pair of lines is a cable, out of the hosts on the left and in on the right.',
    ...(together ? ['Neighbours are drawn as one, and their links as one of their sum.'] : []),
    measured ? 'One run of each cell, the first seed.' : 'What the links carried was not measured.'
  ].join(' ');
}
