/** The clocks of the live workers at one shard, and the slowest of them in constant time. */
import type { View } from '../view.ts';

/** Clock of a worker: iterations it has ended. All clocks of a fresh table are 0. */
export class Clocks {
  readonly #clock = new Map<number, number>();
  /** Which life of each worker the clock is of. */
  readonly #incarnation = new Map<number, number>();
  /** How many live workers stand at each clock that anybody stands at. */
  readonly #count = new Map<number, number>();
  #slowest = 0;

  constructor(view: View) {
    for (const { rank, incarnation } of view.workers) {
      this.#clock.set(rank, 0);
      this.#incarnation.set(rank, incarnation);
    }
    this.#count.set(0, view.workers.length);
  }

  /** Minimum over the live workers. */
  get slowest(): number {
    return this.#slowest;
  }

  /** Number of live workers. */
  get size(): number {
    return this.#clock.size;
  }

  /** Clock of a live worker; -1 for any other. */
  at(worker: number): number {
    return this.#clock.get(worker) ?? -1;
  }

  /** The worker has ended the iteration before `clock`. Returns whether the slowest clock moved. */
  advance(worker: number, clock: number): boolean {
    const before = this.#clock.get(worker);
    if (before === undefined || clock <= before) return false;
    this.#clock.set(worker, clock);
    this.#move(before, clock);
    return this.#raise();
  }

  /**
   * Takes over a membership: the departed are forgotten, joiners stand at the slowest clock, and so
   * does a worker that is back in a new incarnation. Returns whether the slowest clock moved.
   */
  changeView(view: View): boolean {
    const lives = new Map(view.workers.map(({ rank, incarnation }) => [rank, incarnation]));
    const before = this.#slowest;
    for (const [worker, clock] of this.#clock) {
      if (lives.get(worker) === this.#incarnation.get(worker)) continue;
      this.#clock.delete(worker);
      this.#incarnation.delete(worker);
      this.#leave(clock);
    }
    this.#raise();
    for (const [worker, incarnation] of lives) {
      if (this.#clock.has(worker)) continue;
      this.#clock.set(worker, this.#slowest);
      this.#incarnation.set(worker, incarnation);
      this.#count.set(this.#slowest, (this.#count.get(this.#slowest) ?? 0) + 1);
    }
    return this.#slowest !== before;
  }

  /** (worker, clock) pairs in the order of joining. */
  entries(): [number, number][] {
    return [...this.#clock];
  }

  /** Puts back what `entries` gave, for the membership that it was taken in. */
  restore(entries: readonly (readonly [number, number])[]): void {
    this.#clock.clear();
    this.#count.clear();
    for (const [worker, clock] of entries) {
      this.#clock.set(worker, clock);
      this.#count.set(clock, (this.#count.get(clock) ?? 0) + 1);
    }
    this.#slowest = entries.reduce((least, [, clock]) => Math.min(least, clock), Infinity);
    if (entries.length === 0) this.#slowest = 0;
  }

  #move(from: number, to: number): void {
    this.#leave(from);
    this.#count.set(to, (this.#count.get(to) ?? 0) + 1);
  }

  #leave(clock: number): void {
    const left = (this.#count.get(clock) ?? 0) - 1;
    if (left > 0) this.#count.set(clock, left);
    else this.#count.delete(clock);
  }

  // Amortised constant: the slowest clock walks over each value once. Clocks move by one iteration,
  // but for joiners and skips, so the walk meets few gaps.
  #raise(): boolean {
    if (this.#count.size === 0 || this.#count.has(this.#slowest)) return false;
    let next = Infinity;
    if (this.#count.has(this.#slowest + 1)) next = this.#slowest + 1;
    else for (const clock of this.#count.keys()) next = Math.min(next, clock);
    this.#slowest = next;
    return true;
  }
}
