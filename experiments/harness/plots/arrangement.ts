/**
 * Where each run of a sweep stands in a plot: its series (colour), its panel and its driver
 * (dash, shape). The same in all plots of a report, so that a colour means one thing.
 */
import type { DriverName, RunResult } from '../run-result.ts';

export interface Arrangement {
  /** The axis whose values are series. */
  readonly axis: string;
  /** Series in order: from strict to eventual for consistency, by number where labels are numbers. */
  readonly series: readonly string[];
  /** Whether the order of the series means something: then colours are a sequence. */
  readonly ordered: boolean;
  /** All other swept axes in one label each, "network: 1 Gbit/s"; one empty label without any. */
  readonly panels: readonly string[];
  /** Drivers in the order simulated, real. */
  readonly drivers: readonly string[];
  readonly runs: readonly PlacedRun[];
}

export interface PlacedRun {
  readonly result: RunResult;
  readonly series: string;
  readonly panel: string;
  /** The panel's values without the names of their axes: "1 Gbit/s". */
  readonly place: string;
  readonly driver: string;
}

/** Runs of one series, panel and driver: the seeds of one cell. */
export interface CellRuns {
  readonly series: string;
  readonly panel: string;
  readonly place: string;
  readonly driver: string;
  /** At least one. */
  readonly results: readonly RunResult[];
}

/** What experiments compare, before where they compare it: an axis of these gives the series. */
const methods = ['consistency', 'compressor', 'optimizer', 'sharding'];

const driverLabels: Record<DriverName, string> = { sim: 'simulated', real: 'real' };

/** Places all runs. `results` come in the order of the sweep, which is kept where none is better. */
export function arrange(results: readonly RunResult[]): Arrangement {
  const swept = sweptAxes(results);
  const axis = methods.find(name => swept.includes(name)) ?? swept[0] ?? 'consistency';
  const others = swept.filter(other => other !== axis);
  const runs = results.map(result => ({
    result,
    series: seriesLabel(result, axis),
    panel: others.map(other => `${other}: ${labelAt(result, other)}`).join(', '),
    place: others.map(other => labelAt(result, other)).join(', '),
    driver: driverLabels[result.driver]
  }));
  const { series, ordered } = orderedSeries(runs, axis);
  return {
    axis,
    series,
    ordered,
    panels: [...new Set(runs.map(run => run.panel))],
    drivers: Object.values(driverLabels).filter(label => runs.some(run => run.driver === label)),
    runs
  };
}

/** The cells in the order of panels, series and drivers; those without a run are left out. */
export function cellsOf(arrangement: Arrangement): CellRuns[] {
  const cells: CellRuns[] = [];
  for (const panel of arrangement.panels) {
    for (const series of arrangement.series) {
      for (const driver of arrangement.drivers) {
        const runs = arrangement.runs.filter(
          run => run.panel === panel && run.series === series && run.driver === driver
        );
        const [first] = runs;
        if (first === undefined) continue;
        const results = runs.map(run => run.result);
        cells.push({ series, panel, place: first.place, driver, results });
      }
    }
  }
  return cells;
}

/** A name of a cell for the head of a panel: series, other axes and driver, as far as they vary. */
export function cellTitle(cell: CellRuns, arrangement: Arrangement): string {
  const parts = [cell.series, cell.place, arrangement.drivers.length > 1 ? cell.driver : ''];
  return parts.filter(part => part !== '').join(' · ');
}

/** `ssp:4` as text has it: SSP(4). Labels that are no short form of this kind are left alone. */
export function displayLabel(label: string): string {
  const match = /^(bsp|asp|essp|ssp)(?::(\d+))?(?::(\w+))?$/.exec(label);
  if (match === null) return label;
  const [, kind = '', bound, scale] = match;
  const scaled = scale === undefined ? '' : `, ${scale}`;
  return `${kind.toUpperCase()}${bound === undefined ? '' : `(${bound}${scaled})`}`;
}

function labelAt({ cell }: RunResult, axis: string): string {
  return cell.labels[axis] ?? 'none';
}

// Axes with more than one value, in the order in which the sweep names them.
function sweptAxes(results: readonly RunResult[]): string[] {
  const values = new Map<string, Set<string>>();
  for (const { cell } of results) {
    for (const [axis, label] of Object.entries(cell.labels)) {
      values.set(axis, (values.get(axis) ?? new Set()).add(label));
    }
  }
  return [...values].filter(([, labels]) => labels.size > 1).map(([axis]) => axis);
}

function seriesLabel(result: RunResult, axis: string): string {
  const label = result.cell.labels[axis];
  if (label !== undefined) return displayLabel(label);
  return axis === 'consistency' ? consistencyLabel(result) : 'all runs';
}

function consistencyLabel({ config }: RunResult): string {
  const bound = boundOf(config.consistency);
  const kind = config.consistency.kind.toUpperCase();
  return bound === null ? kind : `${kind}(${bound})`;
}

function orderedSeries(
  runs: readonly PlacedRun[],
  axis: string
): { series: string[]; ordered: boolean } {
  const ranks = new Map<string, number | null>();
  for (const { series, result } of runs) {
    ranks.set(series, axis === 'consistency' ? strictness(result) : numberOf(series));
  }
  const series = [...ranks.keys()];
  if ([...ranks.values()].includes(null)) return { series, ordered: false };
  series.sort((one, other) => (ranks.get(one) ?? 0) - (ranks.get(other) ?? 0));
  return { series, ordered: series.length > 1 };
}

// Rank from strict to eventual; null for a model whose place among the others isn't known.
function strictness({ config }: RunResult): number | null {
  const { kind } = config.consistency;
  if (kind === 'bsp') return -1;
  if (kind === 'asp') return Number.MAX_VALUE;
  return kind === 'ssp' ? boundOf(config.consistency) : null;
}

function boundOf(consistency: object): number | null {
  const bound: unknown = Reflect.get(consistency, 'bound');
  return typeof bound === 'number' ? bound : null;
}

function numberOf(label: string): number | null {
  return label.trim() !== '' && Number.isFinite(Number(label)) ? Number(label) : null;
}
