/** How full the links were over time: links of one role and direction together. */
import type { LinkRow } from '../../../core/record.ts';
import type { RunResult } from '../run-result.ts';
import { type Arrangement, arrange, type CellRuns, cellsOf, cellTitle } from './arrangement.ts';
import { formatPercent, formatSeconds } from './format.ts';
import { extremesText, rankCells } from './headline.ts';
import { nominalColours } from './palette.ts';
import { farApart, reachByPanel } from './panel-scale.ts';
import type { Datum, DrawPlot, Json } from './plot.ts';

/** Links that do the same: their mean is a line, their extremes a band. */
interface LinkGroup {
  readonly label: string;
  readonly links: readonly LinkRow[];
}

const groupOrder = [
  'servers, in',
  'servers, out',
  'servers, both ways',
  'workers, in',
  'workers, out',
  'workers, both ways'
];

/** Every cell is a panel here, and slow cells beside fast ones are what the eye compares. */
const apartRatio = 8;

/** Points a line has at most: neighbouring buckets are joined above it. */
const pointsMax = 48;

/** Null where the network has no links that were measured. */
export const linkUtilisation: DrawPlot = results => {
  const arrangement = arrange(results);
  const cells = cellsOf(arrangement).filter(cell => linksOf(cell.results[0]!).length > 0);
  if (cells.length === 0) return null;
  const shares = cells.every(cell =>
    linksOf(cell.results[0]!).every(({ bytesPerSecond }) => bytesPerSecond !== null)
  );
  const lines = cells.flatMap(cell => cellLines(cell, arrangement, shares));
  const busiest = busiestGroups(lines);
  const data = lines.filter(({ group }) => busiest.includes(String(group)));
  const found = [...new Set(data.map(({ group }) => String(group)))];
  const left = new Set(lines.map(({ group }) => group)).size - found.length;
  const groups = [
    ...groupOrder.filter(label => found.includes(label)),
    ...found.filter(label => !groupOrder.includes(label))
  ];
  const ends = data.map(({ panel, seconds }) => ({ panel: String(panel), at: Number(seconds) }));
  return {
    name: 'link-utilisation',
    title: title(results, shares),
    caption: [
      'One run of each cell, the first seed. Line: mean over the links of a role and direction,',
      `and over ${formatSeconds(widest(cells))}: what comes and goes faster is not seen.`,
      'Band: from the least to the most loaded link.',
      ...busiestInUse(cells, arrangement),
      ...(left === 0
        ? []
        : [`Of the links between switches ${left} that carry less are left out.`]),
      ...(shares ? [] : ['The capacity of some links is not known, so bytes a second are shown.'])
    ].join(' '),
    data,
    view: { layer: layers(groups, shares) },
    panels: cells.map(cell => cellTitle(cell, arrangement)),
    ownScale: farApart([...reachByPanel(ends).values()], apartRatio) ? 'x' : null,
    columnsMax: arrangement.drivers.length > 1 ? 2 : 3,
    widthMax: null,
    height: 140,
    axisWidth: 66,
    legend: groups,
    steps: arrangement.series.length
  };
};

/** Bytes that a link carried over what it could have carried in a run; null without a capacity. */
export function utilisation({ bytes, bytesPerSecond, ends }: LinkRow): number | null {
  const nanos = ends[ends.length - 1] ?? 0;
  if (bytesPerSecond === null || nanos === 0) return null;
  return bytes.reduce((sum, count) => sum + count, 0) / (bytesPerSecond * (nanos / 1e9));
}

/** Cells of which a caption says how long their busiest link was in use. */
const cellsMax = 6;

// A link that is full half of the time looks half full where a point is a mean of both.
function busiestInUse(cells: readonly CellRuns[], arrangement: Arrangement): string[] {
  if (cells.length > cellsMax) return [];
  const parts = cells.flatMap(cell => {
    const used = linksOf(cell.results[0]!).flatMap(row => {
      const [nanos, share] = [row.ends.at(-1) ?? 0, utilisation(row) ?? 0];
      const inUse = nanos === 0 ? 0 : (row.busyNanos ?? 0) / nanos;
      return inUse === 0 ? [] : [{ link: row.link, share, inUse }];
    });
    if (used.length === 0) return [];
    const { link, share, inUse } = used.reduce((most, one) =>
      one.share > most.share ? one : most
    );
    const [time, rate] = [percent(inUse), percent(share / inUse)];
    const title = cellTitle(cell, arrangement);
    return [`${title === '' ? link : `${title} (${link})`} ${time} of the time, at ${rate}`];
  });
  if (parts.length === 0) return [];
  return [
    `How long the busiest link is in use, and at what share of its capacity: ${parts.join('; ')}.`
  ];
}

function percent(share: number): string {
  return formatPercent(Math.round(100 * share) / 100);
}

// Hosts, and of the rest those with the highest mean over all: no more than there are colours.
function busiestGroups(lines: readonly Datum[]): string[] {
  const sums = new Map<string, { sum: number; count: number }>();
  for (const { group, mean } of lines) {
    const own = sums.get(String(group)) ?? { sum: 0, count: 0 };
    sums.set(String(group), { sum: own.sum + Number(mean), count: own.count + 1 });
  }
  const rank = (group: string, { sum, count }: { sum: number; count: number }): number =>
    groupOrder.includes(group) ? Infinity : sum / count;
  return [...sums]
    .map(([group, own]) => ({ group, rank: rank(group, own) }))
    .sort((one, other) => (one.rank === other.rank ? 0 : other.rank - one.rank))
    .slice(0, nominalColours.length)
    .map(({ group }) => group);
}

// How long a point is the mean of: of the cell whose points are the widest. All links have one clock.
function widest(cells: readonly CellRuns[]): number {
  const nanos = cells.map(cell => joinBuckets(linksOf(cell.results[0]!)[0]!).ends[0] ?? 0);
  return Math.max(...nanos) / 1e9;
}

function linksOf({ rows }: RunResult): LinkRow[] {
  return rows.filter(row => row.kind === 'link').filter(({ ends }) => ends.length > 0);
}

// `s0 down` is a server's way in. Links that join switches stand for themselves, if they are few.
function groupsOf(links: readonly LinkRow[]): LinkGroup[] {
  const groups = new Map<string, LinkRow[]>();
  for (const link of links) {
    const label = groupLabel(link);
    if (label !== null) groups.set(label, [...(groups.get(label) ?? []), link]);
  }
  return [...groups].map(([label, links]) => ({ label, links }));
}

// Null for those of the coordinator, and between switches that nothing went over.
function groupLabel({ link, bytes }: LinkRow): string | null {
  const [, role, way] = /^([wsc])\d*(?: (up|down))?$/.exec(link) ?? [];
  if (role === 'c') return null;
  if (role !== undefined) {
    // Half duplex: one link of both directions.
    const direction = way === undefined ? 'both ways' : way === 'up' ? 'out' : 'in';
    return `${role === 's' ? 'servers' : 'workers'}, ${direction}`;
  }
  if (bytes.every(count => count === 0)) return null;
  if (link.endsWith(' loopback')) return 'loopback';
  const [, lower, upper, direction] =
    /^([a-z]+)[\d.]+(?:-([a-z]+)[\d.]+)? (up|down)$/.exec(link) ?? [];
  if (lower === undefined) return link;
  const join = upper === undefined ? `${lower} uplink` : `${lower} to ${upper}`;
  return `${join}, ${direction === 'up' ? 'out' : 'in'}`;
}

function cellLines(cell: CellRuns, arrangement: Arrangement, shares: boolean): Datum[] {
  return groupsOf(linksOf(cell.results[0]!)).flatMap(({ label, links }) => {
    const coarse = links.map(joinBuckets);
    return (coarse[0]?.ends ?? []).map((end, bucket) => {
      const begin = bucket === 0 ? 0 : coarse[0]!.ends[bucket - 1]!;
      const seconds = (end - begin) / 1e9;
      const rates = coarse.map(({ bytes, bytesPerSecond }) => {
        const rate = (bytes[bucket] ?? 0) / seconds;
        return shares ? (100 * rate) / (bytesPerSecond ?? 1) : rate / 1e6;
      });
      return {
        panel: cellTitle(cell, arrangement),
        group: label,
        seconds: (begin + end) / 2e9,
        mean: rates.reduce((sum, rate) => sum + rate, 0) / rates.length,
        low: Math.min(...rates),
        high: Math.max(...rates)
      };
    });
  });
}

// Joins buckets to at most `pointsMax`. The last ends with the run: a short one goes to its
// neighbour, since the rate within so little time is a matter of chance.
function joinBuckets(link: LinkRow): LinkRow {
  const joined = Math.ceil(link.ends.length / pointsMax);
  const ends: number[] = [];
  const bytes: number[] = [];
  link.ends.forEach((end, bucket) => {
    const into = Math.floor(bucket / joined);
    ends[into] = end;
    bytes[into] = (bytes[into] ?? 0) + (link.bytes[bucket] ?? 0);
  });
  const [end = 0, before = 0] = ends.slice(-2).reverse();
  if (ends.length > 1 && end - before < ends[0]! / 2) {
    ends.splice(-2, 1);
    bytes.splice(-2, 2, bytes.at(-2)! + bytes.at(-1)!);
  }
  return { ...link, ends, bytes };
}

function layers(groups: readonly string[], shares: boolean): Json[] {
  const x = {
    field: 'seconds',
    type: 'quantitative',
    title: 'Time since the start of training (s)',
    scale: { nice: false, zero: true }
  };
  const y = (field: string): Json => ({
    field,
    type: 'quantitative',
    title: shares ? 'Capacity used (%)' : 'Rate (MB/s)',
    scale: { zero: true },
    axis: { tickCount: 4 }
  });
  const color = {
    field: 'group',
    type: 'nominal',
    title: 'Links',
    sort: [...groups],
    scale: { domain: [...groups] }
  };
  const picked = (full: number, faint: number): Json => ({
    condition: { param: 'pick', value: full, empty: true },
    value: faint
  });
  return [
    {
      params: [{ name: 'pick', select: { type: 'point', fields: ['group'] }, bind: 'legend' }],
      mark: { type: 'line', strokeWidth: 1.5 },
      encoding: {
        x,
        y: y('mean'),
        color,
        opacity: picked(1, 0.1),
        tooltip: [
          { field: 'group', title: 'Links' },
          { field: 'seconds', title: 'Time (s)', type: 'quantitative', format: '.3~r' },
          { field: 'mean', title: 'Mean', type: 'quantitative', format: '.3~r' },
          { field: 'low', title: 'Least', type: 'quantitative', format: '.3~r' },
          { field: 'high', title: 'Most', type: 'quantitative', format: '.3~r' }
        ]
      }
    },
    {
      mark: { type: 'area', tooltip: false },
      encoding: { x, y: y('low'), y2: { field: 'high' }, color, opacity: picked(0.14, 0.02) }
    }
  ];
}

function title(results: readonly RunResult[], shares: boolean): string {
  if (!shares) return 'What the links carried over time';
  const ranked = rankCells(results, runs =>
    runs.flatMap(run => {
      const used = linksOf(run).map(link => utilisation(link) ?? 0);
      return used.length === 0 ? [] : [Math.max(...used)];
    })
  );
  const extremes = extremesText(ranked, formatPercent, 'of its capacity');
  return extremes === null
    ? 'Use of the links over time'
    : `Over a run the busiest link carries ${extremes}`;
}
