/** The clocks of the live workers at one shard, and the slowest of them in constant time. */
import type { View } from '../view.ts';

const none = -1;

/** Clock of a worker: iterations it has ended. All clocks of a fresh table are 0. */
export class Clocks {
  /** By rank: the clock, -1 for who is not live, and which life of the worker it is of. */
  readonly #clock: number[] = [];
  readonly #incarnation: number[] = [];
  #size = 0;
  #slowest = 0;
  /** How many live workers stand at the slowest clock. */
  #atSlowest = 0;

  constructor(view: View) {
    for (const { rank, incarnation } of view.workers) this.#join(rank, incarnation, 0);
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
    this.#clock.forEach((clock, worker) => {
      if (clock === none || lives.get(worker) === this.#incarnation[worker]) return;
      this.#clock[worker] = none;
      this.#size -= 1;
    });
    this.#raise();
    for (const [worker, incarnation] of lives) {
      if (this.at(worker) !== none) continue;
      this.#join(worker, incarnation, this.#slowest);
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
    this.#clock.length = 0;
    for (const [worker, clock] of entries) this.#clock[worker] = clock;
    this.#size = entries.length;
    this.#slowest = 0;
    this.#raise();
  }

  #join(rank: number, incarnation: number, clock: number): void {
    this.#clock[rank] = clock;
    this.#incarnation[rank] = incarnation;
    this.#size += 1;
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
