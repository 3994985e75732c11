/** Which updates a shard has taken: each at most once, whatever is sent again. */
import type { Push } from '../message.ts';
import type { Snapshot } from '../node.ts';

/**
 * Identity of an update: (worker, incarnation, clock, round). A worker sends its updates in order
 * and none before the answer to the one before, so the newest taken says it all.
 */
export class SeenUpdates {
  readonly #newest = new Map<number, { incarnation: number; clock: number; round: number }>();
  duplicates = 0;

  /** Whether the update is new; if so, it counts as taken from now on. */
  take(worker: number, push: Push): boolean {
    const { incarnation, clock, round } = push;
    const newest = this.#newest.get(worker);
    if (newest === undefined) {
      this.#newest.set(worker, { incarnation, clock, round });
      return true;
    }
    const isNew =
      incarnation !== newest.incarnation
        ? incarnation > newest.incarnation
        : clock > newest.clock || (clock === newest.clock && round > newest.round);
    if (!isNew) {
      this.duplicates += 1;
      return false;
    }
    newest.incarnation = incarnation;
    newest.clock = clock;
    newest.round = round;
    return true;
  }

  /** Whether the update is the one taken last of its worker: what its sender may be waiting for. */
  isNewest(worker: number, { incarnation, clock, round }: Push): boolean {
    const newest = this.#newest.get(worker);
    if (newest === undefined) return false;
    const same = incarnation === newest.incarnation && clock === newest.clock;
    return same && round === newest.round;
  }

  snapshot(): Snapshot {
    return {
      newest: [...this.#newest].map(([worker, { incarnation, clock, round }]) => [
        worker,
        incarnation,
        clock,
        round
      ])
    };
  }
}
