/**
 * A plot before it is dressed: data and marks, without size, colours of a theme, or title. One
 * plot is drawn many times (light and dark, wide and narrow, in a page that changes its size), and
 * `dress` makes the complete Vega-Lite specification of each.
 */
import type { RunResult } from '../run-result.ts';

/** JSON, as specifications are made of. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** A row of a tidy table: one observation, one column a field. */
export type Datum = Readonly<Record<string, null | boolean | number | string>>;

export interface Plot {
  /** Name of its files, and its anchor in a report. */
  readonly name: string;
  /** States what is seen, in one sentence without a full stop. */
  readonly title: string;
  /** How it was made of the runs: what is a line, a band, a bar. Sentences. */
  readonly caption: string;
  readonly data: readonly Datum[];
  /** A Vega-Lite unit or layer, without data and size. A selection stands in `layer[0]`. */
  readonly view: { readonly [key: string]: Json };
  /** Values of the field `panel` in order, one small view each; null for a single view. */
  readonly panels: readonly string[] | null;
  /** The axis that each panel has for itself, where panels measure different things. */
  readonly ownScale: 'x' | 'y' | null;
  /** Panels may stand in this many columns when there is room; 1 or more. */
  readonly columnsMax: number;
  /** Pixels beyond which a single view doesn't grow; null for one that takes all there is. */
  readonly widthMax: number | null;
  /** Height of one view in pixels. */
  readonly height: number;
  /** Pixels that the vertical axis takes beside a panel: its labels and its title. */
  readonly axisWidth: number;
  /** Labels of the legend, by which it is laid out in columns; empty without a legend. */
  readonly legend: readonly string[];
  /** How many steps the sequence of ordered colours has. */
  readonly steps: number;
}

/** Makes a plot of the runs of an experiment; null where they hold nothing that it could show. */
export type DrawPlot = (results: readonly RunResult[]) => Plot | null;
