/** What a node's time went to: the words, their colours, and the sums. */
import type { NodeId } from '../../../core/node.ts';
import type { IterationRow, Row } from '../../../core/record.ts';
import type { RunResult } from '../run-result.ts';
import { activityColours } from './palette.ts';
import type { Json } from './plot.ts';
import { endOf } from './target.ts';

export type Activity = keyof typeof activityColours;

/** As legends have them, in the order in which they are stacked. */
export const activityLabels: Readonly<Record<Activity, string>> = {
  compute: 'compute',
  communicate: 'communicate',
  wait: 'wait (parked)',
  apply: 'encode, decode, apply',
  other: 'idle'
};

/** Shares of a node's time by activity; they sum to 1. */
export interface TimeShares {
  readonly node: NodeId;
  readonly shares: Readonly<Record<Activity, number>>;
}

/** The colour of an activity. `shown` are those that occur. */
export function activityColour(shown: readonly Activity[]): { [key: string]: Json } {
  return {
    field: 'activity',
    type: 'nominal',
    title: null,
    sort: shown.map(activity => activityLabels[activity]),
    scale: {
      domain: shown.map(activity => activityLabels[activity]),
      range: shown.map(activity => activityColours[activity])
    }
  };
}

/**
 * Shares of every worker and server of a run, workers first. A worker's time is that from its
 * first iteration to the end of its last whole one; its declared work falls into the time between
 * computations. A server's is that of the run.
 */
export function sharesOfRun(result: RunResult): TimeShares[] {
  const work = new Map<string, number>();
  for (const row of result.rows) if (row.kind === 'traffic') work.set(row.node, row.workNanos);
  const workers = [...iterationsByWorker(result.rows)].map(([node, rows]) =>
    workerShares(node, rows, work.get(node) ?? 0)
  );
  const servers = result.rows.flatMap(row =>
    row.kind === 'shard' ? [serverShares(row.node, work.get(row.node) ?? 0, endOf(result))] : []
  );
  return [...workers, ...servers.sort((one, other) => rankOf(one.node) - rankOf(other.node))];
}

/** Iterations of each worker by clock, workers by rank. */
export function iterationsByWorker(rows: readonly Row[]): Map<NodeId, IterationRow[]> {
  const workers = new Map<NodeId, IterationRow[]>();
  for (const row of rows) {
    if (row.kind !== 'iteration') continue;
    const own = workers.get(row.node);
    if (own === undefined) workers.set(row.node, [row]);
    else own.push(row);
  }
  for (const own of workers.values()) own.sort((one, other) => one.started - other.started);
  return new Map([...workers].sort(([one], [other]) => rankOf(one) - rankOf(other)));
}

/** The rank in a node's name: 3 of `w3`. */
export function rankOf(node: string): number {
  return Number(node.slice(1));
}

function workerShares(node: NodeId, rows: readonly IterationRow[], work: number): TimeShares {
  const total = Math.max(1, rows[rows.length - 1]!.ended - rows[0]!.started);
  let compute = 0;
  let wait = 0;
  let between = 0;
  for (const row of rows) {
    const parked = Math.min(row.parkedNanos, row.ended - row.computed);
    compute += row.computed - row.started;
    wait += parked;
    between += row.ended - row.computed - parked;
  }
  const apply = Math.min(work, between);
  const other = Math.max(0, total - compute - wait - between);
  return {
    node,
    shares: {
      compute: compute / total,
      communicate: (between - apply) / total,
      wait: wait / total,
      apply: apply / total,
      other: other / total
    }
  };
}

function serverShares(node: NodeId, work: number, total: number): TimeShares {
  const apply = total === 0 ? 0 : Math.min(1, work / total);
  return { node, shares: { compute: 0, communicate: 0, wait: 0, apply, other: 1 - apply } };
}
