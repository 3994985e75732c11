/** The table of clocks against one that looks at everybody every time. */
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Clocks } from '../../../core/consistency/clocks.ts';
import { firstView, type Member, type View } from '../../../core/view.ts';
import { alike } from '../../twice.ts';

const test = suite('clocks');

/** What a table of clocks means. */
class NaiveClocks {
  #slowest = 0;
  readonly clocks = new Map<number, { incarnation: number; clock: number }>();

  constructor(view: View) {
    for (const { rank, incarnation } of view.workers)
      this.clocks.set(rank, { incarnation, clock: 0 });
  }

  get slowest(): number {
    if (this.clocks.size === 0) return this.#slowest;
    return Math.min(...[...this.clocks.values()].map(({ clock }) => clock));
  }

  advance(worker: number, clock: number): boolean {
    const before = this.slowest;
    const entry = this.clocks.get(worker);
    if (entry !== undefined) entry.clock = Math.max(entry.clock, clock);
    return this.slowest !== before;
  }

  changeView(members: readonly Member[]): boolean {
    const before = this.slowest;
    this.#slowest = before;
    for (const [rank, { incarnation }] of this.clocks) {
      const stays = members.some(live => live.rank === rank && live.incarnation === incarnation);
      if (!stays) this.clocks.delete(rank);
    }
    const clock = this.slowest;
    for (const { rank, incarnation } of members) {
      if (!this.clocks.has(rank)) this.clocks.set(rank, { incarnation, clock });
    }
    return this.slowest !== before;
  }
}

const members: fc.Arbitrary<Member[]> = fc
  .uniqueArray(fc.record({ rank: fc.nat(7), incarnation: fc.nat(1) }), {
    selector: ({ rank }) => rank
  })
  .map(list => list.sort((a, b) => a.rank - b.rank));

const events = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ worker: fc.nat(8), jump: fc.integer({ min: -1, max: 4 }) })
    },
    { weight: 1, arbitrary: fc.record({ members }) },
    { weight: 1, arbitrary: fc.constant('restore' as const) }
  ),
  { maxLength: 150 }
);

test('they are what looking at everybody gives, through skips, joins, deaths and restores', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8 }),
      events,
      alike((workers, history) => {
        let view = firstView(workers, 1);
        let clocks = new Clocks(view);
        const naive = new NaiveClocks(view);
        const found: number[] = [];
        for (const event of history) {
          if (event === 'restore') {
            const entries = clocks.entries();
            // A table of nobody says nothing of the past.
            if (entries.length === 0) continue;
            clocks = new Clocks(view);
            clocks.restore(entries);
          } else if ('members' in event) {
            view = { ...view, workers: event.members };
            assert.is(clocks.changeView(view), naive.changeView(event.members));
          } else {
            const to = (naive.clocks.get(event.worker)?.clock ?? 0) + event.jump;
            assert.is(clocks.advance(event.worker, to), naive.advance(event.worker, to));
          }
          assert.is(clocks.slowest, naive.slowest);
          found.push(clocks.slowest, clocks.size);
          assert.is(clocks.size, naive.clocks.size);
          for (let worker = 0; worker <= 8; worker++) {
            assert.is(clocks.at(worker), naive.clocks.get(worker)?.clock ?? -1);
          }
        }
        return found;
      })
    ),
    { seed: 7301, numRuns: 400, includeErrorInReport: true }
  );
});

test.run();
