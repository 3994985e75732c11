/**
 * A driver by hand: nodes of one run, and whoever drives them says what is delivered, which computation
 * ends, which session is cut, and when. For scripts and for random schedules.
 */
import type { Message } from '../core/message.ts';
import type {
  Effect,
  Input,
  Job,
  Node,
  NodeId,
  Result,
  Snapshot,
  TimerName
} from '../core/node.ts';
import { nodeIds } from '../core/node-id.ts';
import { createNode, type RunSetup } from '../core/setup.ts';
import { TraceDigest } from '../core/trace-digest.ts';
import { unreachable } from '../core/unreachable.ts';

/** A message on its way. */
export interface Flight {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly sequence: number;
  readonly message: Message;
}

/** A computation that has not ended. */
export interface Computation {
  readonly node: NodeId;
  readonly id: number;
  readonly job: Job;
}

/** What a hand driver tells of. */
export interface HandObserver {
  input?(node: NodeId, input: Input): void;
  /** `leaves` is false for a message that has no session to leave on. */
  effect?(node: NodeId, effect: Effect, leaves: boolean): void;
  /** A message was in flight on a session that was cut. */
  lost?(flight: Flight): void;
}

interface Seat {
  readonly node: Node;
  readonly incarnation: number;
  readonly started: number;
  readonly computing: Map<number, Job>;
  readonly timers: Map<TimerName, number>;
  stopped: boolean;
}

interface Session {
  number: number;
  up: boolean;
  /** Messages sent, by sender. */
  readonly sent: Map<NodeId, number>;
}

export class HandDriver {
  readonly #setup: RunSetup;
  readonly #observer: HandObserver;
  readonly #digest = new TraceDigest();
  readonly #seats = new Map<NodeId, Seat>();
  readonly #sessions = new Map<string, Session>();
  #flights: Flight[] = [];
  #now = 0;

  /** All nodes have started and met. */
  constructor(setup: RunSetup, observer: HandObserver) {
    this.#setup = setup;
    this.#observer = observer;
    const ids = nodeIds(setup.config);
    for (const id of ids) this.#seat(id, 0);
    for (const id of ids) this.#handle(id, { kind: 'start', incarnation: 0, restored: null });
    ids.forEach((id, index) => {
      for (const peer of ids.slice(0, index)) if (knows(id, peer)) this.#meet(id, peer);
    });
  }

  /** Digest of all that was handled so far. */
  get digest(): string {
    return this.#digest.toString();
  }

  /** Messages in flight, in the order of sending. */
  get flights(): readonly Flight[] {
    return this.#flights;
  }

  get computations(): readonly Computation[] {
    return [...this.#seats].flatMap(([node, { computing }]) =>
      [...computing].map(([id, job]) => ({ node, id, job }))
    );
  }

  get nodes(): readonly NodeId[] {
    return [...this.#seats.keys()];
  }

  /** Nodes that have not stopped. */
  get running(): readonly NodeId[] {
    return [...this.#seats].filter(([, { stopped }]) => !stopped).map(([id]) => id);
  }

  deliver(flight: Flight): void {
    this.#flights = this.#flights.filter(other => other !== flight);
    const { from, to, sequence, message } = flight;
    const session = this.#session(from, to).number;
    this.#handle(to, { kind: 'message', from, session, sequence, message });
  }

  complete({ node, id }: Computation, result: Result): void {
    this.#at(node).computing.delete(id);
    this.#handle(node, { kind: 'computed', id, result });
  }

  /** Time passes; timers that are due fire. */
  wait(nanos: number): void {
    this.#now += nanos;
    for (const [id, seat] of this.#seats) {
      for (const [name, at] of [...seat.timers]) {
        if (at > this.#now - seat.started) continue;
        seat.timers.delete(name);
        this.#handle(id, { kind: 'timer', name });
      }
    }
  }

  /** Ends a session: what is in flight on it is lost. */
  cut(a: NodeId, b: NodeId): void {
    const session = this.#session(a, b);
    session.up = false;
    const lost = this.#flights.filter(flight => isBetween(flight, a, b));
    this.#flights = this.#flights.filter(flight => !isBetween(flight, a, b));
    for (const flight of lost) this.#observer.lost?.(flight);
    for (const [id, peer] of [
      [a, b],
      [b, a]
    ] as const) {
      this.#handle(id, { kind: 'session-down', peer, session: session.number });
    }
  }

  reconnect(a: NodeId, b: NodeId): void {
    const session = this.#session(a, b);
    if (session.up) throw new Error(`${a} and ${b} have a session`);
    session.number += 1;
    session.sent.clear();
    this.#meet(a, b);
  }

  /** Pairs with a session. */
  get sessions(): readonly (readonly [NodeId, NodeId])[] {
    const pairs: [NodeId, NodeId][] = [];
    const ids = [...this.#seats.keys()];
    ids.forEach((a, index) => {
      for (const b of ids.slice(0, index)) {
        if (knows(a, b) && this.#session(a, b).up) pairs.push([a, b]);
      }
    });
    return pairs;
  }

  /** Ends a node without a word: its sessions with it, and what it computes. */
  kill(id: NodeId): void {
    const seat = this.#at(id);
    seat.stopped = true;
    seat.computing.clear();
    for (const peer of this.#seats.keys()) {
      if (peer !== id && this.#session(id, peer).up) this.cut(id, peer);
    }
  }

  /** A new life of a node, with sessions to its peers. */
  restart(id: NodeId): void {
    const incarnation = this.incarnationOf(id) + 1;
    this.#seat(id, incarnation);
    this.#handle(id, { kind: 'start', incarnation, restored: null });
    for (const [peer, { stopped }] of this.#seats) {
      if (peer !== id && !stopped && knows(id, peer)) this.reconnect(id, peer);
    }
  }

  /** Sends a message as if the node had: for what no rule of today says. Returns whether it leaves. */
  send(from: NodeId, to: NodeId, message: Message): boolean {
    const session = this.#session(from, to);
    if (!session.up) return false;
    const sequence = session.sent.get(from) ?? 0;
    session.sent.set(from, sequence + 1);
    this.#flights.push({ from, to, sequence, message });
    return true;
  }

  snapshotOf(id: NodeId): Snapshot {
    return this.#at(id).node.snapshot();
  }

  incarnationOf(id: NodeId): number {
    return this.#at(id).incarnation;
  }

  #seat(id: NodeId, incarnation: number): void {
    this.#seats.set(id, {
      node: createNode(this.#setup, id),
      incarnation,
      started: this.#now,
      computing: new Map(),
      timers: new Map(),
      stopped: false
    });
  }

  #meet(a: NodeId, b: NodeId): void {
    const session = this.#session(a, b);
    session.up = true;
    for (const [id, peer] of [
      [a, b],
      [b, a]
    ] as const) {
      const { incarnation } = this.#at(peer);
      this.#handle(id, { kind: 'session-up', peer, session: session.number, incarnation });
    }
  }

  #session(a: NodeId, b: NodeId): Session {
    const key = [a, b].sort().join(' ');
    let session = this.#sessions.get(key);
    if (session === undefined) {
      session = { number: 0, up: false, sent: new Map() };
      this.#sessions.set(key, session);
    }
    return session;
  }

  #handle(id: NodeId, input: Input): void {
    const seat = this.#at(id);
    this.#observer.input?.(id, input);
    if (seat.stopped) return;
    const now = this.#now - seat.started;
    const effects = seat.node.handle(input, now);
    this.#digest.handled(id, now, input, effects);
    for (const effect of effects) {
      this.#perform(id, seat, effect);
    }
  }

  #perform(id: NodeId, seat: Seat, effect: Effect): void {
    const leaves = effect.kind !== 'send' || this.send(id, effect.to, effect.message);
    this.#observer.effect?.(id, effect, leaves);
    switch (effect.kind) {
      case 'compute':
        seat.computing.set(effect.id, effect.job);
        return;
      case 'cancel':
        seat.computing.delete(effect.id);
        return;
      case 'set-timer':
        seat.timers.set(effect.name, effect.at);
        return;
      case 'clear-timer':
        seat.timers.delete(effect.name);
        return;
      case 'stop':
        seat.stopped = true;
        return;
      case 'send':
      case 'work':
      case 'record':
      case 'persist':
        return;
      default:
        unreachable(effect);
    }
  }

  #at(id: NodeId): Seat {
    const seat = this.#seats.get(id);
    if (seat === undefined) throw new Error(`there is no ${id}`);
    return seat;
  }
}

function isBetween({ from, to }: Flight, a: NodeId, b: NodeId): boolean {
  return (from === a && to === b) || (from === b && to === a);
}

/** Everybody knows the coordinator, and workers and servers each other. */
function knows(a: NodeId, b: NodeId): boolean {
  return a === 'c' || b === 'c' || a[0] !== b[0];
}
