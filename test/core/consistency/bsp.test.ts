/** BSP by its rule: one update an iteration, added in worker order, whoever comes first. */
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bsp, bspModel } from '../../../core/consistency/bsp.ts';
import type { Decision, Rule } from '../../../core/consistency/model.ts';
import { firstView, type View } from '../../../core/view.ts';
import { alike } from '../../twice.ts';
import { RuleRun } from './rule-run.ts';
import { elasticSteps, steadySteps } from './steps.ts';

const test = suite('BSP');

const workers = fc.integer({ min: 1, max: 6 });

function arrive(rule: Rule, worker: number, clock: number, empty = false): readonly Decision[] {
  const samples = empty ? 0 : 32;
  return rule.arrive({ worker, clock, base: clock, version: clock, samples, empty });
}

function view(number: number, members: readonly (readonly [number, number])[]): View {
  const live = members.map(([rank, incarnation]) => ({ rank, incarnation }));
  return { ...firstView(1, 1), number, workers: live };
}

const fold = (worker: number, clock: number): Decision => ({
  kind: 'fold',
  worker,
  clock,
  weight: 1
});
const mean = (count: number): Decision => ({
  kind: 'commit',
  gradientScale: 1 / count,
  rateScale: 1
});

test('folds are in worker order, one update an iteration, whatever the order of arrival', () => {
  fc.assert(
    fc.property(
      workers,
      steadySteps,
      alike((count, steps) => {
        const run = new RuleRun(bspModel, bsp(), count);
        for (const step of steps)
          run.take({ ...step, ...(step.kind === 'push' && { empty: false }) });
        run.drain(run.slowest + 1);
        const update = (clock: number): Decision[] => [
          ...Array.from({ length: count }, (_, worker) => fold(worker, clock)),
          mean(count)
        ];
        const expected = Array.from({ length: run.slowest }, (_, clock) => update(clock)).flat();
        assert.equal(run.decisions, expected);
        return run.decisions;
      })
    ),
    { seed: 7201, numRuns: 200, includeErrorInReport: true }
  );
});

test('the ready prefix is folded at once, so that the last arrival costs one addition', () => {
  const rule = bspModel.rule(bsp(), firstView(3, 1), null);
  assert.equal(arrive(rule, 1, 0), [], 'w1 waits for w0, which is before it');
  assert.equal(arrive(rule, 0, 0), [fold(0, 0), fold(1, 0)]);
  assert.equal(arrive(rule, 2, 0), [fold(2, 0), mean(3)]);
});

test('nobody starts the next iteration before the barrier, and everybody does after it', () => {
  fc.assert(
    fc.property(
      workers,
      elasticSteps,
      alike((count, steps) => {
        const run = new RuleRun(bspModel, bsp(), count);
        for (const step of steps) {
          run.take(step);
          const { slowest } = run;
          for (const { clock, computing } of run.learners.values()) {
            if (computing) assert.ok(clock <= slowest);
            else assert.ok(clock > slowest);
          }
        }
        run.drain(run.slowest + 5);
        return run.decisions;
      })
    ),
    { seed: 7202, numRuns: 300, includeErrorInReport: true }
  );
});

test('each contribution is folded once or dropped once', () => {
  fc.assert(
    fc.property(
      workers,
      elasticSteps,
      alike((count, steps) => {
        const run = new RuleRun(bspModel, bsp(), count);
        for (const step of steps) run.take(step);
        run.drain(run.slowest + 1);
        let contributors = 0;
        for (const decision of run.decisions) {
          if (decision.kind === 'fold') contributors += 1;
          if (decision.kind !== 'commit') continue;
          const scale = contributors === 0 ? 0 : 1 / contributors;
          assert.is(decision.gradientScale, scale, 'a mean over those who are in it');
          contributors = 0;
        }
        const folds = run.decisions
          .filter(({ kind }) => kind === 'fold')
          .map(fate => JSON.stringify(fate));
        assert.is(
          new Set(folds).size,
          folds.length,
          'no (worker, clock) is in two updates or twice in one'
        );
        return run.decisions;
      })
    ),
    { seed: 7203, numRuns: 300, includeErrorInReport: true }
  );
});

test('an empty contribution passes the barrier and does not count in the mean', () => {
  const rule = bspModel.rule(bsp(), firstView(2, 1), null);
  assert.equal(arrive(rule, 0, 0, true), [{ kind: 'drop', worker: 0, clock: 0, fate: 'empty' }]);
  assert.equal(arrive(rule, 1, 0), [fold(1, 0), mean(1)]);
});

test('the death of the last to come closes the update without it', () => {
  const rule = bspModel.rule(bsp(), firstView(3, 1), null);
  arrive(rule, 0, 0);
  arrive(rule, 1, 0);
  const { gate } = rule;
  assert.equal(
    rule.changeView(
      view(2, [
        [0, 0],
        [1, 0]
      ])
    ),
    [mean(2)]
  );
  assert.ok(rule.gate > gate && rule.admits(0, 1));
});

test('what the departed gave stays where it is folded, and is dropped where it waits', () => {
  const rule = bspModel.rule(bsp(), firstView(4, 1), null);
  arrive(rule, 0, 0);
  arrive(rule, 2, 0);
  const dropped = { kind: 'drop', worker: 2, clock: 0, fate: 'dropped' } as const;
  assert.equal(
    rule.changeView(
      view(2, [
        [1, 0],
        [3, 0]
      ])
    ),
    [dropped]
  );
  assert.equal(arrive(rule, 1, 0), [fold(1, 0)]);
  assert.equal(arrive(rule, 3, 0), [fold(3, 0), mean(3)], 'w0, w1 and w3');
});

test('a joiner of a lower rank does not make the barrier wait twice for anybody', () => {
  const rule = bspModel.rule(bsp(), firstView(1, 1), null);
  rule.changeView(
    view(2, [
      [1, 0],
      [2, 0]
    ])
  );
  arrive(rule, 1, 0);
  rule.changeView(
    view(3, [
      [0, 1],
      [1, 0],
      [2, 0]
    ])
  );
  assert.equal(arrive(rule, 0, 0), [fold(0, 0)]);
  assert.equal(arrive(rule, 2, 0), [fold(2, 0), mean(3)]);
});

test('a batch that an earlier life has given to the open update does not enter it again', () => {
  const rule = bspModel.rule(bsp(), firstView(2, 1), null);
  assert.equal(arrive(rule, 0, 0), [fold(0, 0)]);
  assert.equal(
    rule.changeView(
      view(2, [
        [0, 1],
        [1, 0]
      ])
    ),
    []
  );
  assert.equal(arrive(rule, 0, 0), [{ kind: 'drop', worker: 0, clock: 0, fate: 'dropped' }]);
  assert.equal(arrive(rule, 1, 0), [fold(1, 0), mean(2)]);
});

test('a gradient that comes after its barrier has been passed is stale', () => {
  const rule = bspModel.rule(bsp(), firstView(2, 1), null);
  arrive(rule, 0, 0);
  rule.changeView(view(2, [[0, 0]]));
  assert.equal(arrive(rule, 1, 0), [{ kind: 'drop', worker: 1, clock: 0, fate: 'stale' }]);
});

test('a cut is complete with the version that the slowest mark names', () => {
  const rule = bspModel.rule(bsp(), firstView(2, 1), null);
  const clocks = new Map([
    [0, 2],
    [1, 1]
  ]);
  assert.not(rule.cutComplete(clocks, 0));
  assert.ok(rule.cutComplete(clocks, 1), 'iteration 1 holds a gradient of w1 from behind the cut');
});

test.run();
