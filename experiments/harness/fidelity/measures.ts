/** What a prediction and a measurement of one run are compared by. */
import type { IterationRow, Row } from '../../../core/record.ts';

export interface Measures {
  /** Mean over all workers and iterations. */
  readonly iterationSeconds: number;
  /** Gradients of all workers that went into the params. */
  readonly updatesPerSecond: number;
  /** Sent for training, by all nodes, for each iteration of one worker. */
  readonly iterationBytes: number;
  readonly stalenessMean: number;
}

export const measureNames = [
  'iterationSeconds',
  'updatesPerSecond',
  'iterationBytes',
  'stalenessMean'
] as const satisfies readonly (keyof Measures)[];

/** Iterations at the start of each worker that do not count: windows and compilers grow. */
export const warmup = 5;

/** The measures of a run by its rows, of either driver. */
export function measuresOf(rows: readonly Row[]): Measures {
  const iterations = rows.filter((row): row is IterationRow => row.kind === 'iteration');
  const workers = new Map<string, IterationRow[]>();
  for (const row of iterations) {
    const own = workers.get(row.node) ?? [];
    own.push(row);
    workers.set(row.node, own);
  }
  const times: number[] = [];
  let first = Infinity;
  let last = 0;
  for (const own of workers.values()) {
    own.sort((a, b) => a.clock - b.clock);
    const begin = own[warmup - 1]?.ended ?? Number.NaN;
    const end = own[own.length - 1]?.ended ?? Number.NaN;
    times.push((end - begin) / (own.length - warmup) / 1e9);
    first = Math.min(first, begin);
    last = Math.max(last, end);
  }
  const counted = iterations.filter(row => row.clock >= warmup);
  const staleness = counted.flatMap(({ stalenessMean }) => stalenessMean ?? []);
  const bytes = rows.reduce(
    (sum, row) => sum + (row.kind === 'traffic' ? row.trainingBytes : 0),
    0
  );
  return {
    iterationSeconds: mean(times),
    updatesPerSecond: counted.filter(row => row.applied > 0).length / ((last - first) / 1e9),
    iterationBytes: bytes / iterations.length,
    stalenessMean: staleness.length === 0 ? 0 : mean(staleness)
  };
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
