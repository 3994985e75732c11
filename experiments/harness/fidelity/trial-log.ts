/** The real runs that a grid has made, a line each, so that one that was interrupted goes on. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { z } from 'zod';
import type { Config } from '../../../core/config.ts';

const figure = z.number();

const TrialSchema = z.strictObject({
  /** Of the configuration that was run and of what joined its processes. */
  key: z.string(),
  measures: z.strictObject({
    iterationSeconds: figure,
    updatesPerSecond: figure,
    iterationBytes: figure,
    stalenessMean: figure
  }),
  /** Why it does not count; null where it does. */
  disturbed: z.string().nullable()
});
export type LoggedTrial = z.output<typeof TrialSchema>;

/** What names the trials of a configuration on a bed. */
export function trialKey(config: Config, bed: unknown): string {
  return createHash('sha256')
    .update(JSON.stringify([config, bed]))
    .digest('hex')
    .slice(0, 16);
}

/** The trials of this key that a file has; a line that was cut short is none. */
export function loggedTrials(file: string, key: string): LoggedTrial[] {
  if (!fs.existsSync(file)) return [];
  const lines = fs.readFileSync(file, 'utf8').split('\n');
  return lines.flatMap(line => {
    try {
      const { data } = TrialSchema.safeParse(JSON.parse(line));
      return data?.key === key ? [data] : [];
    } catch {
      return [];
    }
  });
}

/** Adds one. */
export function logTrial(file: string, trial: LoggedTrial): void {
  fs.appendFileSync(file, `${JSON.stringify(trial)}\n`);
}
