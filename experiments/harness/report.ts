/** The report of an experiment: drawn after a sweep, and again at any time from what is stored. */
import * as path from 'node:path';
import { isPlotName, plotsOf } from './plots/catalogue.ts';
import { writePlots } from './plots/write-plots.ts';
import { pageScript } from './report/bundle.ts';
import { reportPage } from './report/page.ts';
import { replaceFile } from './results.ts';
import { tabulate } from './results-table.ts';
import { shown } from './shown-path.ts';
import { driverNames, readSweep } from './sweep-record.ts';
import { UsageError } from './usage-error.ts';

/**
 * Writes `report.html` into the folder of an experiment and its plots into `plots/` there. Returns
 * the path of the page. Throws `UsageError` where the folder holds no finished run or a corrupt one.
 */
export async function drawReport(dir: string): Promise<string> {
  const { record, results } = readSweep(dir);
  if (results.length === 0) {
    throw new UsageError(`${shown(dir)}: holds no finished run yet; run the experiment first`);
  }
  const tables = driverNames.flatMap(driver => {
    const sweep = record.sweeps[driver];
    return sweep === null ? [] : [tabulate(sweep, results, driver)];
  });
  const plots = plotsOf(results, record.plots?.filter(isPlotName));
  await writePlots(plots, path.join(dir, 'plots'));
  const page = reportPage({ record, results, tables, plots, script: await pageScript() });
  const file = path.join(dir, 'report.html');
  replaceFile(file, page);
  return file;
}
