/**
 * A model in which params say which contributions they hold: on every shard one key for each (worker,
 * clock), to which the gradient of that worker's iteration alone is not zero.
 */
import type { Job, Result } from '../core/node.ts';
import type { Model } from '../core/setup.ts';
import { allKeys, layout } from '../core/tensors.ts';

export class Ledger {
  readonly model: Model;
  readonly #workers: number;
  readonly #servers: number;
  readonly #clocks: number;

  /** For iterations 0 to `clocks - 1` of each worker. */
  constructor(workers: number, servers: number, clocks: number) {
    this.#workers = workers;
    this.#servers = servers;
    this.#clocks = clocks;
    const size = servers * workers * clocks;
    this.model = {
      layout: layout([{ name: 'ledger', shape: [size], rows: false }]),
      sparse: false,
      frequencies: null,
      initialParams: new Float32Array(size)
    };
  }

  /** The gradient of an iteration is -1 at its keys, so that SGD at rate 1 adds 1 there. */
  result(job: Job): Result {
    switch (job.kind) {
      case 'gradient': {
        const { worker, clock } = job;
        if (clock >= this.#clocks) throw new Error(`the ledger has no line for iteration ${clock}`);
        const values = new Float32Array(this.model.layout.size);
        for (let server = 0; server < this.#servers; server++) {
          values[(server * this.#workers + worker) * this.#clocks + clock] = -1;
        }
        const update = { keys: allKeys, length: values.length, values };
        return { kind: 'gradient', loss: 0, samples: 1, update, nextKeys: null };
      }
      case 'evaluation':
        return { kind: 'evaluation', loss: 0, accuracy: null };
      default:
        return { kind: 'failure', reason: `the ledger knows no ${job.kind}` };
    }
  }

  /** (worker, clock, weight) of the contributions in a shard's params. */
  entries(values: Float32Array): [worker: number, clock: number, weight: number][] {
    const entries: [number, number, number][] = [];
    values.forEach((weight, key) => {
      if (weight === 0) return;
      entries.push([Math.floor(key / this.#clocks), key % this.#clocks, weight]);
    });
    return entries;
  }

  /** The contributions in a shard's params: `w0@0 w1@0 x0.5`. */
  describe(values: Float32Array): string {
    const entries = this.entries(values).map(([worker, clock, weight]) => {
      return `w${worker}@${clock}${weight === 1 ? '' : ` x${weight}`}`;
    });
    return entries.length === 0 ? 'nothing' : entries.join(', ');
  }
}
