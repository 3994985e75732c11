/** Wishes for params that the consistency rule has not admitted yet. */
import type { Rule } from '../consistency/model.ts';
import { grownBytes } from '../growth.ts';
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
  readonly #rule: Pick<Rule, 'gate' | 'admits'>;
  /** In the order of parking. */
  #wishes: Wish[] = [];
  /** By worker: 1 if it is among them. */
  #waits = new Uint8Array(0);
  #gate = 0;

  constructor(rule: Pick<Rule, 'gate' | 'admits'>) {
    this.#rule = rule;
  }

  park(wish: Wish): void {
    const { worker } = wish;
    if (this.has(worker)) this.#wishes[this.#placeOf(worker)] = wish;
    else {
      this.#wishes.push(wish);
      const room = this.#waits.length;
      if (worker >= room) this.#waits = grownBytes(this.#waits, Math.max(worker + 1, 2 * room));
      this.#waits[worker] = 1;
    }
  }

  has(worker: number): boolean {
    return this.#waits[worker] === 1;
  }

  forget(worker: number): void {
    if (this.has(worker)) this.#takeOut(this.#placeOf(worker));
  }

  /**
   * Takes out the wishes that may be granted, in the order of parking. Looks at all of them only when
   * the rule's gate has moved, else at that of `newest` alone.
   */
  admit(newest: number): readonly Wish[] {
    if (this.#rule.gate !== this.#gate) return this.admitAll();
    if (!this.has(newest)) return none;
    const place = this.#placeOf(newest);
    const wish = this.#wishes[place]!;
    if (!this.#rule.admits(wish.worker, wish.clock)) return none;
    this.#takeOut(place);
    return [wish];
  }

  admitAll(): readonly Wish[] {
    this.#gate = this.#rule.gate;
    const admitted: Wish[] = [];
    const parked: Wish[] = [];
    for (const wish of this.#wishes) {
      if (this.#rule.admits(wish.worker, wish.clock)) {
        this.#waits[wish.worker] = 0;
        admitted.push(wish);
      } else parked.push(wish);
    }
    this.#wishes = parked;
    return admitted;
  }

  /** Who asks is nearly always who has come last. */
  #placeOf(worker: number): number {
    let place = this.#wishes.length - 1;
    while (this.#wishes[place]!.worker !== worker) place--;
    return place;
  }

  #takeOut(place: number): void {
    this.#waits[this.#wishes[place]!.worker] = 0;
    if (place === this.#wishes.length - 1) this.#wishes.pop();
    else this.#wishes.splice(place, 1);
  }
}

const none: readonly Wish[] = [];
