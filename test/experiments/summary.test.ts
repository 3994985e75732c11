import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { EvaluationRow, IterationRow, Row } from '../../core/record.ts';
import { summarize } from '../../experiments/harness/summary.ts';

const test = suite('summary');
const second = 1e9;

const end: Row = {
  kind: 'outcome',
  node: 'c',
  at: 9 * second,
  outcome: { kind: 'done', reason: 'target' },
  digest: null
};

test('the target is reached at the first cut that has it', () => {
  const rows = [
    evaluation({ at: 2 * second, gradients: 64, versions: 8, accuracy: 0.7 }),
    evaluation({ at: 4 * second, gradients: 128, versions: 16, accuracy: 0.91 }),
    evaluation({ at: 6 * second, gradients: 192, versions: 24, accuracy: 0.93, final: true }),
    end
  ];
  const summary = summarize(rows, { accuracy: 0.9 });
  assert.is(summary.secondsToTarget, 4);
  assert.is(summary.gradientsToTarget, 128);
  assert.is(summary.versionsToTarget, 16);
  assert.is(summary.finalAccuracy, 0.93);
  assert.is(summary.seconds, 9);
});

test('a target that was not reached has no time, and the run still has its length', () => {
  const rows = [evaluation({ at: second, loss: 0.8 }), end];
  const { secondsToTarget, seconds } = summarize(rows, { loss: 0.5 });
  assert.equal({ secondsToTarget, seconds }, { secondsToTarget: null, seconds: 9 });
});

test('a run without a target reaches none', () => {
  assert.is(summarize([evaluation({}), end], { gradients: 100 }).secondsToTarget, null);
});

test('idle is all time in which nothing is computed, from the first start to the last end', () => {
  const rows = [
    iteration('w0', { started: 0, computed: 6, ended: 10, parkedNanos: 3 }),
    iteration('w0', { started: 10, computed: 14, ended: 20, parkedNanos: 1 }),
    iteration('w1', { started: 0, computed: 20, ended: 20, parkedNanos: 0 }),
    end
  ];
  const { idleShare, parkedShare } = summarize(rows, { gradients: 3 });
  // Of 40 worker nanoseconds, 6 + 4 + 20 were spent computing, and 4 parked.
  assert.is(idleShare, 1 - 30 / 40);
  assert.is(parkedShare, 4 / 40);
});

test('staleness is that of every applied gradient at every shard', () => {
  const rows = [shard('s0', [2, 0, 4]), shard('s1', [1, 1]), end];
  const { stalenessMean, stalenessMax } = summarize(rows, { gradients: 6 });
  assert.is(stalenessMax, 2);
  assert.is(stalenessMean, (0 * 2 + 2 * 4 + 0 + 1) / 8);
});

test('only training traffic counts as sent', () => {
  assert.is(
    summarize([traffic('w0', 100), traffic('s0', 50), end], { gradients: 1 }).bytesSent,
    150
  );
});

test('rows without an outcome are those of a run that was cut off', () => {
  assert.throws(() => summarize([], { gradients: 1 }), /no outcome/);
});

test.run();

function evaluation(fields: Partial<EvaluationRow>): Row {
  return {
    kind: 'evaluation',
    node: 'c',
    cut: 0,
    at: 0,
    versions: 0,
    gradients: 0,
    loss: 1,
    accuracy: null,
    final: false,
    ...fields
  };
}

function iteration(
  node: 'w0' | 'w1',
  fields: Pick<IterationRow, 'started' | 'computed' | 'ended' | 'parkedNanos'>
): Row {
  return {
    kind: 'iteration',
    node,
    clock: 0,
    loss: null,
    stalenessMax: null,
    stalenessMean: null,
    applied: 1,
    ...fields
  };
}

function shard(node: 's0' | 's1', histogram: readonly number[]): Row {
  return {
    kind: 'shard',
    node,
    versions: 0,
    gradients: 0,
    dropped: 0,
    duplicates: 0,
    refused: 0,
    histogram,
    elementsApplied: 0
  };
}

function traffic(node: 'w0' | 's0', trainingBytes: number): Row {
  return {
    kind: 'traffic',
    node,
    trainingBytes,
    trainingMessages: 1,
    evaluationBytes: 1000,
    evaluationMessages: 1,
    controlBytes: 1000,
    controlMessages: 1,
    workNanos: 0
  };
}
