/** The two drivers behind one function, for tests whose body is the same on both. */
import type { Config } from '../../core/config.ts';
import type { Outcome } from '../../core/node.ts';
import type { Row } from '../../core/record.ts';
import { createLearner } from '../../exec/learning/learner.ts';
import { runReal } from '../../exec/supervisor.ts';
import { simulate } from '../../experiments/harness/simulate.ts';

/** What a run comes to, in either driver. */
export interface DrivenRun {
  readonly rows: readonly Row[];
  readonly outcome: Outcome;
}

export interface Driver {
  readonly name: string;
  run(config: Config): Promise<DrivenRun>;
}

/** Virtual time. */
export const simulation: Driver = {
  name: 'simulation',
  async run(config) {
    const learner = await createLearner(config, { backend: null });
    try {
      const { rows, outcome } = await simulate(config, { learner, check: true });
      return { rows, outcome };
    } finally {
      learner.close();
    }
  }
};

/** Processes and TCP over the loopback interface. */
export const processes: Driver = {
  name: 'processes',
  run: config => runReal(config, { transport: 'tcp' })
};

/** The rows of one kind. */
export function rowsOf<K extends Row['kind']>(
  rows: readonly Row[],
  kind: K
): readonly Extract<Row, { kind: K }>[] {
  return rows.filter((row): row is Extract<Row, { kind: K }> => row.kind === kind);
}

/** Digest of the final params, as the coordinator recorded it. */
export function digestOf(rows: readonly Row[]): string | null {
  return rowsOf(rows, 'outcome')[0]?.digest ?? null;
}
