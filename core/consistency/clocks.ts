/** The clocks of the live workers at one shard, and the slowest of them in constant time. */
import { grownDoubles } from '../growth.ts';
import type { Member, View } from '../view.ts';

const none = -1;

/** Clock of a worker: iterations it has ended. All clocks of a fresh table are 0. */
export class Clocks {
  /** By rank: the clock, -1 for who is not live. */
  #clock = new Float64Array(0);
  /** The live workers. */
  #members: readonly Member[];
  #size = 0;
  #slowest = 0;
  /** How many live workers stand at the slowest clock. */
  #atSlowest = 0;

  constructor(view: View) {
    this.#members = view.workers;
    this.#grow(1 + (view.workers.at(-1)?.rank ?? none));
    for (const { rank } of view.workers) this.#join(rank, 0);
    this.#atSlowest = this.#size;
  }

  /** Minimum over the live workers. */
  get slowest(): number {
    return this.#slowest;
  }

  /** Number of live workers. */
  get size(): number {
    return this.#size;
  }

  /** Clock of a live worker; -1 for any other. */
  at(worker: number): number {
    return this.#clock[worker] ?? none;
  }

  /** The worker has ended the iteration before `clock`. Returns whether the slowest clock moved. */
  advance(worker: number, clock: number): boolean {
    const before = this.at(worker);
    if (before === none || clock <= before) return false;
    this.#clock[worker] = clock;
    // Amortised constant: all are looked at once for every clock that all have passed.
    return before === this.#slowest && --this.#atSlowest === 0 && this.#raise();
  }

  /**
   * Takes over a membership: the departed are forgotten, joiners stand at the slowest clock, and so
   * does a worker that is back in a new incarnation. Returns whether the slowest clock moved.
   */
  changeView(view: View): boolean {
    const lives = new Map(view.workers.map(({ rank, incarnation }) => [rank, incarnation]));
    const before = this.#slowest;
    for (const { rank, incarnation } of this.#members) {
      if (this.at(rank) === none || lives.get(rank) === incarnation) continue;
      this.#clock[rank] = none;
      this.#size -= 1;
    }
    this.#members = view.workers;
    this.#grow(1 + (view.workers.at(-1)?.rank ?? none));
    this.#raise();
    for (const { rank } of view.workers) {
      if (this.at(rank) !== none) continue;
      this.#join(rank, this.#slowest);
      this.#atSlowest += 1;
    }
    return this.#slowest !== before;
  }

  /** (worker, clock) pairs in ascending rank. */
  entries(): [number, number][] {
    const entries: [number, number][] = [];
    this.#clock.forEach((clock, worker) => {
      if (clock !== none) entries.push([worker, clock]);
    });
    return entries;
  }

  /** Puts back what `entries` gave, for the membership that it was taken in. */
  restore(entries: readonly (readonly [number, number])[]): void {
    this.#clock.fill(none);
    for (const [worker, clock] of entries) this.#clock[worker] = clock;
    this.#size = entries.length;
    this.#slowest = 0;
    this.#raise();
  }

  #join(rank: number, clock: number): void {
    this.#clock[rank] = clock;
    this.#size += 1;
  }

  /** Makes room for the workers of ranks 0 to `ranks - 1`. */
  #grow(ranks: number): void {
    if (ranks > this.#clock.length) this.#clock = grownDoubles(this.#clock, ranks, none);
  }

  /** Finds the slowest clock, and who stands there. Returns whether it moved. */
  #raise(): boolean {
    const before = this.#slowest;
    let slowest = Infinity;
    let count = 0;
    this.#clock.forEach(clock => {
      if (clock === none || clock > slowest) return;
      count = clock === slowest ? count + 1 : 1;
      slowest = clock;
    });
    this.#atSlowest = count;
    // A table of nobody keeps its place.
    if (count > 0) this.#slowest = slowest;
    return this.#slowest !== before;
  }
}
