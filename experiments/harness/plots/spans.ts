/**
 * What nodes and links did, when, as far as the rows of a run tell: the bars of a timeline, and the
 * events of a trace file. Simulated runs tell of the work and the transfers of their start (of all
 * with `--trace`); of the rest, and of real runs, an iteration's own times are all there is.
 */
import type { NodeId } from '../../../core/node.ts';
import type { FaultRow, IterationRow, Row, TransferRow, WorkRow } from '../../../core/record.ts';
import { type Activity, iterationsByWorker, rankOf } from './activity.ts';
import { digits } from './format.ts';

/** Something that a node or a link did for a while. */
export interface Span {
  /** `w3`, `s0`; `s0 in` and `s0 out` for a server's links; a trunk has its own name: `rack0 up`. */
  readonly lane: string;
  /** A fault goes on beside what its node does meanwhile. */
  readonly activity: Activity | 'fault';
  /** Nanoseconds. */
  readonly from: number;
  readonly to: number;
  /** What there is to say of it besides: `iteration 4, staleness 2`. */
  readonly detail: string;
}

/** Of what kind a lane is. Spans of nodes follow one another, those of links may overlap. */
export type LaneKind = 'worker' | 'server' | 'link' | 'trunk';

export function laneKind(lane: string): LaneKind {
  const [, role, way] = /^([ws])\d+( in| out)?$/.exec(lane) ?? [];
  if (role === undefined) return 'trunk';
  if (way !== undefined) return 'link';
  return role === 'w' ? 'worker' : 'server';
}

/** Lanes in the order of a picture: workers, servers, their links, trunks. */
export function compareLanes(one: string, other: string): number {
  const kinds: readonly LaneKind[] = ['worker', 'server', 'link', 'trunk'];
  const byKind = kinds.indexOf(laneKind(one)) - kinds.indexOf(laneKind(other));
  if (byKind !== 0) return byKind;
  const [a = '', b = ''] = [one.split(' ')[0], other.split(' ')[0]];
  return rankOf(a) - rankOf(b) || (one < other ? -1 : one > other ? 1 : 0);
}

/**
 * All spans of a run that are known, those of a lane by their beginnings. `trunks` says which of the
 * links between switches that have a lane a message crosses.
 */
export function spansOfRun(
  rows: readonly Row[],
  trunks: (from: NodeId, to: NodeId) => readonly string[] = () => []
): Span[] {
  const transfers: TransferRow[] = [];
  const work: WorkRow[] = [];
  for (const row of rows) {
    if (row.kind === 'transfer') transfers.push(row);
    else if (row.kind === 'work') work.push(row);
  }
  const told = toldByNode(transfers, work);
  const until = recordedUntil(rows);
  const found: Span[] = [];
  for (const [node, iterations] of iterationsByWorker(rows)) {
    const own = told.get(node);
    for (const row of iterations) {
      found.push(...(own === undefined || row.ended > until ? outline(row) : exact(row, own)));
    }
  }
  for (const row of work) {
    if (!row.node.startsWith('s')) continue;
    const { node, operation, started, ended } = row;
    found.push({ lane: node, activity: 'apply', from: started, to: ended, detail: operation });
  }
  for (const row of transfers) found.push(...linkSpans(row, trunks(row.node, row.to)));
  const lanes = new Set(found.map(({ lane }) => lane));
  for (const row of rows) if (row.kind === 'fault') found.push(...faultSpans(row, rows, lanes));
  return found.sort((one, other) => compareLanes(one.lane, other.lane) || one.from - other.from);
}

type Interval = readonly [from: number, to: number];

/** What rows tell of one node. */
interface Told {
  readonly transfers: Interval[];
  readonly work: Interval[];
}

function toldByNode(
  transfers: readonly TransferRow[],
  work: readonly WorkRow[]
): Map<string, Told> {
  const told = new Map<string, Told>();
  const of = (node: string): Told => {
    let own = told.get(node);
    if (own === undefined) {
      own = { transfers: [], work: [] };
      told.set(node, own);
    }
    return own;
  };
  for (const { node, to, sent, arrived } of transfers) {
    of(node).transfers.push([sent, arrived]);
    of(to).transfers.push([sent, arrived]);
  }
  for (const { node, started, ended } of work) of(node).work.push([started, ended]);
  return told;
}

/**
 * Until when, in nanoseconds, the transfers in the rows are all that there were: for ever, when there are
 * as many as messages but those that were under way at the end.
 */
export function recordedUntil(rows: readonly Row[]): number {
  let messages = 0;
  let transfers = 0;
  let last = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    if (row.kind === 'traffic') messages += row.trainingMessages;
    else if (row.kind === 'transfer') {
      transfers += 1;
      last = row.arrived;
    }
  }
  return transfers >= 0.9 * messages ? Number.POSITIVE_INFINITY : last;
}

// What is neither on its way nor worked on waits.
function exact(row: IterationRow, told: Told): Span[] {
  const { computed, ended } = row;
  const busy = clipped(told.work, computed, ended);
  const moving = without(clipped(told.transfers, computed, ended), busy);
  const idle = without(without([[computed, ended]], busy), moving);
  return [
    ...spans(row, 'compute', [[row.started, computed]]),
    ...spans(row, 'apply', busy),
    ...spans(row, 'communicate', moving),
    ...spans(row, 'wait', idle)
  ];
}

// Where within the exchange an answer was parked isn't known: it's put in the middle, between the
// way there and the way back, taken as equally long.
function outline(row: IterationRow): Span[] {
  const { started, computed, ended } = row;
  const parked = Math.min(row.parkedNanos, ended - computed);
  const way = (ended - computed - parked) / 2;
  return [
    ...spans(row, 'compute', [[started, computed]]),
    ...spans(row, 'communicate', [
      [computed, computed + way],
      [ended - way, ended]
    ]),
    ...spans(row, 'wait', [[computed + way, ended - way]])
  ];
}

function spans(row: IterationRow, activity: Activity, intervals: readonly Interval[]): Span[] {
  const detail = `iteration ${row.clock}${stalenessText(row)}`;
  return intervals.flatMap(([from, to]) =>
    to > from ? [{ lane: row.node, activity, from, to, detail }] : []
  );
}

function stalenessText({ stalenessMax, stalenessMean }: IterationRow): string {
  if (stalenessMax === null) return '';
  const mean = stalenessMean ?? stalenessMax;
  const spread = mean === stalenessMax ? '' : ` at most, ${mean.toFixed(1)} on average`;
  return `, staleness ${stalenessMax}${spread}`;
}

function linkSpans(row: TransferRow, trunks: readonly string[]): Span[] {
  const { node, to, message, bytes, sent, arrived } = row;
  const own = to.startsWith('s') ? [`${to} in`] : node.startsWith('s') ? [`${node} out`] : [];
  const detail = `${message} ${node} to ${to}, ${digits(bytes / 1e3)} kB`;
  return [...own, ...trunks].map(lane => {
    return { lane, activity: 'communicate', from: sent, to: arrived, detail };
  });
}

// A fault stands in the lanes of those whom it struck.
function faultSpans(
  { fault, subject, began, ended }: FaultRow,
  rows: readonly Row[],
  lanes: ReadonlySet<string>
): Span[] {
  const end = rows.findLast(row => row.kind === 'outcome');
  const to = ended ?? (end?.kind === 'outcome' ? end.at : began);
  const struck = new Set(subject.match(/[a-z]\d*/g));
  return [...struck]
    .filter(lane => lanes.has(lane))
    .map(lane => ({ lane, activity: 'fault', from: began, to, detail: `${fault} ${subject}` }));
}

/** The union of the parts of intervals that lie within [from, to], ascending. */
function clipped(intervals: readonly Interval[], from: number, to: number): Interval[] {
  const parts: [number, number][] = [];
  for (const [begin, end] of intervals) {
    if (end > from && begin < to) parts.push([Math.max(begin, from), Math.min(end, to)]);
  }
  parts.sort(([one], [other]) => one - other);
  const union: [number, number][] = [];
  for (const part of parts) {
    const last = union.at(-1);
    if (last !== undefined && part[0] <= last[1]) last[1] = Math.max(last[1], part[1]);
    else union.push(part);
  }
  return union;
}

/** What is left of ascending intervals without others, ascending too. */
function without(intervals: readonly Interval[], others: readonly Interval[]): Interval[] {
  const rest: Interval[] = [];
  for (const [begin, end] of intervals) {
    let from = begin;
    for (const [other, otherEnd] of others) {
      if (otherEnd <= from || other >= end) continue;
      if (other > from) rest.push([from, other]);
      from = otherEnd;
    }
    if (from < end) rest.push([from, end]);
  }
  return rest;
}
