/** Duplicate rejection against a list of everything that was ever taken. */
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Push } from '../../../core/message.ts';
import { SeenUpdates } from '../../../core/shard/seen-updates.ts';
import { alike } from '../../twice.ts';

const test = suite('seen updates');

function push(incarnation: number, clock: number, round: number): Push {
  return {
    kind: 'push',
    view: 1,
    incarnation,
    clock,
    round,
    cut: 0,
    base: 0,
    contribution: { kind: 'empty' },
    want: null,
    origins: null
  };
}

/** What a worker sends next: the round after, the iteration after, a new life, or something again. */
const moves = fc.array(
  fc.record({
    worker: fc.nat(2),
    move: fc.constantFrom('round', 'clock', 'life', 'again'),
    back: fc.nat(5)
  }),
  { maxLength: 80 }
);

test('what a worker sends in order is taken once, however often any of it comes again', () => {
  fc.assert(
    fc.property(
      moves,
      alike(history => {
        const seen = new SeenUpdates();
        const sent = new Map<number, [number, number, number][]>();
        let duplicates = 0;
        for (const { worker, move, back } of history) {
          const own = sent.get(worker) ?? [];
          sent.set(worker, own);
          const [life, clock, round] = own.at(-1) ?? [0, 0, -1];
          if (move === 'again') {
            const before = own.at(-1 - back);
            if (before === undefined) continue;
            assert.not(seen.take(worker, push(...before)));
            assert.is(seen.isNewest(worker, push(...before)), back === 0);
            duplicates += 1;
            continue;
          }
          const next: [number, number, number] =
            move === 'round' || own.length === 0
              ? [life, clock, round + 1]
              : move === 'clock'
                ? [life, clock + 1, 0]
                : [life + 1, Math.max(0, clock - back), 0];
          assert.ok(seen.take(worker, push(...next)));
          assert.ok(seen.isNewest(worker, push(...next)));
          own.push(next);
        }
        assert.is(seen.duplicates, duplicates);
        return [sent, duplicates];
      })
    ),
    { seed: 7601, numRuns: 300, includeErrorInReport: true }
  );
});

test('an update of a life that is over is none', () => {
  const seen = new SeenUpdates();
  assert.ok(seen.take(0, push(1, 3, 0)));
  assert.not(seen.take(0, push(0, 9, 0)));
  assert.ok(seen.take(0, push(1, 4, 0)));
});

test.run();
