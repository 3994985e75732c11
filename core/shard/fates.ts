/** What became of contributions, until their workers have heard of it. */
import type { Settlement } from '../message.ts';

const nothing: readonly Settlement[] = [];

/**
 * By worker: settlements that no answer has told yet, and those of the latest answer, which may have
 * been lost with its session. A worker's next push shows that it has heard them.
 */
export class Fates {
  readonly #untold: (Settlement[] | undefined)[] = [];
  readonly #told: (readonly Settlement[] | undefined)[] = [];

  settle(worker: number, settlement: Settlement): void {
    const untold = this.#untold[worker];
    if (untold === undefined) this.#untold[worker] = [settlement];
    else untold.push(settlement);
  }

  /** For an answer: all that the worker has yet to hear, oldest first. */
  tell(worker: number): readonly Settlement[] {
    const untold = this.#untold[worker];
    if (untold === undefined) return nothing;
    this.#untold[worker] = undefined;
    this.#told[worker] = untold;
    return untold;
  }

  /** A new push of the worker is here: the latest answer has reached it. */
  heard(worker: number): void {
    this.#told[worker] = undefined;
  }

  /** The worker asks again: the latest answer has not reached it. */
  repeat(worker: number): void {
    const told = this.#told[worker];
    if (told === undefined) return;
    this.#told[worker] = undefined;
    this.#untold[worker] = [...told, ...(this.#untold[worker] ?? nothing)];
  }

  forget(worker: number): void {
    this.#untold[worker] = undefined;
    this.#told[worker] = undefined;
  }
}
