import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { IterationRow, Row } from '../../../core/record.ts';
import { TimeAxis } from '../../../exec/launch/time-axis.ts';

const timeAxis = suite('time axis');

function iteration(started: number): IterationRow {
  return {
    kind: 'iteration',
    node: 'w0',
    clock: 0,
    started,
    computed: started + 10,
    ended: started + 30,
    parkedNanos: 0,
    loss: 1,
    stalenessMax: 0,
    stalenessMean: 0,
    applied: 1
  };
}

timeAxis('a worker row counts from the first view, wherever its clock counts from', () => {
  const rows: Row[] = [];
  const axis = new TimeAxis(row => rows.push(row));
  axis.started('c', 1000n, 0);
  axis.started('w0', 5000n, -200);
  axis.began(300);
  axis.add('w0', iteration(100));
  // 5000 - 200 + 100 of this host's clock, where the run began at 1000 + 300.
  assert.equal(rows, [iteration(3600)]);
});

timeAxis('rows that come before the beginning is known wait for it', () => {
  const rows: Row[] = [];
  const axis = new TimeAxis(row => rows.push(row));
  axis.add('w0', iteration(0));
  axis.started('w0', 700n, 0);
  axis.started('c', 500n, 0);
  assert.equal(rows, []);
  axis.began(100);
  assert.equal(rows, [iteration(100)]);
});

timeAxis('rows of the coordinator are on the axis already', () => {
  const rows: Row[] = [];
  const axis = new TimeAxis(row => rows.push(row));
  const outcome: Row = {
    kind: 'outcome',
    node: 'c',
    at: 5,
    outcome: { kind: 'failed', reason: 'x' },
    digest: null
  };
  axis.add('c', outcome);
  assert.equal(rows, [outcome]);
});

timeAxis('a run that never began still delivers what it has', () => {
  const rows: Row[] = [];
  const axis = new TimeAxis(row => rows.push(row));
  axis.add('w0', iteration(1));
  axis.close();
  assert.equal(rows, [iteration(1)]);
});

timeAxis.run();
