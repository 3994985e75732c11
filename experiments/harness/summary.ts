/** One run in a few figures, from its rows. */
import type { StopConfig } from '../../core/config.ts';
import type { Outcome } from '../../core/node.ts';
import type { EvaluationRow, IterationRow, Row, ShardRow } from '../../core/record.ts';

/** The figures of one run. Null where there is none: a target not reached, a run without one. */
export interface Summary {
  readonly outcome: Outcome;
  /** Length of the run, and when the cut that reached the target was complete. */
  readonly seconds: number;
  readonly secondsToTarget: number | null;
  readonly versionsToTarget: number | null;
  readonly gradientsToTarget: number | null;
  /** Share of the workers' time in which they computed nothing, in [0, 1]. */
  readonly idleShare: number | null;
  /** Share of the workers' time in which their wish was parked by the consistency model. */
  readonly parkedShare: number | null;
  /** Over all applied gradients and all shards. */
  readonly stalenessMean: number | null;
  readonly stalenessMax: number | null;
  /** Training traffic of all nodes. */
  readonly bytesSent: number;
  readonly finalLoss: number | null;
  readonly finalAccuracy: number | null;
}

const nanosPerSecond = 1e9;

/** Sums up a run. Throws when the rows have no outcome: they are those of a run that was cut off. */
export function summarize(rows: readonly Row[], stopAt: StopConfig): Summary {
  const end = rows.findLast(row => row.kind === 'outcome');
  if (end?.kind !== 'outcome') throw new Error('the rows have no outcome: the run was cut off');
  const evaluations = rows.filter(row => row.kind === 'evaluation');
  const target = evaluations.find(row => reaches(row, stopAt));
  const last = evaluations.findLast(row => row.final) ?? evaluations.at(-1);
  const iterations = rows.filter(row => row.kind === 'iteration');
  return {
    outcome: end.outcome,
    seconds: end.at / nanosPerSecond,
    secondsToTarget: target === undefined ? null : target.at / nanosPerSecond,
    versionsToTarget: target?.versions ?? null,
    gradientsToTarget: target?.gradients ?? null,
    ...timeShares(iterations),
    ...staleness(rows.filter(row => row.kind === 'shard')),
    bytesSent: sum(rows.map(row => (row.kind === 'traffic' ? row.trainingBytes : 0))),
    finalLoss: last?.loss ?? null,
    finalAccuracy: last?.accuracy ?? null
  };
}

/** Whether this evaluation reaches the target of the run; false where it has none. */
export function reaches(row: EvaluationRow, stopAt: StopConfig): boolean {
  const { accuracy, loss } = stopAt;
  if (accuracy !== undefined && row.accuracy !== null && row.accuracy >= accuracy) return true;
  return loss !== undefined && row.loss <= loss;
}

// From each worker's first iteration to the end of its last whole one, so that what was cut short
// by the end of the run counts neither as work nor as idleness.
function timeShares(rows: readonly IterationRow[]): {
  idleShare: number | null;
  parkedShare: number | null;
} {
  const spans = new Map<string, { first: number; last: number }>();
  for (const { node, started, ended } of rows) {
    const span = spans.get(node) ?? { first: started, last: ended };
    spans.set(node, { first: Math.min(span.first, started), last: Math.max(span.last, ended) });
  }
  const total = sum([...spans.values()].map(span => span.last - span.first));
  if (total === 0) return { idleShare: null, parkedShare: null };
  return {
    idleShare: 1 - sum(rows.map(row => row.computed - row.started)) / total,
    parkedShare: sum(rows.map(row => row.parkedNanos)) / total
  };
}

function staleness(rows: readonly ShardRow[]): {
  stalenessMean: number | null;
  stalenessMax: number | null;
} {
  let gradients = 0;
  let total = 0;
  let max = 0;
  for (const { histogram } of rows) {
    for (const [staleness, count] of histogram.entries()) {
      gradients += count;
      total += count * staleness;
      if (count > 0) max = Math.max(max, staleness);
    }
  }
  if (gradients === 0) return { stalenessMean: null, stalenessMax: null };
  return { stalenessMean: total / gradients, stalenessMax: max };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
