/** Experiments for closed forms: resolved configurations, run by the harness that users have. */
import { type Config, type ConfigInput, resolve } from '../../../core/config.ts';
import { nameKey } from '../../../core/random.ts';
import type { Row } from '../../../core/record.ts';
import { createLearner } from '../../../exec/learning/learner.ts';
import { simulate } from '../../../experiments/harness/simulate.ts';

type Input = Omit<ConfigInput, 'seed'>;

/** What a run brought: its rows and the configuration that it had. */
export interface ExperimentRun {
  readonly config: Config;
  readonly rows: readonly Row[];
}

/** Runs a configuration, checked; the seed derives from the name of the check. */
export function experimentRun(name: string, input: Input): Promise<ExperimentRun> {
  return run(name, input, 0);
}

/** The same, with a row for each of the first transfers. */
export function tracedRun(name: string, input: Input): Promise<ExperimentRun> {
  return run(name, input, 3000);
}

async function run(name: string, input: Input, spansMax: number): Promise<ExperimentRun> {
  const config = resolve({ ...input, seed: nameKey(name) >>> 0 });
  const learner = await createLearner(config, { backend: null });
  const { rows, outcome } = await simulate(config, { learner, check: true, spansMax });
  learner.close();
  if (outcome.kind !== 'done') throw new Error(`${name}: the run came to ${outcome.kind}`);
  return { config, rows };
}

/** The rows of one kind. */
export function rowsOfKind<K extends Row['kind']>(
  { rows }: ExperimentRun,
  kind: K
): readonly Extract<Row, { kind: K }>[] {
  return rows.filter((row): row is Extract<Row, { kind: K }> => row.kind === kind);
}
