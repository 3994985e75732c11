/** Random histories of a rule. */
import * as fc from 'fast-check';
import type { Step } from './rule-run.ts';

const who = fc.nat(11);

const push: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('push' as const),
  who,
  // One in eight brings nothing.
  empty: fc.nat(7).map(draw => draw === 0)
});

const change: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('leave' as const, 'return' as const, 'join' as const),
  who
});

const restore: fc.Arbitrary<Step> = fc.record({ kind: fc.constant('restore' as const), who });

/** Pushes of a fixed membership, in any order, and restores between them. */
export const steadySteps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof({ weight: 12, arbitrary: push }, { weight: 1, arbitrary: restore }),
  { minLength: 1, maxLength: 120 }
);

/** The same, with workers that leave, come back in a new incarnation, and join. */
export const elasticSteps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 12, arbitrary: push },
    { weight: 2, arbitrary: change },
    { weight: 1, arbitrary: restore }
  ),
  { minLength: 1, maxLength: 120 }
);
