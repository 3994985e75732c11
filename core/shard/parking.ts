/** Wishes for params that the consistency rule has not admitted yet. */
import type { Rule } from '../consistency/model.ts';
import type { Instant } from '../node.ts';
import type { KeySet } from '../tensors.ts';

export interface Wish {
  readonly worker: number;
  /** The iteration that wants to start. */
  readonly clock: number;
  readonly keys: KeySet;
  readonly since: Instant;
  /** Clock of the push or pull that is answered, and whether a contribution came with it. */
  readonly answers: number;
  readonly received: boolean;
}

/** At most one wish of each worker: one that asks again takes the place of the one before. */
export class Parking {
  readonly #rule: Rule;
  /** By worker, in the order of parking. */
  readonly #wishes = new Map<number, Wish>();
  #gate = 0;

  constructor(rule: Rule) {
    this.#rule = rule;
  }

  park(wish: Wish): void {
    this.#wishes.set(wish.worker, wish);
  }

  has(worker: number): boolean {
    return this.#wishes.has(worker);
  }

  forget(worker: number): void {
    this.#wishes.delete(worker);
  }

  /**
   * Takes out the wishes that may be granted, in the order of parking. Looks at all of them only when
   * the rule's gate has moved, else at that of `newest` alone.
   */
  admit(newest: number): readonly Wish[] {
    if (this.#rule.gate !== this.#gate) return this.admitAll();
    const wish = this.#wishes.get(newest);
    return wish !== undefined && this.#take(wish) ? [wish] : none;
  }

  admitAll(): readonly Wish[] {
    this.#gate = this.#rule.gate;
    const admitted: Wish[] = [];
    for (const wish of this.#wishes.values()) if (this.#take(wish)) admitted.push(wish);
    return admitted;
  }

  #take(wish: Wish): boolean {
    return this.#rule.admits(wish.worker, wish.clock) && this.#wishes.delete(wish.worker);
  }
}

const none: readonly Wish[] = [];
