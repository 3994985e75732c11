/**
 * Nodes of one run, driven by hand: what is in flight is delivered when a script says so, computations
 * end when it says so, sessions are cut when it says so. Everything that happens is told as text.
 */
import type { Config } from '../../core/config.ts';
import { describe } from '../../core/describe.ts';
import { type Message, trafficClass } from '../../core/message.ts';
import type {
  Effect,
  Input,
  Job,
  Node,
  NodeId,
  Result,
  Snapshot,
  TimerName
} from '../../core/node.ts';
import { createNode, nodeIds, type RunSetup, setupRun } from '../../core/setup.ts';
import { unreachable } from '../../core/unreachable.ts';
import { type DescribeValues, describeEffect, describeJob } from './describe-effect.ts';
import type { Ledger } from './ledger.ts';

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

interface Flight {
  readonly from: NodeId;
  readonly to: NodeId;
  readonly sequence: number;
  readonly message: Message;
}

export class Cluster {
  readonly ledger: Ledger;
  readonly #held: DescribeValues;
  readonly #setup: RunSetup;
  readonly #seats = new Map<NodeId, Seat>();
  readonly #sessions = new Map<string, Session>();
  #flights: Flight[] = [];
  #now = 0;
  /** What has happened since it was last taken. */
  #trace: string[] = [];

  constructor(config: Config, ledger: Ledger) {
    this.ledger = ledger;
    this.#held = values => ledger.describe(values);
    this.#setup = setupRun(config, ledger.model);
    const ids = nodeIds(config);
    for (const id of ids) this.#seat(id, 0);
    for (const id of ids) this.#handle(id, { kind: 'start', incarnation: 0, restored: null });
    for (const id of ids) this.#meetAll(id, ids.slice(0, ids.indexOf(id)));
    this.takeTrace();
  }

  /** Takes what has been told so far. */
  takeTrace(): string[] {
    const trace = this.#trace;
    this.#trace = [];
    return trace;
  }

  /** Who computes what. */
  get busy(): readonly string[] {
    return [...this.#seats].flatMap(([id, { computing }]) =>
      [...computing.values()].map(job => `${id} computes ${describeJob(job, this.#held)}`)
    );
  }

  get inFlight(): readonly string[] {
    return this.#flights.map(({ from, to, message }) => `${from}→${to} ${describe(message)}`);
  }

  /** Delivers what is in flight, and what that sends, in the order of sending, until all is quiet. */
  deliverAll(): void {
    for (let flight = this.#flights.shift(); flight; flight = this.#flights.shift()) {
      this.#arrive(flight);
    }
  }

  /** Delivers the next message of a session; of some kind where evaluation's may overtake others. */
  deliver(from: NodeId, to: NodeId, kind: string | null): void {
    const session = this.#flights.filter(flight => flight.from === from && flight.to === to);
    const flight =
      kind === null ? session[0] : session.find(({ message }) => message.kind === kind);
    if (flight === undefined) throw new Error(`nothing of it is in flight from ${from} to ${to}`);
    if (flight !== session[0] && trafficClass[flight.message.kind] !== 'evaluation') {
      throw new Error(`a session delivers in order: next is ${describe(session[0]!.message)}`);
    }
    this.#flights = this.#flights.filter(other => other !== flight);
    this.#arrive(flight);
  }

  /** Delivers everything that `from` has in flight now. */
  deliverFrom(from: NodeId): void {
    const flights = this.#flights.filter(flight => flight.from === from);
    this.#flights = this.#flights.filter(flight => flight.from !== from);
    for (const flight of flights) this.#arrive(flight);
  }

  /** Ends what a node computes, with the ledger's result or the one given. */
  compute(id: NodeId, given: Result | null): void {
    const seat = this.#at(id);
    const [computation] = seat.computing;
    if (computation === undefined) throw new Error(`${id} computes nothing`);
    const [number, job] = computation;
    seat.computing.delete(number);
    this.#trace.push(`${id} has computed #${number}`);
    this.#handle(id, { kind: 'computed', id: number, result: given ?? this.ledger.result(job) });
  }

  /** Time passes; timers that are due fire. */
  wait(nanos: number): void {
    this.#now += nanos;
    for (const [id, seat] of this.#seats) {
      for (const [name, at] of [...seat.timers]) {
        if (at > this.#now - seat.started) continue;
        seat.timers.delete(name);
        this.#trace.push(`${id} timer ${name}`);
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
    for (const { from, to, message } of lost) {
      this.#trace.push(`lost: ${from}→${to} ${describe(message)}`);
    }
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

  /** Ends a node without a word: its sessions with it, and what it computes. */
  kill(id: NodeId): void {
    this.#at(id).stopped = true;
    for (const peer of this.#seats.keys()) {
      if (peer !== id && this.#session(id, peer).up) this.cut(id, peer);
    }
  }

  /** A new life of a node, with sessions to its peers. */
  restart(id: NodeId): void {
    const incarnation = (this.#seats.get(id)?.incarnation ?? -1) + 1;
    this.#seat(id, incarnation);
    this.#handle(id, { kind: 'start', incarnation, restored: null });
    for (const peer of this.#seats.keys()) {
      if (peer !== id && !this.#at(peer).stopped && knows(id, peer)) this.reconnect(id, peer);
    }
  }

  /** Sends a message as if the node had: for what no rule of today says. */
  send(from: NodeId, to: NodeId, message: Message): void {
    const session = this.#session(from, to);
    if (!session.up) {
      this.#trace.push(`  lost, for want of a session: →${to} ${describe(message)}`);
      return;
    }
    const sequence = session.sent.get(from) ?? 0;
    session.sent.set(from, sequence + 1);
    this.#flights.push({ from, to, sequence, message });
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

  #meetAll(id: NodeId, peers: readonly NodeId[]): void {
    for (const peer of peers) if (knows(id, peer)) this.#meet(id, peer);
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

  #arrive({ from, to, sequence, message }: Flight): void {
    this.#trace.push(`${from}→${to} ${describe(message)}`);
    const session = this.#session(from, to).number;
    this.#handle(to, { kind: 'message', from, session, sequence, message });
  }

  #handle(id: NodeId, input: Input): void {
    const seat = this.#at(id);
    if (seat.stopped) return;
    for (const effect of seat.node.handle(input, this.#now - seat.started)) {
      this.#perform(id, seat, effect);
    }
  }

  #perform(id: NodeId, seat: Seat, effect: Effect): void {
    const line = describeEffect(effect, this.#held);
    const sends = effect.kind === 'send';
    // A message that has no session to leave on tells so itself.
    if (line !== null && !(sends && !this.#session(id, effect.to).up))
      this.#trace.push(`  ${line}`);
    switch (effect.kind) {
      case 'send':
        this.send(id, effect.to, effect.message);
        return;
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
