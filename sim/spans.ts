/** What takes time: work of nodes, which is paid for, and messages on their way. */
import { trafficClassOf } from '../core/message.ts';
import type { Effect, Instant } from '../core/node.ts';
import type { WorkRow } from '../core/record.ts';
import type { Flights } from './flights.ts';
import type { Observer } from './observer.ts';
import type { Seat } from './seat.ts';

/** Time of a core that an effect takes before it; 0 for one that is free. */
export function priceOf({ prices }: Seat, effect: Effect): number {
  return prices === null ? 0 : prices.effectNanos(effect);
}

/** What an effect that costs something is called. */
export function operationOf(effect: Effect): WorkRow['operation'] {
  return effect.kind === 'work' ? effect.operation : 'send';
}

/**
 * Effects in the order in which a process comes to them: handling an input does all of its work before
 * any of its effects is performed.
 */
export function workFirst(effects: readonly Effect[]): readonly Effect[] {
  let others = false;
  for (const { kind } of effects) {
    if (kind !== 'work') others = true;
    else if (others) {
      const isWork = (effect: Effect): boolean => effect.kind === 'work';
      return [...effects.filter(isWork), ...effects.filter(effect => !isWork(effect))];
    }
  }
  return effects;
}

/** Puts work on the account of a node, tells of it, and returns when it ended. */
export function charge(
  observer: Observer,
  { id, traffic }: Seat,
  operation: WorkRow['operation'],
  started: Instant,
  ended: Instant,
  nanos: number
): Instant {
  traffic.workNanos += nanos;
  observer.span?.({ kind: 'work', node: id, operation, started, ended });
  return ended;
}

/** Tells of a message that has arrived, if it is of training. */
export function tellTransfer(
  observer: Observer,
  flights: Flights,
  flight: number,
  seats: readonly Seat[],
  arrived: Instant
): void {
  const carried = flights.message(flight);
  if (trafficClassOf(carried) !== 'training') return;
  const { kind: message } = carried;
  const node = seats[flights.from[flight]!]!.id;
  const to = seats[flights.to[flight]!]!.id;
  const bytes = flights.bytes[flight]!;
  const sent = flights.sent[flight]!;
  observer.span?.({ kind: 'transfer', node, to, message, bytes, sent, arrived });
}
