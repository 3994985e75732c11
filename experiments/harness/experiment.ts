/** An experiment: a question, a base, a sweep, seeds, plots. Data only; `run` is what acts on it. */
import type { ConfigInput } from '../../core/config.ts';
import type { FieldPath, FieldValue } from './field-path.ts';
import type { PlotName } from './plots/catalogue.ts';
import type { Results } from './results-table.ts';

/** What one experiment file exports: `export default experiment({ ... })`. */
export interface Experiment {
  /** What is asked, in one sentence. */
  readonly question: string;
  /** What is expected, and a check whether the results agree. */
  readonly expect?: Expectation | null;
  /** What all runs have in common. What is left out has the defaults of `core/config.ts`. */
  readonly base: ConfigInput;
  /** Fields that vary: every combination of their values is a cell, run with every seed. */
  readonly sweep?: Sweep;
  /** Axes that set several fields at once, by name and label. */
  readonly variants?: Variants;
  /** How many (1, 2 ... n), or which. The same in every cell: luck falls on the same iterations. */
  readonly seeds: number | readonly number[];
  /** The plots of the report, in this order; all that the results can fill unless said otherwise. */
  readonly plots?: readonly PlotName[];
}

/** The expected answer. */
export interface Expectation {
  /** In a sentence or two, for the report. */
  readonly answer: string;
  /** Compares it with the results of one driver. Where it asks for a cell that was cut from the
   * sweep (`--only`, `--set`), the report says that nothing can be said. */
  readonly check: (results: Results) => Verdict;
}

/** Whether results agree with what was expected, and the figures that say so. */
export interface Verdict {
  readonly agrees: boolean;
  readonly sentence: string;
}

/** Values of one axis: a list, or an object whose keys are the labels. */
export type AxisValues<T> = readonly T[] | { readonly [label: string]: T };

/** Axes by field of the configuration, `consistency`, or by path, `'environment.network'`. */
export type Sweep = {
  readonly [Path in FieldPath<ConfigInput>]?: AxisValues<FieldValue<ConfigInput, Path>>;
};

/** Axes by name; each label stands for the fields that it sets. */
export interface Variants {
  readonly [axis: string]: { readonly [label: string]: Partial<ConfigInput> };
}

/** Marks what `experiment` made, whichever copy of this file did (a user's file is bundled). */
const mark = Symbol.for('slackline.experiment');

/** Makes the default export of an experiment file. */
export function experiment(description: Experiment): Experiment {
  return Object.freeze({ ...description, [mark]: true });
}

/** Whether a value was made by `experiment`. */
export function isExperiment(value: unknown): value is Experiment {
  return typeof value === 'object' && value !== null && mark in value;
}

/** The verdict that results agree, with the figures that say so. */
export function agrees(sentence: string): Verdict {
  return { agrees: true, sentence };
}

/** The verdict that they do not. */
export function disagrees(sentence: string): Verdict {
  return { agrees: false, sentence };
}
