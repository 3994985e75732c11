/** Which updates a shard has taken: each at most once, whatever is sent again. */
import { grownBytes, grownWords } from '../growth.ts';
import type { Push } from '../message.ts';
import type { Snapshot } from '../node.ts';

/**
 * Identity of an update: (worker, incarnation, clock, round). A worker sends its updates in order
 * and none before the answer to the one before, so the newest taken says it all.
 */
export class SeenUpdates {
  /** By worker: whether it has sent any, and the newest. */
  #any: Uint8Array;
  #incarnation: Uint32Array;
  #clock: Uint32Array;
  #round: Uint32Array;
  duplicates = 0;

  /** `workers`: how many to make room for at first. */
  constructor(workers = 0) {
    this.#any = new Uint8Array(workers);
    this.#incarnation = new Uint32Array(workers);
    this.#clock = new Uint32Array(workers);
    this.#round = new Uint32Array(workers);
  }

  /** Whether the update is new; if so, it counts as taken from now on. */
  take(worker: number, { incarnation, clock, round }: Push): boolean {
    if (worker >= this.#any.length) this.#grow(Math.max(worker + 1, 2 * this.#any.length));
    if (this.#any[worker] === 1 && !this.#isNewer(worker, incarnation, clock, round)) {
      this.duplicates += 1;
      return false;
    }
    this.#any[worker] = 1;
    this.#incarnation[worker] = incarnation;
    this.#clock[worker] = clock;
    this.#round[worker] = round;
    return true;
  }

  /** Whether the update is the one taken last of its worker: what its sender may be waiting for. */
  isNewest(worker: number, { incarnation, clock, round }: Push): boolean {
    if (this.#any[worker] !== 1 || this.#incarnation[worker] !== incarnation) return false;
    return this.#clock[worker] === clock && this.#round[worker] === round;
  }

  snapshot(): Snapshot {
    const newest: number[][] = [];
    this.#any.forEach((any, worker) => {
      if (any === 0) return;
      const incarnation = this.#incarnation[worker]!;
      newest.push([worker, incarnation, this.#clock[worker]!, this.#round[worker]!]);
    });
    return { newest };
  }

  #isNewer(worker: number, incarnation: number, clock: number, round: number): boolean {
    const newest = this.#incarnation[worker]!;
    if (incarnation !== newest) return incarnation > newest;
    const last = this.#clock[worker]!;
    return clock > last || (clock === last && round > this.#round[worker]!);
  }

  #grow(room: number): void {
    this.#any = grownBytes(this.#any, room);
    this.#incarnation = grownWords(this.#incarnation, room);
    this.#clock = grownWords(this.#clock, room);
    this.#round = grownWords(this.#round, room);
  }
}
