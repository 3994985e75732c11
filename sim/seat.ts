/** A node in a simulation, and what its driver knows of it. */

import { createPrices, type Prices } from '../core/environment/costs.ts';
import { type Message, type TrafficClass, trafficClassOf } from '../core/message.ts';
import type { Effect, Input, Instant, Node, NodeId, Outcome, Snapshot } from '../core/node.ts';
import type { TrafficRow } from '../core/record.ts';
import { createNode, type RunSetup } from '../core/setup.ts';
import { formatDuration } from '../core/units.ts';
import type { Event } from './events.ts';

export interface Seat {
  readonly id: NodeId;
  readonly node: Node;
  readonly host: number;
  /** Which life of the node this is, and when it began: its clock counts from there. */
  readonly incarnation: number;
  readonly began: Instant;
  /** False once it has crashed. */
  alive: boolean;
  /** Snapshots that are being made durable, by id; the last one that is, in any of its lives. */
  readonly persisting: Map<number, Snapshot>;
  persisted: Snapshot | null;
  /** Null where nothing that it does costs time. */
  readonly prices: Prices | null;
  /** The node is at work until then; what arrives waits in `inbox`. */
  busyUntil: Instant;
  readonly inbox: Input[];
  /** Where processors are shared: effects of the latest input that wait for its work, from `next`. */
  rest: readonly Effect[];
  next: number;
  /** The next of them has been paid for. */
  paid: boolean;
  /** A job of it is doing that work. */
  working: boolean;
  /** Jobs of computations, by their ids. */
  readonly jobs: Map<number, number>;
  /** Messages that leave when the work before them is done. */
  delayed: number;
  /** Sets of each timer: an event of an earlier set is outdated. */
  readonly timers: Map<string, number>;
  /** Timers that have fired and not been handed over: clearing or setting one still takes it back. */
  readonly fired: Set<string>;
  /** Computations that have not been cancelled. */
  readonly computing: Set<number>;
  outcome: Outcome | null;
  readonly traffic: Traffic;
}

/** What a node has sent so far. */
export type Traffic = { -readonly [field in keyof TrafficRow]: TrafficRow[field] };

/** The node of this id, at its host, with nothing done yet. */
export function seat(setup: RunSetup, id: NodeId, host: number): Seat {
  const { config } = setup;
  const prices = createPrices(config.environment.costs, config.seed, id);
  return life(setup, 0, 0, { id, host, persisted: null, prices, traffic: noTraffic(id) });
}

/** The next life of a node that has crashed. */
export function revived(setup: RunSetup, before: Seat, now: Instant): Seat {
  return life(setup, before.incarnation + 1, now, before);
}

// What a node has of its own in each of its lives, and what all of them share. One literal: objects
// that are put together of others have a shape each, and every look at one is a search then.
function life(
  setup: RunSetup,
  incarnation: number,
  began: Instant,
  { id, host, persisted, prices, traffic }: Shared
): Seat {
  return {
    id,
    node: createNode(setup, id),
    host,
    incarnation,
    began,
    alive: true,
    persisting: new Map(),
    persisted,
    prices,
    busyUntil: 0,
    inbox: [],
    rest: [],
    next: 0,
    paid: false,
    working: false,
    jobs: new Map(),
    delayed: 0,
    timers: new Map(),
    fired: new Set(),
    computing: new Set(),
    outcome: null,
    traffic
  };
}

/** What the lives of a node share. */
type Shared = Pick<Seat, 'id' | 'host' | 'persisted' | 'prices' | 'traffic'>;

function noTraffic(node: NodeId): Traffic {
  return {
    kind: 'traffic',
    node,
    trainingBytes: 0,
    trainingMessages: 0,
    evaluationBytes: 0,
    evaluationMessages: 0,
    controlBytes: 0,
    controlMessages: 0,
    workNanos: 0
  };
}

/** Takes a timer back, whether it waits or has fired and waits to be handed over; whether it waits. */
export function clearTimer({ timers, fired }: Seat, name: string): boolean {
  fired.delete(name);
  return timers.delete(name);
}

/** A timer's time has come; false when it is of a set that has been replaced or cleared since. */
export function fireTimer({ timers, fired }: Seat, name: string, round: number): boolean {
  if (timers.get(name) !== round) return false;
  timers.delete(name);
  fired.add(name);
  return true;
}

/** Counts a message, and returns the class that it is of. */
export function countSent(traffic: Traffic, message: Message, bytes: number): TrafficClass {
  const of = trafficClassOf(message);
  switch (of) {
    case 'evaluation':
      traffic.evaluationBytes += bytes;
      traffic.evaluationMessages += 1;
      break;
    case 'control':
      traffic.controlBytes += bytes;
      traffic.controlMessages += 1;
      break;
    case 'training':
      traffic.trainingBytes += bytes;
      traffic.trainingMessages += 1;
  }
  return of;
}

/** What is wrong where nothing is left to happen; `faults`: what went wrong before, in words. */
export function stuck(seats: readonly Seat[], now: Instant, faults: string): string {
  const waiting = seats.filter(seat => seat.outcome === null).map(seat => seat.id);
  const who = `${waiting.join(', ')} ${waiting.length === 1 ? 'has' : 'have'} not ended`;
  const when = `nothing is left to happen at ${formatDuration(now)}`;
  return faults === '' ? `${when}, and ${who}` : `${when}: ${faults}; ${who}`;
}

/** Whether an event in the queue will be of no effect when its time comes. */
export function isOutdated(event: Event, seat: Seat): boolean {
  if (event.kind === 'timer') return seat.timers.get(event.name) !== event.round;
  return event.kind === 'computed' && !seat.computing.has(event.id);
}
