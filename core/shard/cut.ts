/**
 * A shard's part of a cut: the params that hold, of every worker, its contributions up to one clock
 * and no later ones. The fork costs nothing while it and the live shard are the same; they go their
 * own ways at the first commit that holds a contribution from behind the cut.
 */
import type { Rule } from '../consistency/model.ts';
import type { CutPart, Mark } from '../message.ts';
import { plainPayload } from '../values.ts';
import type { Folded, ShardState, Version } from './shard-state.ts';

export class Cut {
  readonly number: number;
  readonly #workers: ReadonlySet<number>;
  readonly #shard: ShardState;
  /** By worker that has marked: its contributions of clocks below this are before the cut. */
  readonly #clocks = new Map<number, number>();
  /** The fork's own version, once it has gone its own way. */
  #fork: Version | null = null;

  /** Of these workers: the live ones. */
  constructor(number: number, workers: ReadonlySet<number>, shard: ShardState) {
    this.number = number;
    this.#workers = workers;
    this.#shard = shard;
  }

  /** Whether this is cut `number` and the worker has not marked it yet. */
  lacks(worker: number, number: number): boolean {
    return number === this.number && !this.#clocks.has(worker) && this.#workers.has(worker);
  }

  mark(worker: number, mark: Mark): void {
    if (this.lacks(worker, mark.number)) this.#clocks.set(worker, mark.clock);
  }

  /** The live shard is about to apply its open update; the fork too, if all of it is before the cut. */
  follow(folded: readonly Folded[], gradientScale: number, rateScale: number): void {
    const before = this.#isBefore(folded);
    if (this.#fork === null) {
      if (before) return;
      // Slots are written in place, so the fork needs its own from here on.
      const present = this.#shard.present;
      this.#shard.buffers.keep(present.version);
      this.#fork = { ...present, slots: present.slots.map(slot => slot.slice()) };
    } else if (before) this.#fork = this.#shard.next(this.#fork, gradientScale, rateScale);
  }

  /** Whether every worker has marked and nothing from before the cut is still to come. */
  complete(rule: Rule): boolean {
    if (this.#clocks.size < this.#workers.size) return false;
    return rule.cutComplete(this.#clocks, this.#shard.present.version);
  }

  part(): CutPart {
    if (this.#fork === null) this.#shard.buffers.keep(this.#shard.present.version);
    const { values, version, gradients } = this.#fork ?? this.#shard.present;
    const payload = plainPayload(values, this.#shard.length);
    return { kind: 'part', number: this.number, version, gradients, payload };
  }

  // A worker that has not marked is still before the cut: its mark precedes what it sends after it.
  #isBefore(folded: readonly Folded[]): boolean {
    return folded.every(({ worker, clock }) => clock < (this.#clocks.get(worker) ?? Infinity));
  }
}
