/** Parked wishes against a plain map in the order of parking. */
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Rule } from '../../../core/consistency/model.ts';
import { Parking, type Wish } from '../../../core/shard/parking.ts';
import { allKeys } from '../../../core/tensors.ts';
import { alike } from '../../twice.ts';

const test = suite('parking');

const events = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ park: fc.nat(6), clock: fc.nat(9) }) },
    { weight: 3, arbitrary: fc.record({ open: fc.integer({ min: 1, max: 3 }) }) },
    { weight: 3, arbitrary: fc.record({ admit: fc.nat(6) }) },
    { weight: 1, arbitrary: fc.record({ forget: fc.nat(6) }) },
    { weight: 1, arbitrary: fc.constant('all' as const) }
  ),
  { maxLength: 80 }
);

test('who asks again keeps its place, and wishes are granted in the order of parking', () => {
  fc.assert(
    fc.property(
      events,
      alike(history => {
        let bound = 0;
        let gate = 0;
        const admits = (_worker: number, clock: number) => clock <= bound;
        const rule: Pick<Rule, 'gate' | 'admits'> = {
          get gate() {
            return gate;
          },
          admits
        };
        const parking = new Parking(rule);
        const naive = new Map<number, Wish>();
        let looked = 0;
        const found: Wish[][] = [];
        const grant = (workers: readonly number[]): Wish[] => {
          const granted = workers
            .map(worker => naive.get(worker))
            .filter((wish): wish is Wish => wish !== undefined && admits(0, wish.clock));
          for (const { worker } of granted) naive.delete(worker);
          return granted;
        };
        for (const event of history) {
          if (event === 'all') {
            looked = gate;
            const granted = parking.admitAll();
            assert.equal(granted, grant([...naive.keys()]));
            found.push([...granted]);
          } else if ('park' in event) {
            const { park: worker, clock } = event;
            const wish = { worker, clock, keys: allKeys, since: 0, answers: clock, received: true };
            parking.park(wish);
            naive.set(worker, wish);
          } else if ('open' in event) {
            bound += event.open;
            gate += 1;
          } else if ('forget' in event) {
            parking.forget(event.forget);
            naive.delete(event.forget);
          } else {
            const expected = gate === looked ? [event.admit] : [...naive.keys()];
            looked = gate;
            const granted = parking.admit(event.admit);
            assert.equal(granted, grant(expected));
            found.push([...granted]);
          }
          for (let worker = 0; worker <= 6; worker++) {
            assert.is(parking.has(worker), naive.has(worker));
          }
        }
        return found;
      })
    ),
    { seed: 5203, numRuns: 400, includeErrorInReport: true }
  );
});

test.run();
