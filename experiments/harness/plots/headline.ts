/** Titles that state what is seen: which cell comes first and which last. */
import type { RunResult } from '../run-result.ts';
import { arrange, cellsOf } from './arrangement.ts';
import { digits, formatPercent, formatSeconds } from './format.ts';
import { drawnSpread } from './spread.ts';
import { diverged, evaluationsOf, sharedTarget, targetText, wayToTarget } from './target.ts';

/** A cell and its number, by which titles rank cells. */
export interface Ranked {
  /** Series and place: "SSP(4) (1 Gbit/s)". */
  readonly name: string;
  readonly series: string;
  /** The values of the other axes; empty without any. */
  readonly place: string;
  /** Which place in the order of the sweep. */
  readonly placeOrder: number;
  readonly value: number;
}

/** With more places than this a title names the first of all, not the first of each. */
export const placesMax = 4;

export type CurveX = 'seconds' | 'gradients';

/**
 * "SSP(4) is first at 92 % accuracy, after 3.1 s; BSP is last, after 5.4 s": by the medians over
 * the seeds; where there are several panels, the first of each. Null without a common target.
 */
export function targetHeadline(results: readonly RunResult[], x: CurveX): string | null {
  const target = sharedTarget(results);
  if (target === null) return null;
  const ranked = rankCells(results, runs =>
    runs.map(run => {
      const way = wayToTarget(run, target);
      return way.reached ? way[x] : Infinity;
    })
  );
  const reached = ranked.filter(({ value }) => value < Infinity);
  if (reached.length === 0) return `No cell reaches ${targetText(target)} in half of its runs`;
  const amount = (value: number): string =>
    x === 'seconds' ? formatSeconds(value) : `${digits(value)} gradients`;
  const firsts = bestOfEachPlace(reached);
  if (firsts.length > 1 && firsts.length <= placesMax) {
    return firstsText(firsts, targetText(target), amount);
  }
  const never = ranked.filter(({ value }) => value === Infinity);
  return orderText(reached, never, targetText(target), x, amount);
}

function firstsText(
  firsts: readonly Ranked[],
  target: string,
  amount: (value: number) => string
): string {
  const series = new Set(firsts.map(first => first.series));
  const amounts = new Set(firsts.map(({ value }) => amount(value)));
  const [one = ''] = series;
  if (series.size === 1) {
    const each = firsts.map(({ value, place }) => `${amount(value)} (${place})`);
    const after = amounts.size === 1 ? `${[...amounts].join()} everywhere` : each.join(', ');
    return `${one} is first at ${target}, after ${after}`;
  }
  const each = firsts.map(first => `${first.series} after ${amount(first.value)} (${first.place})`);
  return `First at ${target}: ${each.join(', ')}`;
}

function orderText(
  reached: readonly Ranked[],
  never: readonly Ranked[],
  target: string,
  x: CurveX,
  amount: (value: number) => string
): string {
  const first = reached[0]!;
  const last = reached[reached.length - 1]!;
  const begin =
    x === 'seconds'
      ? `${first.name} is first at ${target}, after ${amount(first.value)}`
      : `${first.name} needs the fewest gradients to ${target}, ${digits(first.value)}`;
  if (never.length > 0) {
    const names = namesOf(never, reached.length + never.length);
    return `${begin}; ${names} ${never.length === 1 ? 'does' : 'do'} not reach it`;
  }
  if (last === first) return begin;
  if (amount(last.value) === amount(first.value)) {
    return `All cells reach ${target} after ${amount(first.value)}`;
  }
  return x === 'seconds'
    ? `${begin}; ${last.name} is last, after ${amount(last.value)}`
    : `${begin}; ${last.name} the most, ${digits(last.value)}`;
}

/** "After 3.1 s SSP(4) has the lowest test loss, 0.28, and BSP the highest, 0.43". */
export function levelHeadline(
  results: readonly RunResult[],
  x: CurveX,
  y: 'loss' | 'accuracy'
): string {
  const xOf = (row: { at: number; gradients: number }): number =>
    x === 'seconds' ? row.at / 1e9 : row.gradients;
  // The last place at which every run has a value: beyond it the comparison wouldn't be one.
  const ends = results
    .filter(run => !diverged(run))
    .flatMap(run => evaluationsOf(run).slice(-1).map(xOf));
  const place = Math.min(...ends);
  const ranked = rankCells(results, runs =>
    runs.flatMap(run => {
      const past = evaluationsOf(run).filter(row => xOf(row) <= place);
      const row = past[past.length - 1];
      const value = row === undefined ? null : row[y];
      return value === null || !Number.isFinite(value) ? [] : [value];
    })
  );
  const [lowest] = ranked;
  const highest = ranked[ranked.length - 1];
  const where = x === 'seconds' ? formatSeconds(place) : `${digits(place)} gradients`;
  if (lowest === undefined || highest === undefined || lowest === highest) {
    return `Test ${y} against ${x === 'seconds' ? 'time' : 'gradients applied'}`;
  }
  const show = y === 'accuracy' ? formatPercent : digits;
  const [best, worst] = y === 'accuracy' ? [highest, lowest] : [lowest, highest];
  const [bestWord, worstWord] = y === 'accuracy' ? ['highest', 'lowest'] : ['lowest', 'highest'];
  const one = `${best.name} has the ${bestWord} test ${y}, ${show(best.value)}`;
  return `After ${where} ${one}, and ${worst.name} the ${worstWord}, ${show(worst.value)}`;
}

/**
 * Cells of the first driver by the median of a number of their runs, ascending. Simulated runs
 * only where there are both, so that a title compares like with like.
 */
export function rankCells(
  results: readonly RunResult[],
  measure: (runs: readonly RunResult[]) => readonly number[]
): Ranked[] {
  const arrangement = arrange(results);
  const ranked = cellsOf(arrangement)
    .filter(cell => cell.driver === arrangement.drivers[0])
    .flatMap(cell => {
      const values = measure(cell.results);
      if (values.length === 0) return [];
      const placeOrder = arrangement.panels.indexOf(cell.panel);
      const name = cell.place === '' ? cell.series : `${cell.series} (${cell.place})`;
      return [
        {
          name,
          series: cell.series,
          place: cell.place,
          placeOrder,
          value: drawnSpread(values).median
        }
      ];
    });
  return ranked.sort((one, other) => one.value - other.value);
}

/**
 * "27.8 % of their time under BSP and 83.7 % under ASP", "0 versions in all cells": the extremes of
 * ranked cells, the unit with the first; null where there are none.
 */
export function extremesText(
  ranked: readonly Ranked[],
  show: (value: number) => string,
  unit: string
): string | null {
  const [lowest] = ranked;
  const highest = ranked[ranked.length - 1];
  if (lowest === undefined || highest === undefined) return null;
  const [low, high] = [show(lowest.value), show(highest.value)];
  if (low === high && lowest !== highest) return `${low} ${unit} in all cells`;
  const one = `${low} ${unit} under ${lowest.name}`;
  return lowest === highest ? one : `${one} and ${high} under ${highest.name}`;
}

/** The first of each place, in the order of the sweep. `ranked` is ascending. */
export function bestOfEachPlace(ranked: readonly Ranked[]): Ranked[] {
  return ranked
    .filter((cell, index) => ranked.findIndex(other => other.place === cell.place) === index)
    .sort((one, other) => one.placeOrder - other.placeOrder);
}

// `BSP`, `BSP and ASP`; more than three are counted.
function namesOf(ranked: readonly Ranked[], all: number): string {
  if (ranked.length > 3) return `${ranked.length} of ${all} cells`;
  const names = ranked.map(({ name }) => name);
  const last = names.pop() ?? '';
  return names.length === 0 ? last : `${names.join(', ')} and ${last}`;
}
