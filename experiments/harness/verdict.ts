/** Whether results agree with what an experiment expects. */
import type { Expectation } from './experiment.ts';
import { MissingCell, type Results } from './results-table.ts';
import type { DriverSweep } from './sweep-record.ts';

/** A verdict; `agrees` is null where none can be given, and the sentence says why. */
export type SweepVerdict = DriverSweep['verdict'];

/** Asks the experiment's check. Null where nothing is expected. What a check throws passes on. */
export function judge(expect: Expectation | null | undefined, results: Results): SweepVerdict {
  if (expect === null || expect === undefined) return null;
  try {
    const { agrees, sentence } = expect.check(results);
    return { agrees, sentence };
  } catch (error) {
    if (!(error instanceof MissingCell)) throw error;
    return { agrees: null, sentence: `these cells cannot tell: ${error.message}` };
  }
}

/** `as expected: ...`, `not as expected: ...`. */
export function verdictText(verdict: NonNullable<SweepVerdict>): string {
  const { agrees, sentence } = verdict;
  if (agrees === null) return `Not judged: ${sentence}.`;
  return agrees ? `As expected: ${sentence}.` : `NOT as expected: ${sentence}.`;
}
