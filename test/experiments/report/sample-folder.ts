/** A folder of results as a sweep leaves it, with sample runs in it. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { ManifestSchema } from '../../../experiments/harness/manifest.ts';
import { prepareRun, storeRun } from '../../../experiments/harness/results.ts';
import type { DriverName, RunResult } from '../../../experiments/harness/run-result.ts';
import {
  type DriverSweep,
  type SweepRecord,
  writeRecord
} from '../../../experiments/harness/sweep-record.ts';

/** Changes to the record that the folder is described by. */
export type RecordChanges = Partial<Pick<SweepRecord, 'name' | 'question' | 'expected'>>;

/** Writes the runs into a fresh folder and returns it; whoever asked for it removes it. */
export function sampleFolder(results: readonly RunResult[], changes: RecordChanges = {}): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'slackline-report-'));
  const ids = new Map<RunResult, string>();
  results.forEach((result, index) => {
    const id = (index + 1).toString(16).padStart(16, '0');
    ids.set(result, id);
    prepareRun(folder, id);
    const manifest = ManifestSchema.omit({ rows: true, rowsHash: true }).parse(result.manifest);
    storeRun(folder, { config: result.config, rows: result.rows, manifest: { ...manifest, id } });
  });
  writeRecord(folder, {
    version: 1,
    name: 'staleness',
    question: 'How far can the bound be loosened before convergence pays for the time it saves?',
    expected:
      'With transient stragglers a looser bound is faster, up to where stale gradients cost more ' +
      'iterations than waiting does.',
    ...changes,
    sweeps: {
      sim: sweepOf('sim', results, ids),
      real: sweepOf('real', results, ids)
    }
  });
  return folder;
}

function sweepOf(
  driver: DriverName,
  results: readonly RunResult[],
  ids: ReadonlyMap<RunResult, string>
): DriverSweep | null {
  const own = results.filter(result => result.driver === driver);
  if (own.length === 0) return null;
  const cells = new Map<string, RunResult[]>();
  for (const result of own) {
    const key = JSON.stringify(result.cell.labels);
    cells.set(key, [...(cells.get(key) ?? []), result]);
  }
  const names = Object.keys(own[0]!.cell.labels);
  return {
    command: `slackline run experiments/staleness.ts${driver === 'real' ? ' --real' : ''}`,
    started: '2025-01-01T00:00:00.000Z',
    axes: names.map(name => ({
      name,
      labels: [...new Set(own.map(result => result.cell.labels[name] ?? ''))]
    })),
    cells: [...cells.values()].map(runs => ({
      labels: { ...runs[0]!.cell.labels },
      runs: runs.map(run => ({ id: ids.get(run) ?? '', seed: run.seed, repetition: 0 }))
    })),
    verdict: { agrees: true, sentence: 'SSP(8) reaches the target in 0.41 times the time of BSP' }
  };
}
