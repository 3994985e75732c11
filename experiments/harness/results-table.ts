/** The results of one driver's sweep, cell by cell: what the table shows and an expectation checks. */
import { cellName } from './cells.ts';
import { type FigureName, figures } from './figures.ts';
import type { DriverName, RunResult } from './run-result.ts';
import { type Spread, spread } from './statistics.ts';
import { type Summary, summarize } from './summary.ts';
import type { DriverSweep } from './sweep-record.ts';

/** All cells of a sweep. */
export interface Results {
  readonly driver: DriverName;
  readonly axes: readonly { readonly name: string; readonly labels: readonly string[] }[];
  /** In the order of the sweep. */
  readonly rows: readonly ResultRow[];
  /** The cell with these labels (`{ consistency: 'ssp:4' }`). Throws `MissingCell`. */
  row(labels: Readonly<Record<string, string>>): ResultRow;
}

/** One cell: a spread over its runs for every figure. */
export interface ResultRow extends Readonly<Record<FigureName, Spread>> {
  readonly labels: Readonly<Record<string, string>>;
  /** Runs planned, and how the ones that were done have ended. */
  readonly planned: number;
  readonly done: number;
  readonly diverged: readonly { readonly seed: number; readonly clock: number }[];
  readonly backends: readonly string[];
}

/** A check has asked for a cell that was not run. */
export class MissingCell extends Error {}

/** Sums the runs of one driver's sweep up. */
export function tabulate(
  sweep: DriverSweep,
  results: readonly RunResult[],
  driver: DriverName
): Results {
  const rows = sweep.cells.map(({ labels, runs }) => {
    const mine = results.filter(
      result => result.driver === driver && sameLabels(result.cell.labels, labels)
    );
    return resultRow(labels, runs.length, mine);
  });
  return {
    driver,
    axes: sweep.axes,
    rows,
    row(labels) {
      const row = rows.find(row => sameLabels({ ...row.labels, ...labels }, row.labels));
      if (row === undefined) throw new MissingCell(`there is no cell ${cellName(labels)}`);
      if (row.done === 0) throw new MissingCell(`no run of ${cellName(labels)} has ended`);
      return row;
    }
  };
}

function resultRow(
  labels: Readonly<Record<string, string>>,
  planned: number,
  results: readonly RunResult[]
): ResultRow {
  const summaries = results.map(({ rows, config }) => summarize(rows, config.stopAt));
  const diverged = results.flatMap(({ seed }, index) => {
    const outcome = summaries[index]?.outcome;
    return outcome?.kind === 'diverged' ? [{ seed, clock: outcome.clock }] : [];
  });
  const backends = new Set(results.map(({ manifest }) => String(manifest['backend'] ?? 'none')));
  return {
    labels,
    planned,
    done: results.length,
    diverged,
    backends: [...backends],
    secondsToTarget: over(summaries, 'secondsToTarget'),
    seconds: over(summaries, 'seconds'),
    versionsToTarget: over(summaries, 'versionsToTarget'),
    gradientsToTarget: over(summaries, 'gradientsToTarget'),
    idleShare: over(summaries, 'idleShare'),
    parkedShare: over(summaries, 'parkedShare'),
    stalenessMean: over(summaries, 'stalenessMean'),
    stalenessMax: over(summaries, 'stalenessMax'),
    bytesSent: over(summaries, 'bytesSent'),
    finalLoss: over(summaries, 'finalLoss'),
    finalAccuracy: over(summaries, 'finalAccuracy')
  };
}

function over(summaries: readonly Summary[], name: FigureName): Spread {
  const { censoredBy } = figures[name];
  return spread(
    summaries.map(summary => ({
      value: finite(summary[name]),
      censoredAt: censoredBy === null ? null : finite(summary[censoredBy])
    }))
  );
}

/** Whether two cells are the same point of a sweep. */
export function sameLabels(
  one: Readonly<Record<string, string>>,
  other: Readonly<Record<string, string>>
): boolean {
  return cellName(one) === cellName(other);
}

// A diverged run ends with a loss of NaN: it has no figure.
function finite(value: number | null): number | null {
  return value !== null && Number.isFinite(value) ? value : null;
}
