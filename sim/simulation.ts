/**
 * Virtual time: drives the nodes of a run through a modelled network, computing nothing itself.
 * Gradients are asked for when the virtual time at which they are due has come; whoever runs the
 * simulation provides them.
 */
import { encodedLength } from '../core/codec.ts';
import { createEnvironment, type Environment, jobNanos } from '../core/environment/environment.ts';
import { type Message, trafficClass } from '../core/message.ts';
import type { Effect, Input, Instant, Job, NodeId, Outcome, Result } from '../core/node.ts';
import { nodeIds } from '../core/node-id.ts';
import type { Row, TransferRow, WorkRow } from '../core/record.ts';
import type { RunSetup } from '../core/setup.ts';
import { unreachable } from '../core/unreachable.ts';
import { EventQueue } from './event-queue.ts';
import type { Event, InFlight } from './events.ts';
import { hostsOf } from './hosts.ts';
import type { Network } from './network.ts';
import { type Seat, seat } from './seat.ts';
import { Slots } from './slots.ts';

/** A computation whose result is due before time can go on. */
export interface Outstanding {
  readonly job: Job;
  readonly node: NodeId;
  /** Virtual time at which the result is needed. */
  readonly at: Instant;
}

/** What a simulation tells as it goes; all of it may be ignored. */
export interface Observer {
  row?(row: Row): void;
  /** Work that took time, and training messages that arrived: as many as a run has. */
  span?(row: WorkRow | TransferRow): void;
  /** Every input of every node, with the effects that it had. */
  handled?(node: NodeId, now: Instant, input: Input, effects: readonly Effect[]): void;
}

/** A run in virtual time. */
export class Simulation {
  readonly #setup: RunSetup;
  readonly #environment: Environment;
  readonly #network: Network;
  readonly #seats: Seat[];
  readonly #index = new Map<NodeId, number>();
  readonly #queue = new EventQueue();
  readonly #events = new Slots<Event>();
  readonly #flights = new Slots<InFlight>();
  /** Directed sessions, numbered as they are first used: by sender times nodes plus receiver. */
  readonly #sessions = new Map<number, number>();
  readonly #sequences: number[] = [];
  readonly #delivered: number[] = [];
  readonly #observer: Observer;
  readonly #prices: boolean;
  #now: Instant = 0;
  #messages = 0;
  #outstanding: (Outstanding & { readonly seat: number; readonly id: number }) | null = null;
  #running: number;

  constructor(setup: RunSetup, observer: Observer = {}) {
    const { config } = setup;
    this.#setup = setup;
    this.#observer = observer;
    this.#environment = createEnvironment(config.environment, config.seed, config.workers);
    const ids = nodeIds(config);
    const hosts = hostsOf(config.environment.network, config.environment.flows, ids);
    this.#network = hosts.network;
    this.#seats = ids.map((id, index) => seat(setup, id, hosts.of[index]!));
    for (let i = 0; i < ids.length; i++) this.#index.set(ids[i]!, i);
    this.#running = ids.length;
    const { costs } = config.environment;
    this.#prices = Object.values(costs).some(cost => typeof cost === 'number' && cost > 0);
    this.#begin();
  }

  get now(): Instant {
    return this.#now;
  }

  /** Messages sent so far, of all classes. */
  get messages(): number {
    return this.#messages;
  }

  /** How the run ended, by the coordinator; null while it goes on. */
  get outcome(): Outcome | null {
    return this.#seats[0]!.outcome;
  }

  /**
   * Goes on until a result is needed, which is returned, or until the run has ended (null). Throws
   * when nothing is left to happen and the run has not ended: a bug of the protocol.
   */
  advance(): Outstanding | null {
    if (this.#outstanding !== null) throw new Error('a result is outstanding: provide it first');
    while (this.#running > 0) {
      this.#turn();
      if (this.#outstanding !== null) return this.#outstanding;
    }
    this.#finish();
    return null;
  }

  /** Provides the result that `advance` asked for. */
  provide(result: Result): void {
    const outstanding = this.#outstanding;
    if (outstanding === null) throw new Error('no result is outstanding');
    this.#outstanding = null;
    this.#hand(outstanding.seat, { kind: 'computed', id: outstanding.id, result });
  }

  #begin(): void {
    for (let i = 0; i < this.#seats.length; i++) {
      this.#hand(i, { kind: 'start', incarnation: 0, restored: null });
    }
    // Everybody meets the coordinator, and workers meet servers; the sessions cost nothing.
    const { servers } = this.#setup.config;
    for (let i = 1; i < this.#seats.length; i++) {
      this.#meet(i, 0);
      if (i <= servers) continue;
      for (let server = 1; server <= servers; server++) this.#meet(i, server);
    }
  }

  #meet(a: number, b: number): void {
    for (const [seat, peer] of [
      [a, b],
      [b, a]
    ] as const) {
      const { id } = this.#seats[peer]!;
      this.#hand(seat, { kind: 'session-up', peer: id, session: 0, incarnation: 0 });
    }
  }

  // One event. The network is asked for its next event only when the queue has none at this
  // instant, so that everything sent in one instant is solved together.
  #turn(): void {
    if (this.#queue.time > this.#now) {
      const next = this.#network.nextEvent();
      if (next <= this.#queue.time) {
        if (next === Infinity) throw new Error(this.#stuck());
        this.#now = next;
        this.#deliver();
        return;
      }
      this.#now = this.#queue.time;
    }
    this.#happen(this.#events.take(this.#queue.pop()));
  }

  #deliver(): void {
    this.#network.advance(this.#now, this.#delivered);
    for (const tag of this.#delivered) {
      const flight = this.#flights.take(tag);
      const { from, to, sequence, message } = flight;
      const sender = this.#seats[from]!.id;
      if (this.#observer.span !== undefined) this.#tellTransfer(flight);
      this.#hand(to, { kind: 'message', from: sender, session: 0, sequence, message });
    }
    this.#delivered.length = 0;
  }

  #tellTransfer({ from, to, message, bytes, sent }: InFlight): void {
    if (trafficClass[message.kind] !== 'training') return;
    const [node, receiver] = [this.#seats[from]!.id, this.#seats[to]!.id];
    const arrived = this.#now;
    const { kind } = message;
    this.#observer.span?.({
      kind: 'transfer',
      node,
      to: receiver,
      message: kind,
      bytes,
      sent,
      arrived
    });
  }

  #happen(event: Event): void {
    const seat = this.#seats[event.node]!;
    switch (event.kind) {
      case 'input':
        this.#hand(event.node, event.input);
        break;
      case 'free':
        this.#takeNext(event.node, seat);
        break;
      case 'timer':
        if (seat.timers.get(event.name) !== event.round) break;
        seat.timers.delete(event.name);
        seat.fired.add(event.name);
        this.#hand(event.node, { kind: 'timer', name: event.name });
        break;
      case 'computed':
        if (!seat.computing.has(event.id)) break;
        this.#outstanding = {
          seat: event.node,
          id: event.id,
          job: event.job,
          node: seat.id,
          at: this.#now
        };
        break;
      case 'send':
        seat.delayed -= 1;
        this.#send(event.node, event.to, event.message, event.priority);
        break;
      default:
        unreachable(event);
    }
  }

  // Hands an input over, now or, where the node is at work, after what came before it. Messages that
  // wait for work done by now leave before anything that this input makes the node send.
  #hand(index: number, input: Input): void {
    const seat = this.#seats[index]!;
    if (seat.outcome !== null) return;
    if (seat.busyUntil <= this.#now && seat.inbox.length === 0 && seat.delayed === 0) {
      this.#handle(index, seat, input);
      return;
    }
    seat.inbox.push(input);
    if (seat.inbox.length === 1) this.#wakeLater(index, seat);
  }

  #wakeLater(index: number, seat: Seat): void {
    const at = Math.max(this.#now, seat.busyUntil);
    this.#queue.push(at, this.#events.put({ kind: 'free', node: index }));
  }

  #takeNext(index: number, seat: Seat): void {
    const input = seat.inbox.shift();
    if (input === undefined || seat.outcome !== null) return;
    this.#handle(index, seat, input);
    if (seat.inbox.length > 0) this.#wakeLater(index, seat);
  }

  #handle(index: number, seat: Seat, input: Input): void {
    // Cancelled or cleared while it waited in the inbox.
    if (input.kind === 'computed' && !seat.computing.delete(input.id)) return;
    if (input.kind === 'timer' && !seat.fired.delete(input.name)) return;
    const effects = seat.node.handle(input, this.#now);
    this.#observer.handled?.(seat.id, this.#now, input, effects);
    let at = this.#now;
    for (const effect of effects) at = this.#perform(index, seat, effect, at);
    seat.busyUntil = at;
  }

  /** Performs one effect at `at` and returns when the next one may follow. */
  #perform(index: number, seat: Seat, effect: Effect, at: Instant): Instant {
    switch (effect.kind) {
      case 'send':
        if (at === this.#now) this.#send(index, effect.to, effect.message, effect.priority);
        else {
          const { to, message, priority } = effect;
          const event: Event = { kind: 'send', node: index, to, message, priority };
          seat.delayed += 1;
          this.#queue.push(at, this.#events.put(event));
        }
        return at;
      case 'compute': {
        seat.computing.add(effect.id);
        const due = at + jobNanos(this.#environment, effect.job);
        const event: Event = { kind: 'computed', node: index, id: effect.id, job: effect.job };
        this.#queue.push(due, this.#events.put(event));
        return at;
      }
      case 'cancel':
        seat.computing.delete(effect.id);
        return at;
      case 'work': {
        if (!this.#prices) return at;
        const nanos = this.#environment.workNanos(effect.operation, effect.elements);
        seat.traffic.workNanos += nanos;
        if (nanos > 0) {
          const { operation } = effect;
          const ended = at + nanos;
          this.#observer.span?.({ kind: 'work', node: seat.id, operation, started: at, ended });
        }
        return at + nanos;
      }
      case 'record':
        this.#observer.row?.(effect.row);
        return at;
      case 'set-timer': {
        const round = this.#events.made;
        seat.timers.set(effect.name, round);
        seat.fired.delete(effect.name);
        const event: Event = { kind: 'timer', node: index, name: effect.name, round };
        this.#queue.push(Math.max(at, effect.at), this.#events.put(event));
        return at;
      }
      case 'clear-timer':
        seat.timers.delete(effect.name);
        seat.fired.delete(effect.name);
        return at;
      case 'persist': {
        // Durable at once: a disk with latency and failures is an input of its own kind.
        const input: Input = { kind: 'persisted', id: effect.id, failure: null };
        this.#queue.push(at, this.#events.put({ kind: 'input', node: index, input }));
        return at;
      }
      case 'stop':
        seat.outcome = effect.outcome;
        this.#running -= 1;
        return at;
      default:
        return unreachable(effect);
    }
  }

  #send(from: number, to: NodeId, message: Message, priority: number): void {
    const receiver = this.#index.get(to);
    if (receiver === undefined)
      throw new Error(`${this.#seats[from]!.id} sends to ${to}: no such node`);
    const bytes = encodedLength(message);
    this.#messages += 1;
    const { traffic, host } = this.#seats[from]!;
    const session = this.#session(from, receiver);
    const sequence = this.#sequences[session]!++;
    switch (trafficClass[message.kind]) {
      case 'evaluation': {
        traffic.evaluationBytes += bytes;
        traffic.evaluationMessages += 1;
        const id = this.#seats[from]!.id;
        const input: Input = { kind: 'message', from: id, session: 0, sequence, message };
        this.#queue.push(this.#now, this.#events.put({ kind: 'input', node: receiver, input }));
        return;
      }
      case 'control':
        traffic.controlBytes += bytes;
        traffic.controlMessages += 1;
        break;
      case 'training':
        traffic.trainingBytes += bytes;
        traffic.trainingMessages += 1;
    }
    const tag = this.#flights.put({
      from,
      to: receiver,
      sequence,
      message,
      bytes,
      sent: this.#now
    });
    const target = this.#seats[receiver]!.host;
    this.#network.send(this.#now, host, target, session, bytes, priority, tag);
  }

  #session(from: number, to: number): number {
    const key = from * this.#seats.length + to;
    let session = this.#sessions.get(key);
    if (session === undefined) {
      session = this.#sequences.length;
      this.#sessions.set(key, session);
      this.#sequences.push(0);
    }
    return session;
  }

  #finish(): void {
    for (const seat of this.#seats) this.#observer.row?.(seat.traffic);
    for (const { name, bytesPerSecond, bucketEnds, bytesByBucket } of this.#network.links()) {
      const ends = [...bucketEnds];
      const bytes = [...bytesByBucket];
      this.#observer.row?.({ kind: 'link', link: name, bytesPerSecond, ends, bytes });
    }
  }

  #stuck(): string {
    const waiting = this.#seats.filter(seat => seat.outcome === null).map(seat => seat.id);
    return `nothing is left to happen at ${this.#now} ns, and ${waiting.join(', ')} have not ended`;
  }
}
