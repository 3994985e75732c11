/** A small run with a known result, for tests of the real driver. */

import { quadratic } from '../../core/config/problem.ts';
import { type Config, resolve } from '../../core/config.ts';
import type { Row } from '../../core/record.ts';
import { createLearner } from '../../exec/learning/learner.ts';
import { simulate } from '../../experiments/harness/simulate.ts';

/** BSP, two workers, one server, a bowl of some hundred dimensions. */
export function quadraticRun(changes: Readonly<Record<string, unknown>> = {}): Config {
  return resolve({
    workers: 2,
    servers: 1,
    problem: quadratic({ dimension: 300, noise: 0.5 }),
    stopAt: { iterations: 12 },
    environment: { compute: 'constant:1ms' },
    ...changes
  });
}

/** The digest of the final params of a run in virtual time. */
export async function simulatedDigest(config: Config): Promise<string | null> {
  const learner = await createLearner(config, { backend: null });
  const { rows } = await simulate(config, { learner, check: true });
  learner.close();
  return digestOf(rows);
}

/** The digest that the coordinator recorded. */
export function digestOf(rows: readonly Row[]): string | null {
  for (const row of rows) if (row.kind === 'outcome') return row.digest;
  throw new Error('no outcome among the rows');
}
