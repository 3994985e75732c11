/** When a run reached the target that it was to stop at. */
import type { EvaluationRow } from '../../../core/record.ts';
import type { RunResult } from '../run-result.ts';
import { reaches } from '../summary.ts';
import { formatPercent } from './format.ts';

export interface Target {
  readonly measure: 'accuracy' | 'loss';
  readonly value: number;
}

/** The way to the target; a run that ended before it is censored: it would have taken longer. */
export interface WayToTarget {
  /** Seconds since the start of training. */
  readonly seconds: number;
  /** Gradients applied, over all workers. */
  readonly gradients: number;
  readonly reached: boolean;
}

/** The target that all runs share; null where there is none, or not the same for all. */
export function sharedTarget(results: readonly RunResult[]): Target | null {
  const targets = results.map(targetOf);
  const [first = null] = targets;
  const same = targets.every(
    target => target?.measure === first?.measure && target?.value === first?.value
  );
  return same ? first : null;
}

/** `92 % accuracy`, `a loss of 0.3`. */
export function targetText(target: Target): string {
  return target.measure === 'accuracy'
    ? `${formatPercent(target.value)} accuracy`
    : `a loss of ${target.value}`;
}

/** When the run met the target for the first time, or when it ended without. */
export function wayToTarget(result: RunResult, target: Target): WayToTarget {
  const evaluations = evaluationsOf(result);
  const met = evaluations.find(row => reaches(row, { [target.measure]: target.value }));
  if (met !== undefined) return { seconds: met.at / 1e9, gradients: met.gradients, reached: true };
  const gradients = evaluations[evaluations.length - 1]?.gradients ?? 0;
  return { seconds: endOf(result) / 1e9, gradients, reached: false };
}

/** Evaluations in the order of time. */
export function evaluationsOf(result: RunResult): EvaluationRow[] {
  return result.rows
    .filter(row => row.kind === 'evaluation')
    .sort((one, other) => one.at - other.at);
}

/** The end of a run: of its last row that has a time, in nanoseconds since the start of training. */
export function endOf(result: RunResult): number {
  let end = 0;
  for (const row of result.rows) {
    if (row.kind === 'outcome' && row.node === 'c') return row.at;
    if (row.kind === 'evaluation') end = Math.max(end, row.at);
    if (row.kind === 'iteration') end = Math.max(end, row.ended);
  }
  return end;
}

/** Whether the run ended because a loss or a param became infinite or NaN. */
export function diverged(result: RunResult): boolean {
  return result.rows.some(row => row.kind === 'outcome' && row.outcome.kind === 'diverged');
}

function targetOf({ config }: RunResult): Target | null {
  const { accuracy, loss } = config.stopAt;
  if (accuracy !== undefined) return { measure: 'accuracy', value: accuracy };
  return loss === undefined ? null : { measure: 'loss', value: loss };
}
