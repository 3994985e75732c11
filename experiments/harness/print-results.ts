/** The end of `run` and `report`: the table, the verdict and the report's path, or all as JSON. */
import { documentText } from './documents.ts';
import { drawReport } from './report.ts';
import { type ResultsDocument, resultsDocument } from './results-document.ts';
import { type Results, tabulate } from './results-table.ts';
import { shown } from './shown-path.ts';
import type { RunFailure } from './sweep.ts';
import { driverNames, readSweep, type SweepRecord } from './sweep-record.ts';
import { tableLegend, textTable } from './text-table.ts';
import { messageOf } from './usage-error.ts';
import { verdictText } from './verdict.ts';

/**
 * Draws the report of a folder of results and prints them. Throws `UsageError`; and, after the
 * results are printed, when their report cannot be drawn.
 */
export async function printResults(
  folder: string,
  options: { readonly json: boolean; readonly failures: readonly RunFailure[] }
): Promise<void> {
  const { record, results } = readSweep(folder);
  const tables = driverNames.flatMap(driver => {
    const sweep = record.sweeps[driver];
    return sweep === null ? [] : [tabulate(sweep, results, driver)];
  });
  let report: string | null = null;
  let failure: unknown = null;
  try {
    if (results.length > 0) report = shown(await drawReport(folder));
  } catch (error) {
    failure = error;
  }
  if (options.json) {
    const failures = options.failures.map(failureDocument);
    const document = resultsDocument({ record, tables, folder: shown(folder), report, failures });
    process.stdout.write(documentText(document));
  } else if (results.length > 0) {
    const columns = process.stdout.isTTY === true ? process.stdout.columns : undefined;
    process.stdout.write(resultsText(record, tables, { report, columns }));
  }
  if (failure === null) return;
  throw new Error(`the report cannot be drawn: ${messageOf(failure)}`, { cause: failure });
}

/** Everything a person reads at the end, from the question to the path of the report. */
export function resultsText(
  record: SweepRecord,
  tables: readonly Results[],
  { report, columns }: { readonly report: string | null; readonly columns?: number | undefined }
): string {
  const parts = [record.question];
  for (const table of tables) {
    const title = table.driver === 'sim' ? 'Simulated' : 'Real';
    parts.push(`${title}, ${tableLegend(table)}:\n\n${textTable(table, columns)}`);
  }
  if (record.expected !== null) parts.push(`Expected: ${record.expected}`);
  for (const table of tables) {
    const verdict = record.sweeps[table.driver]?.verdict ?? null;
    const which = tables.length > 1 ? (table.driver === 'sim' ? 'Simulated: ' : 'Real: ') : '';
    if (verdict !== null) parts.push(`${which}${verdictText(verdict)}`);
  }
  if (report !== null) parts.push(`Report: ${report}`);
  return `${parts.join('\n\n')}\n`;
}

function failureDocument({ run, driver, reason }: RunFailure): ResultsDocument['failures'][number] {
  return { driver, labels: { ...run.labels }, seed: run.seed, reason };
}
