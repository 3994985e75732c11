/** Which updates a shard has taken: each at most once, whatever is sent again. */
import type { Push } from '../message.ts';
import type { Snapshot } from '../node.ts';

/**
 * Identity of an update: (worker, incarnation, clock, round). A worker sends its updates in order
 * and none before the answer to the one before, so the newest taken says it all.
 */
export class SeenUpdates {
  /** By worker, of the newest update; undefined for who has sent none. */
  readonly #incarnation: number[] = [];
  readonly #clock: number[] = [];
  readonly #round: number[] = [];
  duplicates = 0;

  /** Whether the update is new; if so, it counts as taken from now on. */
  take(worker: number, { incarnation, clock, round }: Push): boolean {
    const newest = this.#incarnation[worker];
    if (newest !== undefined && !this.#isNewer(worker, newest, incarnation, clock, round)) {
      this.duplicates += 1;
      return false;
    }
    this.#incarnation[worker] = incarnation;
    this.#clock[worker] = clock;
    this.#round[worker] = round;
    return true;
  }

  /** Whether the update is the one taken last of its worker: what its sender may be waiting for. */
  isNewest(worker: number, { incarnation, clock, round }: Push): boolean {
    if (this.#incarnation[worker] !== incarnation) return false;
    return this.#clock[worker] === clock && this.#round[worker] === round;
  }

  snapshot(): Snapshot {
    const newest: number[][] = [];
    this.#incarnation.forEach((incarnation, worker) => {
      newest.push([worker, incarnation, this.#clock[worker]!, this.#round[worker]!]);
    });
    return { newest };
  }

  #isNewer(
    worker: number,
    newest: number,
    incarnation: number,
    clock: number,
    round: number
  ): boolean {
    if (incarnation !== newest) return incarnation > newest;
    const last = this.#clock[worker]!;
    return clock > last || (clock === last && round > this.#round[worker]!);
  }
}
