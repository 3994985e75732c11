import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readIterationTimes, slowdownsOf } from '../../../core/environment/iteration-times.ts';

const test = suite('iteration times');

test('CSV and JSON say the same', () => {
  const csv = readIterationTimes(
    '# measured\nworker,iteration,ms\n0,0,20.1\n1,0,5\n\n0,1,19.8\n1,1,0\r\n',
    'csv'
  );
  assert.equal(csv, {
    kind: 'nanos',
    lists: [
      [20_100_000, 19_800_000],
      [5_000_000, 0]
    ]
  });
  const json = [
    { worker: 0, iteration: 0, ms: 20.1 },
    { worker: 1, iteration: 0, ms: 5 },
    { worker: 0, iteration: 1, ms: 19.8 },
    { worker: 1, iteration: 1, ms: 0 }
  ];
  assert.equal(readIterationTimes(JSON.stringify(json), 'json'), csv);
  assert.equal(readIterationTimes('iteration,seconds\n0,1.5\n1,2\n', 'csv').lists, [[1.5e9, 2e9]]);
});

test('slow-downs are those of the file, or times over their median', () => {
  const given = readIterationTimes('iteration,slowdown\n0,1\n1,3.5\n', 'csv');
  assert.equal(slowdownsOf(given), [[1, 3.5]]);
  const times = readIterationTimes('iteration,ms\n0,10\n1,10\n2,40\n', 'csv');
  assert.equal(slowdownsOf(times), [[1, 1, 4]]);
  const zero = readIterationTimes('iteration,ms\n0,0\n1,0\n2,40\n', 'csv');
  assert.throws(() => slowdownsOf(zero), 'half of its times are 0');
});

test('each fault has one error that says where', () => {
  for (const [text, message] of [
    ['', 'it is empty'],
    ['iteration,ms\n', 'it has no iterations'],
    ['iteration,time\n0,1\n', 'line 1: there is no column of the time (ns, us, ms, seconds'],
    ['worker,ms\n0,1\n', 'line 1: there is no column of the iteration'],
    ['iteration,ms\n0,1\n2,1\n', 'line 3: iteration 1 is missing: 2 follows 0'],
    ['iteration,ms\n0,1\n1,1\n1,1\n', 'line 4: iteration 1 is not after iteration 1'],
    ['iteration,ms\n1,1\n', 'line 2: iteration 0 is missing'],
    ['worker,iteration,ms\n0,0,1\n0,1,1\n1,0,1\n0,1,1\n', 'iteration 1 of worker 0 is not after'],
    ['worker,iteration,ms\n0,0,1\n2,0,1\n', 'line 3: worker 2 comes before worker 1'],
    ['iteration,ms\n0,-1\n', 'line 2: ms is a number from 0, and not -1'],
    ['iteration,ms\n0,fast\n', 'line 2: ms is a number from 0, and not fast'],
    ['iteration,ms\n0,0x10\n', 'line 2: ms is a number from 0, and not 0x10'],
    ['# two\niteration,ms,slowdown\n0,1,1\n', 'line 2: ms or slowdown? one column of times'],
    ['iteration,ms,ms\n0,1,1\n', 'line 1: the column ms is there twice'],
    [`iteration,ms,${'x'.repeat(99)}\n0\n`, `(iteration,ms,${'x'.repeat(47)} ...)`],
    ['iteration,ms\n0,\n', 'line 2: ms is a number from 0, and not there'],
    ['iteration,ms\n0.5,1\n', 'line 2: the iteration is a whole number from 0'],
    ['iteration,ms\n0\n', 'line 2: 1 values under 2 columns (iteration,ms)'],
    ['iteration,seconds\n0,1e10\n', 'line 2: seconds is more than 13 days']
  ] as const) {
    assert.throws(() => readIterationTimes(text, 'csv'), message);
  }
  for (const [text, message] of [
    ['{', 'not JSON'],
    ['{}', 'not a list: a list of'],
    ['[1]', 'entry 0: not an object'],
    ['[{"iteration":0,"ms":"1"}]', 'entry 0: ms is a number from 0, and not "1"']
  ] as const) {
    assert.throws(() => readIterationTimes(text, 'json'), message);
  }
});

test.run();
