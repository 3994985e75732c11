import type { Effect, NodeId } from '../../core/node.ts';
import { rankOf } from '../../core/node-id.ts';
import type { Member } from '../../core/view.ts';
import { type Place, Violation } from './violation.ts';

const bounded = 'no iteration starts further ahead of the slowest than the bound';

/**
 * The staleness bound: whenever a worker begins to compute iteration c, every live worker has ended
 * iteration c - s - 1 (Ho et al. 2013, section 3). Ended means that its push has left it.
 */
export class ClocksCheck {
  readonly #bound: number;
  /** Iterations ended, by worker; none where a life has not shown yet where it stands. */
  readonly #clocks = new Map<number, number>();
  #live: readonly Member[];

  /** `bound` of the model: Infinity for one without. `live`: who takes part at the start. */
  constructor(bound: number, live: readonly Member[]) {
    this.#bound = bound;
    this.#live = live;
    for (const { rank } of live) this.#clocks.set(rank, 0);
  }

  /** A worker begins another life: it has yet to learn where it stands. */
  restarted(worker: number): void {
    this.#clocks.delete(worker);
  }

  /** What a node did in answer to one input. */
  performed(node: NodeId, effects: readonly Effect[], place: Place): void {
    for (const effect of effects) {
      if (effect.kind === 'send') {
        const { message } = effect;
        if (message.kind === 'push' && node.startsWith('w')) {
          this.#advance(rankOf(node), message.clock + 1);
        } else if (message.kind === 'view' && node === 'c') this.#live = message.view.workers;
      } else if (effect.kind === 'compute' && effect.job.kind === 'gradient') {
        const { worker, clock } = effect.job;
        this.#advance(worker, clock);
        this.#checkStart(worker, clock, place);
      }
    }
  }

  #advance(worker: number, clock: number): void {
    if (clock > (this.#clocks.get(worker) ?? -1)) this.#clocks.set(worker, clock);
  }

  #checkStart(worker: number, clock: number, place: Place): void {
    if (this.#bound === Infinity) return;
    for (const { rank } of this.#live) {
      const other = this.#clocks.get(rank);
      if (other === undefined || clock - other <= this.#bound) continue;
      const detail = `w${worker} starts iteration ${clock}, w${rank} is at ${other}, the bound is`;
      throw new Violation(bounded, `${detail} ${this.#bound}`, place);
    }
  }
}
