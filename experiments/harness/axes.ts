/** The axes of a sweep, each value with its label and what it does to a configuration. */
import { isTree, merged, type Tree, withValue } from './config-path.ts';
import type { Experiment } from './experiment.ts';
import { UsageError } from './usage-error.ts';
import { labelOf } from './value-label.ts';

export interface Axis {
  /** Last name of the path, unless two axes end alike; the name of a variant. */
  readonly name: string;
  /** Null for a variant, which sets several fields. */
  readonly path: readonly string[] | null;
  readonly values: readonly AxisValue[];
}

export interface AxisValue {
  readonly label: string;
  apply(tree: Tree): Tree;
}

/** All axes, swept fields first, in the order of the file. Throws `UsageError`. */
export function axesOf({ sweep = {}, variants = {} }: Experiment): Axis[] {
  const paths = Object.keys(sweep).map(key => key.split('.'));
  const fields = Object.entries(sweep).map(([key, given]): Axis => {
    const path = key.split('.');
    const name = nameOf(path, paths);
    const values = labelled(path, given).map(([label, value]) => ({
      label,
      apply: (tree: Tree) => withValue(tree, path, value)
    }));
    return { name, path, values };
  });
  const named = Object.entries(variants).map(([name, labels]): Axis => {
    const values = Object.entries(labels).map(([label, fields]) => ({
      label,
      apply: (tree: Tree) => merged(tree, { ...fields })
    }));
    return { name, path: null, values };
  });
  const axes = [...fields, ...named];
  for (const axis of axes) check(axis, axes);
  return axes;
}

function check(axis: Axis, axes: readonly Axis[]): void {
  if (axes.some(other => other !== axis && other.name === axis.name)) {
    throw new UsageError(`sweep: two axes are named "${axis.name}"`);
  }
  const where = axis.path === null ? 'variants' : 'sweep';
  if (axis.values.length === 0) throw new UsageError(`${where}: ${axis.name} has no values`);
  const labels = axis.values.map(value => value.label);
  const twice = labels.find((label, index) => labels.indexOf(label) !== index);
  if (twice !== undefined) {
    throw new UsageError(
      `sweep: ${axis.name} has two values "${twice}"; ` +
        'give them labels of their own: { "first": ..., "second": ... }'
    );
  }
}

function nameOf(path: readonly string[], paths: readonly string[][]): string {
  const last = path.at(-1) ?? '';
  const alike = paths.filter(other => other.at(-1) === last).length > 1;
  return alike ? path.join('.') : last;
}

function labelled(path: readonly string[], given: unknown): [string, unknown][] {
  if (isTree(given)) return Object.entries(given);
  if (!Array.isArray(given)) {
    throw new UsageError(`sweep: ${path.join('.')} takes a list of values, or labels with values`);
  }
  return given.map(value => [labelOf(path.join('.'), value, given), value]);
}
