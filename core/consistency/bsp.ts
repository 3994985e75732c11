/**
 * Bulk synchronous parallel (Valiant 1990; synchronous SGD in Chen et al. 2016, section 2): one
 * update an iteration, the mean of the gradients of all workers, added in worker order.
 */
import { z } from 'zod';
import type { Snapshot } from '../node.ts';
import type { Member, View } from '../view.ts';
import { Clocks } from './clocks.ts';
import type { Arrival, ConsistencyModel, Decision, Rule } from './model.ts';
import { clockEntries, noArgument, numbers } from './short-form.ts';

const none = -1;

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
  bound: () => 0,
  rule: (_config, view, restored) => new BspRule(view, restored)
};

class BspRule implements Rule {
  readonly #clocks: Clocks;
  /** Live workers, ascending: the order of the folds. */
  #members: readonly Member[];
  /** The iteration that the open update gathers; equal to the version. */
  #iteration = 0;
  /** Contributions of the open iteration that are here, by worker: samples, 0 for an empty one. */
  readonly #waiting: (number | undefined)[] = [];
  /** By worker: the iteration whose open update its batch was in last, the departed's too. */
  readonly #folded: number[] = [];
  #contributors = 0;
  /** By live worker: the iteration in which its contribution has met its fate last. */
  readonly #given: number[] = [];
  /** Invariant: all members before this place are in `given`. */
  #place = 0;
  gate = 0;

  constructor(view: View, restored: Snapshot | null) {
    this.#clocks = new Clocks(view);
    this.#members = view.workers;
    if (restored === null) return;
    this.#clocks.restore(clockEntries(restored['clocks']));
    this.#iteration = Number(restored['iteration']);
    for (const [worker, samples] of clockEntries(restored['waiting'])) {
      this.#waiting[worker] = samples;
    }
    for (const worker of numbers(restored['folded'])) this.#addFolded(worker);
    for (const worker of numbers(restored['given'])) this.#given[worker] = this.#iteration;
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
    this.#waiting[arrival.worker] = arrival.empty ? 0 : arrival.samples;
    return this.#fold();
  }

  admits(_worker: number, clock: number): boolean {
    return clock <= this.#iteration;
  }

  changeView(view: View): readonly Decision[] {
    const lives = new Map(view.workers.map(({ rank, incarnation }) => [rank, incarnation]));
    const decisions: Decision[] = [];
    const staying: Member[] = [];
    // What the departed have given to the open update stays in it; what waits does not come in.
    for (const member of this.#members) {
      if (lives.get(member.rank) === member.incarnation) staying.push(member);
      else {
        const { rank } = member;
        this.#given[rank] = none;
        if (this.#waiting[rank] === undefined) continue;
        this.#waiting[rank] = undefined;
        decisions.push(this.#drop(rank, 'dropped'));
      }
    }
    // Those who stay may have been waiting for the departed alone: the joiners begin after that.
    this.#members = staying;
    this.#place = 0;
    decisions.push(...this.#fold());
    this.#members = view.workers;
    this.#place = 0;
    this.#clocks.changeView(view);
    return decisions;
  }

  cutComplete(clocks: ReadonlyMap<number, number>, version: number): boolean {
    for (const clock of clocks.values()) if (clock <= version) return true;
    return false;
  }

  snapshot(): Snapshot {
    return {
      clocks: this.#clocks.entries(),
      iteration: this.#iteration,
      waiting: [...this.#waiting.entries()].filter(isWaiting),
      folded: this.#those(this.#folded),
      given: this.#those(this.#given)
    };
  }

  // Folds the ready prefix at once, so that the last arrival costs one addition and not P of them.
  #fold(): Decision[] {
    const decisions: Decision[] = [];
    for (; this.#place < this.#members.length; this.#place++) {
      const worker = this.#members[this.#place]!.rank;
      if (this.#given[worker] === this.#iteration) continue;
      const samples = this.#waiting[worker];
      if (samples === undefined) return decisions;
      this.#waiting[worker] = undefined;
      this.#given[worker] = this.#iteration;
      // A worker that is back computes a batch again that its earlier life may have given.
      if (this.#folded[worker] === this.#iteration) decisions.push(this.#drop(worker, 'dropped'));
      else if (samples === 0) decisions.push(this.#drop(worker, 'empty'));
      else {
        decisions.push({ kind: 'fold', worker, clock: this.#iteration, weight: 1 });
        this.#addFolded(worker);
      }
    }
    if (this.#members.length === 0) return decisions;
    const contributors = this.#contributors;
    const gradientScale = contributors === 0 ? 0 : 1 / contributors;
    decisions.push({ kind: 'commit', gradientScale, rateScale: 1 });
    this.#iteration += 1;
    this.#contributors = 0;
    this.#place = 0;
    this.gate += 1;
    return decisions;
  }

  #addFolded(worker: number): void {
    if (this.#folded[worker] !== this.#iteration) this.#contributors += 1;
    this.#folded[worker] = this.#iteration;
  }

  /** The workers of the open iteration in a table of iterations. */
  #those(iterations: readonly number[]): number[] {
    const workers: number[] = [];
    iterations.forEach((iteration, worker) => {
      if (iteration === this.#iteration) workers.push(worker);
    });
    return workers;
  }

  #drop(worker: number, fate: 'dropped' | 'empty'): Decision {
    return { kind: 'drop', worker, clock: this.#iteration, fate };
  }
}

function isWaiting(entry: [number, number | undefined]): entry is [number, number] {
  return entry[1] !== undefined;
}
