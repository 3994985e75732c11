import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  arrange,
  cellsOf,
  cellTitle,
  displayLabel
} from '../../../experiments/harness/plots/arrangement.ts';
import { sampleRun, sampleSweep } from './sample-runs.ts';

const test = suite('the arrangement of runs in plots');

test('consistency models stand from strict to eventual, in whatever order they come', () => {
  const arrangement = arrange(sampleSweep(1).reverse());
  assert.equal(arrangement.series, ['BSP', 'SSP(1)', 'SSP(2)', 'SSP(4)', 'SSP(8)', 'ASP']);
  assert.ok(arrangement.ordered);
  assert.is(arrangement.axis, 'consistency');
});

test('a bound of 32 stands behind one of 8, not before it as its letters would', () => {
  const runs = [32, 8].map(bound => sampleRun({ bound, seed: 1 }));
  assert.equal(arrange(runs).series, ['SSP(8)', 'SSP(32)']);
});

test('an axis whose labels are no numbers keeps the order of the sweep and has none in colour', () => {
  const runs = ['topk:0.01', 'none', 'int8'].map(compressor =>
    sampleRun({ bound: 4, seed: 1, labels: { consistency: 'ssp:4', compressor } })
  );
  const arrangement = arrange(runs);
  assert.is(arrangement.axis, 'compressor');
  assert.equal(arrangement.series, ['topk:0.01', 'none', 'int8']);
  assert.not.ok(arrangement.ordered);
});

test('axes besides the first are panels, and cells are named by what varies', () => {
  const runs = ['100 Mbit/s', '1 Gbit/s'].flatMap(network => [
    ...sampleSweep(2, { labels: { network } }),
    ...sampleSweep(1, { labels: { network }, driver: 'real' })
  ]);
  const arrangement = arrange(runs);
  assert.equal(arrangement.panels, ['network: 100 Mbit/s', 'network: 1 Gbit/s']);
  assert.equal(arrangement.drivers, ['simulated', 'real']);
  const cells = cellsOf(arrangement);
  assert.is(cells.length, 24);
  assert.is(cellTitle(cells[1]!, arrangement), 'BSP · 100 Mbit/s · real');
  assert.is(cells[0]?.results.length, 2);
});

test('one cell without axes is a series of its own', () => {
  const run = sampleRun({ bound: 4, seed: 1 });
  const arrangement = arrange([{ ...run, cell: { labels: {} } }]);
  assert.equal(arrangement.series, ['SSP(4)']);
  assert.equal(arrangement.panels, ['']);
});

test('short forms of models are written as text has them, other labels as they are', () => {
  assert.is(displayLabel('ssp:4'), 'SSP(4)');
  assert.is(displayLabel('ssp:4:sum'), 'SSP(4, sum)');
  assert.is(displayLabel('bsp'), 'BSP');
  assert.is(displayLabel('topk:0.01'), 'topk:0.01');
  assert.is(displayLabel('1 Gbit/s'), '1 Gbit/s');
});

test.run();
