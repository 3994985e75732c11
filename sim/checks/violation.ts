import type { Instant } from '../../core/node.ts';

/** Where and when an invariant was found broken. */
export interface Place {
  /** Virtual nanoseconds. */
  readonly at: Instant;
  /** The node, or the two of a session. */
  readonly node: string;
  /** What happened there: the input that was handled, the message that was sent. */
  readonly event: string;
}

/** What always holds does not: a mistake of the protocol or of the simulator, never of the user's. */
export class Violation extends Error {
  readonly invariant: string;
  readonly detail: string;
  /** Null where only the caller knows it. */
  readonly place: Place | null;

  constructor(invariant: string, detail: string, place: Place | null = null) {
    const where = place === null ? '' : ` at ${place.at} ns, ${place.node}, ${place.event}`;
    super(`invariant broken${where}: ${invariant}: ${detail}`);
    this.name = 'Violation';
    this.invariant = invariant;
    this.detail = detail;
    this.place = place;
  }
}

/** Throws a `Violation` unless the condition is true. */
export function hold(condition: boolean, invariant: string, detail: string): void {
  if (!condition) throw new Violation(invariant, detail);
}
