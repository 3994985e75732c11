/** What SSP and ASP share: every gradient is applied on arrival and makes one version. */
import type { Snapshot } from '../node.ts';
import type { View } from '../view.ts';
import { Clocks } from './clocks.ts';
import type { Arrival, Decision, Rule } from './model.ts';
import { rateScale, type Scale } from './scale.ts';
import { clockEntries } from './short-form.ts';

/**
 * Applies on arrival; iteration c may start iff c - slowest <= bound. A null bound admits always.
 * Since a clock advances when its contribution is applied, the params at admission hold every update
 * of iterations <= c - bound - 1 of every live worker, and all of the worker's own.
 */
export class OnArrivalRule implements Rule {
  readonly #clocks: Clocks;
  readonly #bound: number | null;
  readonly #scale: Scale;
  gate = 0;

  constructor(bound: number | null, scale: Scale, view: View, restored: Snapshot | null) {
    this.#clocks = new Clocks(view);
    this.#bound = bound;
    this.#scale = scale;
    if (restored !== null) this.#clocks.restore(clockEntries(restored['clocks']));
  }

  get slowest(): number {
    return this.#clocks.slowest;
  }

  arrive(arrival: Arrival): readonly Decision[] {
    const { worker, clock, empty } = arrival;
    if (this.#clocks.advance(worker, clock + 1)) this.gate += 1;
    if (empty) return [{ kind: 'drop', worker, clock, fate: 'empty' }];
    return [
      { kind: 'fold', worker, clock, weight: 1 },
      { kind: 'commit', gradientScale: 1, rateScale: rateScale(this.#scale, this.#clocks.size) }
    ];
  }

  admits(_worker: number, clock: number): boolean {
    return this.#bound === null || clock - this.#clocks.slowest <= this.#bound;
  }

  changeView(view: View): readonly Decision[] {
    if (this.#clocks.changeView(view)) this.gate += 1;
    return [];
  }

  cutComplete(clocks: ReadonlyMap<number, number>, _version: number): boolean {
    for (const [worker, clock] of clocks) {
      const here = this.#clocks.at(worker);
      if (here >= 0 && here < clock) return false;
    }
    return true;
  }

  snapshot(): Snapshot {
    return { clocks: this.#clocks.entries() };
  }
}
