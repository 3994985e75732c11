import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type FigureName,
  figureNames,
  figures,
  figureText
} from '../../experiments/harness/figures.ts';
import type { ResultRow, Results } from '../../experiments/harness/results-table.ts';
import { type Spread, spread } from '../../experiments/harness/statistics.ts';
import { tableLegend, textTable } from '../../experiments/harness/text-table.ts';

const test = suite('text table');

test('medians stand under each other with the lowest and highest run behind', () => {
  const rows = [
    row('bsp', {
      secondsToTarget: [10.44, 7.51, 6.31],
      gradientsToTarget: [512, 448, 352],
      idleShare: [0.751, 0.76, 0.742],
      stalenessMean: [0, 0, 0],
      stalenessMax: [0, 0, 0]
    }),
    row('ssp:4', {
      secondsToTarget: [3.59, 2.93, 4.06],
      gradientsToTarget: [416, 384, 1449],
      idleShare: [0.453, 0.446, 0.472],
      stalenessMean: [5.54, 5.36, 5.56],
      stalenessMax: [41, 41, 41]
    })
  ];
  assert.is(
    textTable(table(rows)),
    lines(
      'consistency  time to target        gradients           idle                staleness mean      max',
      'bsp          7.51 s  (6.31..10.4)  448  (352..512)   75.1 %  (74.2..76.0)  0.00                  0',
      'ssp:4        3.59 s  (2.93..4.06)  416  (384..1449)  45.3 %  (44.6..47.2)  5.54  (5.36..5.56)   41'
    )
  );
});

test('a narrow terminal keeps the medians, and the spread of the time alone', () => {
  const rows = [
    row('bsp', { secondsToTarget: [10.4, 7.51], gradientsToTarget: [512, 448] }),
    row('asp', { secondsToTarget: [2.1, 2.3], gradientsToTarget: [400, 410] })
  ];
  assert.is(
    textTable(table(rows), 49),
    lines(
      'consistency  time to target        gradients',
      'bsp          8.96 s  (7.51..10.4)        480',
      'asp          2.20 s  (2.10..2.30)        405'
    )
  );
});

test('a target that was not reached is shown as censored, with when the first run gave up', () => {
  const rows = [
    { ...row('bsp', {}), secondsToTarget: censored([4.2], [35.06, 36]) },
    { ...row('asp', {}), secondsToTarget: censored([4.2, 4.4], [35.06]) }
  ];
  assert.is(
    textTable(table(rows)),
    lines(
      'consistency  time to target',
      'bsp          > 35.1 s  (4.20.. 1 of 3)',
      'asp            4.40 s  (4.20.. 2 of 3)'
    )
  );
});

test('diverged and missing runs are named beside the figures of the others', () => {
  const rows = [
    { ...row('bsp', { seconds: [1] }), planned: 3, diverged: [{ seed: 2, clock: 17 }] },
    row('asp', { seconds: [2, 2, 2] })
  ];
  assert.is(
    textTable(table(rows)),
    lines(
      'consistency    time',
      'bsp          1.00 s  seed 2 diverged in iteration 17, 2 of 3 runs missing',
      'asp          2.00 s'
    )
  );
});

test('the legend says how many runs a figure is of', () => {
  assert.is(tableLegend(table([row('bsp', { seconds: [1] })])), 'one run a cell');
  const three = table([row('bsp', { seconds: [1, 2, 3] })]);
  assert.is(tableLegend(three), 'median of 3 runs (lowest to highest)');
});

test('figures have three digits, and an exponent only where they are out of all proportion', () => {
  assert.is(figureText(figures.finalLoss, 4.7959e64), '4.80e+64');
  assert.is(figureText(figures.finalLoss, 1.234e-9), '1.23e-9');
  assert.is(figureText(figures.seconds, 0.00123456), '0.00123');
  assert.is(figureText(figures.seconds, 0), '0');
  assert.is(figureText(figures.seconds, 12345.6), '12346');
  assert.is(figureText(figures.bytesSent, 368_123_456), '368');
  assert.is(figureText(figures.idleShare, 0.0521), '5.21');
  assert.is(figureText(figures.gradientsToTarget, 448), '448');
});

test.run();

function table(rows: readonly ResultRow[]): Results {
  const labels = rows.map(row => row.labels['consistency'] ?? '');
  return {
    driver: 'sim',
    axes: [{ name: 'consistency', labels }],
    rows,
    row: () => rows[0] as ResultRow
  };
}

function row(
  consistency: string,
  values: Partial<Record<FigureName, readonly number[]>>
): ResultRow {
  const runs = Math.max(1, ...Object.values(values).map(list => list.length));
  const spreads = Object.fromEntries(
    figureNames.map(name => {
      const list = values[name] ?? Array.from({ length: runs }, () => null);
      return [name, spread(list.map(value => ({ value, censoredAt: null })))];
    })
  ) as Record<FigureName, Spread>;
  return {
    labels: { consistency },
    planned: runs,
    done: runs,
    diverged: [],
    backends: [],
    ...spreads
  };
}

function censored(values: readonly number[], limits: readonly number[]): Spread {
  return spread([
    ...values.map(value => ({ value, censoredAt: null })),
    ...limits.map(censoredAt => ({ value: null, censoredAt }))
  ]);
}

function lines(...text: readonly string[]): string {
  return text.join('\n');
}
