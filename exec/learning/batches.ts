/** Which samples a batch has: a pure function of (seed, worker, clock). */
import { stream } from '../../core/random.ts';
import type { Batch } from './problem.ts';

/**
 * The batches of all workers. A worker goes through its samples in a new order every epoch; a batch
 * that reaches the end of one goes on in the next, so all batches have the same size.
 */
export class Batches {
  readonly #seed: number;
  readonly #split: readonly Uint32Array[];
  readonly #size: number;
  /** The order that a worker was asked for last; only a cache. */
  readonly #orders = new Map<number, { readonly epoch: number; readonly order: Uint32Array }>();

  /** `split` holds the samples of each worker, `size` is that of a batch. */
  constructor(seed: number, split: readonly Uint32Array[], size: number) {
    this.#seed = seed;
    this.#split = split;
    this.#size = size;
  }

  /** The samples of a batch, by index in the training set. Throws for a worker that has none. */
  indices({ worker, clock }: Batch): Uint32Array {
    const samples = this.#split[worker];
    if (samples === undefined)
      throw new Error(`there is no worker ${worker}, so it has no samples`);
    const indices = new Uint32Array(this.#size);
    const first = clock * this.#size;
    for (let i = 0; i < this.#size; ) {
      const epoch = Math.floor((first + i) / samples.length);
      const begin = first + i - epoch * samples.length;
      const part = this.#order(worker, epoch).subarray(begin, begin + this.#size - i);
      indices.set(part, i);
      i += part.length;
    }
    return indices;
  }

  #order(worker: number, epoch: number): Uint32Array {
    const last = this.#orders.get(worker);
    if (last?.epoch === epoch) return last.order;
    const order = stream(this.#seed, 'batch', worker, epoch).shuffle(this.#split[worker]!.slice());
    this.#orders.set(worker, { epoch, order });
    return order;
  }
}
