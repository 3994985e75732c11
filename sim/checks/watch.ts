/** What keeps an eye on a simulation: the checks of its invariants, and the limit of its events. */
import { describe } from '../../core/describe.ts';
import type { Effect, Input, Instant, NodeId } from '../../core/node.ts';
import type { RunSetup } from '../../core/setup.ts';
import { EventLimit } from '../event-limit.ts';
import type { Flights } from '../flights.ts';
import type { Network } from '../network.ts';
import { CheckedNetwork } from './checked-network.ts';
import { Checks } from './checks.ts';

export interface SimulationOptions {
  /** Looks at every invariant after every event: a `Violation` is thrown where one does not hold. */
  readonly check?: boolean;
  /** Events after which `EventLimit` is thrown. */
  readonly eventsMax?: number;
}

export class Watch {
  readonly #checks: Checks | null;
  readonly #eventsMax: number;
  /** Events so far. */
  events = 0;

  constructor(setup: RunSetup, { check = false, eventsMax = Infinity }: SimulationOptions) {
    this.#checks = check ? new Checks(setup) : null;
    this.#eventsMax = eventsMax;
  }

  /** The network itself, or one that is looked at; `ids` by node, to say which message it is. */
  over(network: Network, flights: Flights, ids: readonly NodeId[]): Network {
    if (this.#checks === null) return network;
    return new CheckedNetwork(network, tag => {
      const message = flights.at(tag);
      if (message === undefined) return `message ${tag}`;
      return `${ids[flights.from[tag]!]}->${ids[flights.to[tag]!]} ${describe(message)}`;
    });
  }

  /** An event is about to happen; the first one that waits is due at `next`. */
  turn(now: Instant, next: Instant): void {
    if (this.events === this.#eventsMax) throw new EventLimit(this.#eventsMax);
    this.events += 1;
    this.#checks?.turn(now, next);
  }

  handled(node: NodeId, now: Instant, input: Input, effects: readonly Effect[]): void {
    this.#checks?.handled(node, now, input, effects);
  }
}
