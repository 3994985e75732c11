/** What became of contributions, until their workers have heard of it. */
import type { Settlement } from '../message.ts';

/**
 * By worker: settlements that no answer has told yet, and those of the latest answer, which may have
 * been lost with its session. A worker's next push shows that it has heard them.
 */
export class Fates {
  readonly #untold = new Map<number, Settlement[]>();
  readonly #told = new Map<number, readonly Settlement[]>();

  settle(worker: number, settlement: Settlement): void {
    const untold = this.#untold.get(worker);
    if (untold === undefined) this.#untold.set(worker, [settlement]);
    else untold.push(settlement);
  }

  /** For an answer: all that the worker has yet to hear, oldest first. */
  tell(worker: number): readonly Settlement[] {
    const untold = this.#untold.get(worker);
    if (untold === undefined) return [];
    this.#untold.delete(worker);
    this.#told.set(worker, untold);
    return untold;
  }

  /** A new push of the worker is here: the latest answer has reached it. */
  heard(worker: number): void {
    this.#told.delete(worker);
  }

  /** The worker asks again: the latest answer has not reached it. */
  repeat(worker: number): void {
    const told = this.#told.get(worker);
    if (told === undefined) return;
    this.#told.delete(worker);
    this.#untold.set(worker, [...told, ...(this.#untold.get(worker) ?? [])]);
  }

  forget(worker: number): void {
    this.#untold.delete(worker);
    this.#told.delete(worker);
  }
}
