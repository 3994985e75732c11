/**
 * `sweep.json` beside the folders of the runs: what was asked, which runs answer it, by which
 * driver, and the verdict. From it and the runs a report is drawn again at any time.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { z } from 'zod';
import { checkFolder } from './read-file.ts';
import { jsonText, parseFile, readRun, replaceFile } from './results.ts';
import type { DriverName, RunResult } from './run-result.ts';
import { shown } from './shown-path.ts';
import { UsageError } from './usage-error.ts';

const DriverSweepSchema = z.strictObject({
  /** The command line that made it. */
  command: z.string(),
  /** ISO 8601. */
  started: z.string(),
  axes: z.array(z.strictObject({ name: z.string(), labels: z.array(z.string()) })),
  /** In the order of the sweep. */
  cells: z.array(
    z.strictObject({
      labels: z.record(z.string(), z.string()),
      runs: z.array(z.strictObject({ id: z.string(), seed: z.int(), repetition: z.int() }))
    })
  ),
  /** Null until the sweep has ended, and where nothing was expected. */
  verdict: z.strictObject({ agrees: z.boolean().nullable(), sentence: z.string() }).nullable()
});

const SweepRecordSchema = z.strictObject({
  version: z.literal(1),
  name: z.string(),
  question: z.string(),
  /** The answer expected, in words. */
  expected: z.string().nullable(),
  /** Names of the plots of the report; absent for all that there are. */
  plots: z.array(z.string()).optional(),
  /** The latest sweep of each driver: they stand side by side in one report. */
  sweeps: z.strictObject({
    sim: DriverSweepSchema.nullable(),
    real: DriverSweepSchema.nullable()
  })
});
export type SweepRecord = z.infer<typeof SweepRecordSchema>;
/** One driver's sweep. A verdict with `agrees` null says why none can be given. */
export type DriverSweep = z.infer<typeof DriverSweepSchema>;

/** A sweep with those of its runs that are finished. */
export interface StoredSweep {
  readonly record: SweepRecord;
  /** Simulated ones first, in the order of the sweep. */
  readonly results: readonly RunResult[];
}

export const driverNames: readonly DriverName[] = ['sim', 'real'];

/** The record of a folder, or null when there is none. Throws `CorruptResults`. */
export function readRecord(folder: string): SweepRecord | null {
  const file = path.join(folder, 'sweep.json');
  if (!fs.existsSync(file)) return null;
  return parseFile(file, SweepRecordSchema);
}

/** Replaces the record of a folder. */
export function writeRecord(folder: string, record: SweepRecord): void {
  fs.mkdirSync(folder, { recursive: true });
  replaceFile(path.join(folder, 'sweep.json'), jsonText(record));
}

/** The sweep that a folder holds. Throws `UsageError` when it holds none, or a corrupt one. */
export function readSweep(folder: string): StoredSweep {
  checkFolder(folder);
  const record = readRecord(folder);
  if (record === null) {
    throw new UsageError(
      `${shown(folder)}: holds no results (no sweep.json); the folder of one experiment is right, ` +
        'runs/staleness for example'
    );
  }
  return { record, results: driverNames.flatMap(driver => readResults(folder, record, driver)) };
}

/** The finished runs of one driver's sweep. Throws `CorruptResults`. */
export function readResults(folder: string, record: SweepRecord, driver: DriverName): RunResult[] {
  const results: RunResult[] = [];
  for (const { labels, runs } of record.sweeps[driver]?.cells ?? []) {
    for (const { id, seed } of runs) {
      const run = readRun(folder, id);
      if (run !== null) results.push({ ...run, cell: { labels }, driver, seed });
    }
  }
  return results;
}
