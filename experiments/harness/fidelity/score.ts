/** How well predictions did: errors, and whether cells are ranked as they were measured. */
import { median } from 'simple-statistics';
import type { Measures } from './measures.ts';

/** A run that does not count, and why. */
export interface DroppedRun {
  readonly why: string;
  readonly measures: Measures;
}

export interface ComparedCell {
  readonly name: string;
  readonly predicted: Measures;
  /** Medians of the runs that count, and the runs. */
  readonly measured: Measures;
  readonly runs: readonly Measures[];
  readonly dropped: readonly DroppedRun[];
}

export interface Score {
  readonly medianError: number;
  readonly worstError: number;
  readonly worstCell: string;
  /** Pairs of cells whose measured times differ by more than `tieShare`, and those ranked alike. */
  readonly pairs: number;
  readonly ranked: number;
}

/** Cells whose times differ by less are no pair to be ranked. */
export const tieShare = 0.05;

/** Relative error of a prediction of something, with its sign: positive where it is too large. */
export function errorOf(cell: ComparedCell, name: keyof Measures): number {
  const [predicted, measured] = [cell.predicted[name], cell.measured[name]];
  if (predicted === measured) return 0;
  return predicted / measured - 1;
}

/** The score of the iteration times. Null for no cells. */
export function scoreOf(cells: readonly ComparedCell[]): Score | null {
  if (cells.length === 0) return null;
  const errors = cells.map(cell => Math.abs(errorOf(cell, 'iterationSeconds')));
  const worst = errors.indexOf(Math.max(...errors));
  let pairs = 0;
  let ranked = 0;
  cells.forEach((one, index) => {
    for (const other of cells.slice(index + 1)) {
      const measured = order(one.measured, other.measured);
      if (Math.abs(measured) <= tieShare) continue;
      pairs += 1;
      if (measured * order(one.predicted, other.predicted) > 0) ranked += 1;
    }
  });
  return {
    medianError: median(errors),
    worstError: errors[worst]!,
    worstCell: cells[worst]!.name,
    pairs,
    ranked
  };
}

/** Medians of each measure. */
export function medians(runs: readonly Measures[]): Measures {
  const of = (name: keyof Measures): number => median(runs.map(run => run[name]));
  return {
    iterationSeconds: of('iterationSeconds'),
    updatesPerSecond: of('updatesPerSecond'),
    iterationBytes: of('iterationBytes'),
    stalenessMean: of('stalenessMean')
  };
}

// How much longer one takes than the other, of the longer one.
function order(one: Measures, other: Measures): number {
  const [a, b] = [one.iterationSeconds, other.iterationSeconds];
  return (a - b) / Math.max(a, b);
}
