/**
 * Bulk synchronous parallel (Valiant 1990; synchronous SGD in Chen et al. 2016, section 2): one
 * update an iteration, the mean of the gradients of all workers, added in worker order.
 */
import { z } from 'zod';
import type { Snapshot } from '../node.ts';
import type { View } from '../view.ts';
import { Clocks } from './clocks.ts';
import type { Arrival, ConsistencyModel, Decision, Rule } from './model.ts';
import { clockEntries, noArgument } from './short-form.ts';

const schema = z.strictObject({ kind: z.literal('bsp') });
export type BspConfig = z.infer<typeof schema>;

/** A barrier after every iteration. */
export function bsp(): BspConfig {
  return { kind: 'bsp' };
}

export const bspModel: ConsistencyModel<BspConfig> = {
  kind: 'bsp',
  schema,
  decides: 'per-shard',
  needsValues: false,
  parse: argument => noArgument('bsp', argument, bsp()),
  format: () => 'bsp',
  rule: (_config, view, restored) => new BspRule(view, restored)
};

class BspRule implements Rule {
  readonly #clocks: Clocks;
  /** Live workers, ascending: the order of the folds. */
  #order: readonly number[];
  /** The iteration that the open update gathers; equal to the version. */
  #iteration = 0;
  /** Contributions of the open iteration that are here, by worker: samples, 0 for an empty one. */
  readonly #waiting = new Map<number, number>();
  /** How far into `order` the open update has been folded, and how many of those were not empty. */
  #folded = 0;
  #contributors = 0;
  gate = 0;

  constructor(view: View, restored: Snapshot | null) {
    this.#clocks = new Clocks(view);
    this.#order = view.workers.map(member => member.rank);
    if (restored === null) return;
    this.#clocks.restore(clockEntries(restored['clocks']));
    this.#iteration = Number(restored['iteration']);
    for (const [worker, samples] of clockEntries(restored['waiting'])) {
      this.#waiting.set(worker, samples);
    }
    this.#folded = Number(restored['folded']);
    this.#contributors = Number(restored['contributors']);
  }

  get slowest(): number {
    return this.#clocks.slowest;
  }

  arrive(arrival: Arrival): readonly Decision[] {
    this.#clocks.advance(arrival.worker, arrival.clock + 1);
    // Invariant: nobody starts iteration c + 1 before the barrier of c, so none is ahead of it. One
    // behind it comes from a worker that had left the view when the barrier was passed.
    if (arrival.clock < this.#iteration) {
      return [{ kind: 'drop', worker: arrival.worker, clock: arrival.clock, fate: 'stale' }];
    }
    this.#waiting.set(arrival.worker, arrival.empty ? 0 : arrival.samples);
    return this.#fold();
  }

  admits(_worker: number, clock: number): boolean {
    return clock <= this.#iteration;
  }

  changeView(view: View): readonly Decision[] {
    const before = this.#order;
    this.#clocks.changeView(view);
    this.#order = view.workers.map(member => member.rank);
    // What the departed have given to the open update stays in it; what is still to come does not.
    const folded = new Set(before.slice(0, this.#folded));
    this.#folded = 0;
    while (folded.has(this.#order[this.#folded] ?? -1)) this.#folded += 1;
    for (const worker of this.#waiting.keys()) {
      if (!this.#order.includes(worker)) this.#waiting.delete(worker);
    }
    return this.#fold();
  }

  cutComplete(clocks: ReadonlyMap<number, number>, version: number): boolean {
    for (const clock of clocks.values()) if (clock <= version) return true;
    return false;
  }

  snapshot(): Snapshot {
    return {
      clocks: this.#clocks.entries(),
      iteration: this.#iteration,
      waiting: [...this.#waiting],
      folded: this.#folded,
      contributors: this.#contributors
    };
  }

  // Folds the ready prefix at once, so that the last arrival costs one addition and not P of them.
  #fold(): Decision[] {
    const decisions: Decision[] = [];
    while (this.#folded < this.#order.length) {
      const worker = this.#order[this.#folded] ?? -1;
      const samples = this.#waiting.get(worker);
      if (samples === undefined) return decisions;
      this.#waiting.delete(worker);
      this.#folded += 1;
      if (samples > 0) {
        decisions.push({ kind: 'fold', worker, clock: this.#iteration, weight: 1 });
        this.#contributors += 1;
      } else decisions.push({ kind: 'drop', worker, clock: this.#iteration, fate: 'empty' });
    }
    if (this.#order.length === 0) return decisions;
    const gradientScale = this.#contributors === 0 ? 0 : 1 / this.#contributors;
    decisions.push({ kind: 'commit', gradientScale, rateScale: 1 });
    this.#iteration += 1;
    this.#folded = 0;
    this.#contributors = 0;
    this.gate += 1;
    return decisions;
  }
}
