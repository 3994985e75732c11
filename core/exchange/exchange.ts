/**
 * How a worker's updates meet those of others. The learning loop (`worker.ts`) computes; an exchange
 * takes the update of an iteration and brings the params of the next: through servers, by
 * all-reduce, by gossip.
 */

import type { CutRequest, Message } from '../message.ts';
import type { Effect, Instant, NodeId, Snapshot } from '../node.ts';
import type { Params, Update } from '../params.ts';
import type { KeySet } from '../tensors.ts';
import type { View } from '../view.ts';

/** The end of one exchange: the next iteration may start, or the last one has been settled. */
export interface Exchanged {
  /** Params for the next iteration, or null where none were wanted. */
  readonly params: Params | null;
  /** After `open`: the iteration that they are for. A joiner begins where the others are. */
  readonly begins: number;
  /** Time that the last of the answers to come was parked by the consistency model. */
  readonly parkedNanos: number;
  /** Staleness of the last update over the shards that applied it. */
  readonly stalenessMax: number | null;
  readonly stalenessMean: number | null;
  /** Shards that applied it. */
  readonly applied: number;
}

export interface Exchange {
  /** Peers that a session is needed with before the worker can take part. */
  readonly peers: readonly NodeId[];
  /** Takes over a membership: what was sent under an older one and not answered is sent again. */
  enter(view: View, incarnation: number, effects: Effect[]): void;
  /** Asks for the params of iteration `clock` without giving anything: start and recovery. */
  open(clock: number, keys: KeySet, effects: Effect[]): void;
  /**
   * Gives the update of iteration `clock` (null: it brought nothing) and asks for the params of the
   * next over `next` (null: no further iteration will start).
   */
  contribute(contribution: OwnContribution, next: KeySet | null, effects: Effect[]): void;
  /** Takes a message of the exchange. Returns the end of the exchange that it completes, if any. */
  handle(from: NodeId, message: Message, effects: Effect[], now: Instant): Exchanged | null;
  /** A session with a peer is up again: sends again what was not answered, and the latest mark. */
  reconnect(peer: NodeId, effects: Effect[]): void;
  /** Marks a cut, at `clock`, towards everybody who needs to know where this worker stands. */
  mark(cut: CutRequest, clock: number, effects: Effect[]): void;
  snapshot(): Snapshot;
}

/** What an iteration came to. */
export interface OwnContribution {
  readonly clock: number;
  readonly update: Update | null;
  readonly samples: number;
}
