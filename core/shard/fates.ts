/** What became of contributions, until their workers have heard of it. */
import { grownBytes, grownDoubles, grownWords } from '../growth.ts';
import type { Fate, Settlement } from '../message.ts';

const nothing: readonly Settlement[] = [];
const kinds: readonly Fate[] = ['applied', 'dropped', 'stale', 'empty'];

/**
 * By worker: settlements that no answer has told yet, and those of the latest answer, which may have
 * been lost with its session. A worker's next push shows that it has heard them.
 */
export class Fates {
  readonly #untold: (Settlement[] | undefined)[] = [];
  /** Of the latest answer, where it told of several. */
  readonly #told = new Map<number, readonly Settlement[]>();
  /**
   * Of the latest answer, where it told of one, as nearly all do: 1 and its place among the fates,
   * or 0. Kept until the next push, it would be an old object with an array for every pair of nodes.
   */
  #fate: Uint8Array;
  #clock: Uint32Array;
  #weight: Float64Array;
  #staleness: Float64Array;

  /** `workers`: how many to make room for at first. */
  constructor(workers = 0) {
    this.#fate = new Uint8Array(workers);
    this.#clock = new Uint32Array(workers);
    this.#weight = new Float64Array(workers);
    this.#staleness = new Float64Array(workers);
  }

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
    this.heard(worker);
    if (untold.length === 1) this.#keep(worker, untold[0]!);
    else this.#told.set(worker, untold);
    return untold;
  }

  /** A new push of the worker is here: the latest answer has reached it. */
  heard(worker: number): void {
    if (worker < this.#fate.length) this.#fate[worker] = 0;
    if (this.#told.size > 0) this.#told.delete(worker);
  }

  /** The worker asks again: the latest answer has not reached it. */
  repeat(worker: number): void {
    const told = this.#toldTo(worker);
    if (told.length === 0) return;
    this.heard(worker);
    this.#untold[worker] = [...told, ...(this.#untold[worker] ?? nothing)];
  }

  forget(worker: number): void {
    this.#untold[worker] = undefined;
    this.heard(worker);
  }

  #toldTo(worker: number): readonly Settlement[] {
    const fate = kinds[(this.#fate[worker] ?? 0) - 1];
    if (fate === undefined) return this.#told.get(worker) ?? nothing;
    const clock = this.#clock[worker]!;
    return [{ clock, fate, weight: this.#weight[worker]!, staleness: this.#staleness[worker]! }];
  }

  #keep(worker: number, { clock, fate, weight, staleness }: Settlement): void {
    if (worker >= this.#fate.length) this.#grow(Math.max(worker + 1, 2 * this.#fate.length));
    this.#fate[worker] = 1 + kinds.indexOf(fate);
    this.#clock[worker] = clock;
    this.#weight[worker] = weight;
    this.#staleness[worker] = staleness;
  }

  #grow(room: number): void {
    this.#fate = grownBytes(this.#fate, room);
    this.#clock = grownWords(this.#clock, room);
    this.#weight = grownDoubles(this.#weight, room);
    this.#staleness = grownDoubles(this.#staleness, room);
  }
}
