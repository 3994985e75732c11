/** The cells of a sweep: every combination of the axes' values, as resolved configurations. */
import { type Config, ConfigError, resolve } from '../../core/config.ts';
import { nearest } from '../../core/nearest.ts';
import { type Axis, type AxisValue, axesOf } from './axes.ts';
import { type Tree, withValue } from './config-path.ts';
import type { Experiment } from './experiment.ts';
import { UsageError } from './usage-error.ts';

/** What the command line changes in an experiment. */
export interface Overrides {
  /** Seeds 1 to this, or null for the experiment's own. */
  readonly seeds: number | null;
  /** Fields set in every cell; a swept axis at or below such a path is no axis any more. */
  readonly set: readonly Setting[];
  /** Cells kept: those whose label is one of these, axis by axis. */
  readonly only: readonly { readonly axis: string; readonly label: string }[];
}

/** One `--set path=value`. */
export interface Setting {
  readonly path: readonly string[];
  readonly value: unknown;
}

/** A cell with one configuration a seed. */
export interface PlannedCell {
  readonly labels: Readonly<Record<string, string>>;
  readonly configs: readonly Config[];
}

/** What is to be run: the axes that vary, and the cells in the order of the sweep. */
export interface Plan {
  readonly axes: readonly { readonly name: string; readonly labels: readonly string[] }[];
  readonly cells: readonly PlannedCell[];
}

export const noOverrides: Overrides = { seeds: null, set: [], only: [] };

/** More cells than this are a mistake in a sweep, not a sweep. */
const cellsMax = 100_000;

/** The cells of an experiment. Throws `UsageError` that names the cell, the path and the remedy. */
export function planCells(experiment: Experiment, overrides: Overrides = noOverrides): Plan {
  const axes = keepOnly(
    axesOf(experiment).filter(axis => !overrides.set.some(({ path }) => covers(path, axis))),
    overrides.only
  );
  const count = axes.reduce((product, axis) => product * axis.values.length, 1);
  if (count > cellsMax) throw new UsageError(`the sweep has ${count} cells, at most ${cellsMax}`);
  const seeds = seedsOf(experiment, overrides);
  const base = completed({ ...experiment.base });
  const cells = combinations(axes).map(values => {
    const labels = Object.fromEntries(
      values.map((value, index) => [axes[index]?.name ?? '', value.label])
    );
    const swept = values.reduce<Tree>((tree, value) => value.apply(tree), base);
    const input = overrides.set.reduce<Tree>(
      (tree, { path, value }) => withValue(tree, path, value),
      overrides.set.length === 0 ? swept : completed(swept)
    );
    return { labels, configs: seeds.map(seed => resolveCell({ ...input, seed }, labels)) };
  });
  return { axes: axes.map(({ name, values }) => ({ name, labels: values.map(labelOf) })), cells };
}

/** `consistency=ssp:4, network=1 Gbit/s`; empty for the only cell of an experiment without axes. */
export function cellName(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([axis, label]) => `${axis}=${label}`)
    .join(', ');
}

// Defaults are filled in, and short forms spelt out, before a path into them is set: so that
// `environment.network.latency` means the default network where none is said. What is not whole yet
// (the sweep is to bring the rest) stays as it is.
function completed(tree: Tree): Tree {
  try {
    return { ...resolve(tree) };
  } catch (error) {
    if (error instanceof ConfigError) return tree;
    throw error;
  }
}

function resolveCell(input: Tree, labels: Readonly<Record<string, string>>): Config {
  try {
    return resolve(input);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const cell = cellName(labels);
    throw new UsageError(cell === '' ? error.message : `${error.message}\n(in the cell ${cell})`);
  }
}

function covers(path: readonly string[], axis: Axis): boolean {
  return axis.path !== null && path.every((key, index) => key === axis.path?.[index]);
}

function keepOnly(axes: readonly Axis[], only: Overrides['only']): Axis[] {
  const wanted = new Map<Axis, AxisValue[]>();
  for (const { axis: name, label } of only) {
    const axis = axes.find(axis => axis.name === name || axis.path?.join('.') === name);
    if (axis === undefined) {
      throw new UsageError(
        `--only: ${notThere(
          'swept axis',
          name,
          axes.map(axis => axis.name)
        )}`
      );
    }
    const value = axis.values.find(value => value.label === label);
    if (value === undefined) {
      const labels = axis.values.map(labelOf);
      throw new UsageError(`--only: ${notThere(`value of ${axis.name}`, label, labels)}`);
    }
    wanted.set(axis, [...(wanted.get(axis) ?? []), value]);
  }
  return axes.map(axis => ({
    ...axis,
    values: axis.values.filter(value => wanted.get(axis)?.includes(value) ?? true)
  }));
}

function notThere(noun: string, name: string, names: readonly string[]): string {
  const guess = nearest(name, names);
  const hint = guess === null ? '' : ` (did you mean "${guess}"?)`;
  return `there is no ${noun} "${name}"${hint}; there are: ${names.join(', ') || 'none'}`;
}

function seedsOf(experiment: Experiment, { seeds, set }: Overrides): readonly number[] {
  const fixed = set.find(({ path }) => path.join('.') === 'seed');
  if (fixed !== undefined) return [Number(fixed.value)];
  const given = seeds ?? experiment.seeds;
  if (typeof given !== 'number') {
    if (given.length === 0) throw new UsageError('seeds: the list is empty, one seed is the least');
    return given;
  }
  if (!Number.isInteger(given) || given < 1) {
    throw new UsageError(`seeds: a whole number from 1 up is right, got ${given}`);
  }
  return Array.from({ length: given }, (_, index) => index + 1);
}

// The last axis varies fastest, as in nested loops.
function combinations(axes: readonly Axis[]): AxisValue[][] {
  return axes.reduce<AxisValue[][]>(
    (cells, axis) => cells.flatMap(cell => axis.values.map(value => [...cell, value])),
    [[]]
  );
}

function labelOf(value: AxisValue): string {
  return value.label;
}
