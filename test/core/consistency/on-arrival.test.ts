/** SSP (Ho et al. 2013, section 3) and ASP by their rules, under every order of events. */
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { asp, aspModel } from '../../../core/consistency/asp.ts';
import type { Decision } from '../../../core/consistency/model.ts';
import { ssp, sspModel } from '../../../core/consistency/ssp.ts';
import { firstView } from '../../../core/view.ts';
import { alike } from '../../twice.ts';
import { RuleRun } from './rule-run.ts';
import { elasticSteps, steadySteps } from './steps.ts';

const test = suite('SSP and ASP');

const bounds = fc.integer({ min: 0, max: 4 });
const workers = fc.integer({ min: 1, max: 6 });

/** Clocks of those who may compute at the moment. */
function running(run: Pick<RuleRun<never>, 'learners'>): number[] {
  return [...run.learners.values()].filter(({ computing }) => computing).map(({ clock }) => clock);
}

test('an iteration c starts iff c minus the slowest clock is within the bound', () => {
  fc.assert(
    fc.property(
      bounds,
      workers,
      elasticSteps,
      alike((bound, count, steps) => {
        const run = new RuleRun(sspModel, ssp(bound), count);
        for (const step of steps) {
          run.take(step);
          for (const [worker, { clock, computing }] of run.learners) {
            // Who computes was within the bound when it began, and the slowest clock only grows.
            if (computing) assert.ok(clock - run.slowest <= bound, `w${worker} is too far ahead`);
            else assert.ok(clock - run.slowest > bound, `w${worker} waits for nothing`);
          }
        }
        return run.decisions;
      })
    ),
    { seed: 7101, numRuns: 300, includeErrorInReport: true }
  );
});

test('with a fixed membership no two clocks are further apart than the bound and one', () => {
  fc.assert(
    fc.property(
      bounds,
      workers,
      steadySteps,
      alike((bound, count, steps) => {
        const run = new RuleRun(sspModel, ssp(bound), count);
        let widest = 0;
        for (const step of steps) {
          run.take(step);
          const clocks = [...run.learners.values()].map(({ clock }) => clock);
          widest = Math.max(widest, Math.max(...clocks) - Math.min(...clocks));
        }
        assert.ok(widest <= bound + 1);
        return run.decisions;
      })
    ),
    { seed: 7102, numRuns: 300, includeErrorInReport: true }
  );
});

test('the bound is reached: a lone runner ends bound + 1 iterations before it waits', () => {
  for (let bound = 0; bound <= 5; bound++) {
    const run = new RuleRun(sspModel, ssp(bound), 3);
    let ended = 0;
    for (; run.learners.get(2)!.computing; ended++) run.push(2);
    assert.is(ended, bound + 1);
  }
});

test('everybody is admitted in the end, whoever comes and goes', () => {
  fc.assert(
    fc.property(
      bounds,
      workers,
      elasticSteps,
      alike((bound, count, steps) => {
        const run = new RuleRun(sspModel, ssp(bound), count);
        for (const step of steps) run.take(step);
        run.drain(run.slowest + 10);
        return run.decisions;
      })
    ),
    { seed: 7103, numRuns: 200, includeErrorInReport: true }
  );
});

test('ASP lets everybody go on at once', () => {
  fc.assert(
    fc.property(
      workers,
      elasticSteps,
      alike((count, steps) => {
        const run = new RuleRun(aspModel, asp(), count);
        for (const step of steps) {
          run.take(step);
          assert.is(running(run).length, run.learners.size);
        }
        return run.decisions;
      })
    ),
    { seed: 7104, numRuns: 200, includeErrorInReport: true }
  );
});

test('each gradient makes one version, at the rate of a mean or of a sum', () => {
  const view = firstView(4, 1);
  const arrival = { worker: 2, clock: 0, base: 0, version: 0, samples: 32, empty: false };
  const rates = { mean: 1 / 4, sum: 1 };
  for (const scale of ['mean', 'sum'] as const) {
    const expected: Decision[] = [
      { kind: 'fold', worker: 2, clock: 0, weight: 1 },
      { kind: 'commit', gradientScale: 1, rateScale: rates[scale] }
    ];
    assert.equal(aspModel.rule(asp({ scale }), view, null).arrive(arrival), expected);
    assert.equal(sspModel.rule(ssp(1, { scale }), view, null).arrive(arrival), expected);
  }
});

test('an empty contribution moves the clock and makes no version', () => {
  const rule = sspModel.rule(ssp(0), firstView(1, 1), null);
  const empty = { worker: 0, clock: 0, base: 0, version: 0, samples: 0, empty: true };
  assert.equal(rule.arrive(empty), [{ kind: 'drop', worker: 0, clock: 0, fate: 'empty' }]);
  assert.is(rule.slowest, 1);
});

test('the death of the slowest worker releases those who waited for it', () => {
  const run = new RuleRun(sspModel, ssp(1), 3);
  for (const worker of [1, 2]) for (let i = 0; i < 2; i++) run.push(worker);
  assert.equal(running(run), [0], 'two clocks ahead of w0, both wait');
  run.take({ kind: 'leave', who: 0 });
  assert.equal(running(run), [2, 2]);
});

test('a worker that is back in a new incarnation stands at the slowest clock of the others', () => {
  const run = new RuleRun(sspModel, ssp(3), 3);
  for (const [worker, iterations] of [
    [0, 2],
    [1, 3],
    [2, 1]
  ] as const) {
    for (let i = 0; i < iterations; i++) run.push(worker);
  }
  run.take({ kind: 'return', who: 2 });
  assert.is(run.rule.slowest, 2);
  run.push(0);
  assert.is(run.rule.slowest, 2, 'the newcomer has not given iteration 2 yet');
});

test('a cut is complete at a shard when every marked clock has been reached there', () => {
  const rule = aspModel.rule(asp(), firstView(2, 1), null);
  const clocks = new Map([
    [0, 1],
    [1, 0]
  ]);
  assert.not(rule.cutComplete(clocks, 0), 'the gradient of iteration 0 of w0 is still to come');
  rule.arrive({ worker: 0, clock: 0, base: 0, version: 0, samples: 1, empty: false });
  assert.ok(rule.cutComplete(clocks, 1));
});

test.run();
