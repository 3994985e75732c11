/** Rows of what took time: messages on their way, and work of nodes. */
import { trafficClass } from '../core/message.ts';
import type { Effect, Instant } from '../core/node.ts';
import type { TransferRow, WorkRow } from '../core/record.ts';
import type { InFlight } from './events.ts';
import type { Seat } from './seat.ts';

/** A message that has arrived; null for one that is not of training. */
export function transferRow(
  { from, to, message: { kind }, bytes, sent }: InFlight,
  seats: readonly Seat[],
  arrived: Instant
): TransferRow | null {
  if (trafficClass[kind] !== 'training') return null;
  const [node, receiver] = [seats[from]!.id, seats[to]!.id];
  return { kind: 'transfer', node, to: receiver, message: kind, bytes, sent, arrived };
}

/** Work of a node; null for an effect that is none. */
export function workRow(
  { id }: Seat,
  effect: Effect,
  started: Instant,
  ended: Instant
): WorkRow | null {
  if (effect.kind !== 'work') return null;
  return { kind: 'work', node: id, operation: effect.operation, started, ended };
}
