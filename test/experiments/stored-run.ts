/** A small finished run, for tests of what is kept on the disk. */

import { quadratic } from '../../core/config/problem.ts';
import { type Config, resolve } from '../../core/config.ts';
import type { Row } from '../../core/record.ts';
import { prepareRun, type RunToStore, storeRun } from '../../experiments/harness/results.ts';

/** A configuration of a run that ends at once. */
export function smallConfig(fields: Readonly<Record<string, unknown>> = {}): Config {
  return resolve({
    workers: 2,
    servers: 1,
    problem: quadratic({ dimension: 4 }),
    stopAt: { gradients: 4 },
    ...fields
  });
}

export const smallRows: readonly Row[] = [
  {
    kind: 'evaluation',
    node: 'c',
    cut: 0,
    at: 2e9,
    versions: 4,
    gradients: 4,
    loss: 0.25,
    accuracy: null,
    final: true
  },
  {
    kind: 'outcome',
    node: 'c',
    at: 2e9,
    outcome: { kind: 'done', reason: 'gradients' },
    digest: '0123'
  }
];

/** Stores a run of `config` under `id`. */
export function storeSmallRun(
  folder: string,
  id: string,
  { config = smallConfig(), rows = smallRows }: Partial<Pick<RunToStore, 'config' | 'rows'>> = {}
): void {
  prepareRun(folder, id);
  storeRun(folder, {
    config,
    rows,
    manifest: {
      id,
      driver: 'sim',
      seed: config.seed,
      repetition: 0,
      backend: null,
      device: null,
      outcome: { kind: 'done', reason: 'gradients' },
      code: 'c0de',
      slackline: '0.0.0',
      node: 'v20.0.0',
      machine: { platform: 'linux x64', processor: 'a processor', cores: 2, memoryBytes: 1e9 },
      started: '2026-01-01T00:00:00.000Z',
      durationSeconds: 1,
      memoryBytesMax: null,
      trace: null,
      notes: []
    }
  });
}
