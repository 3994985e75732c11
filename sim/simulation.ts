/**
 * Virtual time: drives the nodes of a run through a modelled network, computing nothing itself.
 * Gradients are asked for when the virtual time at which they are due has come; whoever runs the
 * simulation provides them.
 */
import { encodedLength } from '../core/codec.ts';
import { createEnvironment, type Environment, jobNanos } from '../core/environment/environment.ts';
import type { Message } from '../core/message.ts';
import type { Effect, Input, Instant, Job, NodeId, Outcome, Result } from '../core/node.ts';
import { nodeIds, placeOf } from '../core/node-id.ts';
import type { WorkRow } from '../core/record.ts';
import type { RunSetup } from '../core/setup.ts';
import { unreachable } from '../core/unreachable.ts';
import { type SimulationOptions, Watch } from './checks/watch.ts';
import type { CrossTraffic } from './cross-traffic.ts';
import { endRows } from './end-rows.ts';
import { EventQueue } from './event-queue.ts';
import type { Event } from './events.ts';
import { Flights } from './flights.ts';
import { processorsOf } from './host-processors.ts';
import { hostsOf } from './hosts.ts';
import type { Network } from './network.ts';
import type { Observer, Outstanding } from './observer.ts';
import type { Processors } from './processors.ts';
import { clearTimer, countSent, fireTimer, type Seat, seat, stuck } from './seat.ts';
import { meetAll, Sessions } from './sessions.ts';
import { Slots } from './slots.ts';
import { charge, operationOf, priceOf, tellTransfer } from './spans.ts';

/** A run in virtual time. */
export class Simulation {
  readonly #setup: RunSetup;
  readonly #environment: Environment;
  readonly #network: Network;
  /** Null where nobody shares a core: what takes time takes the time that it is said to. */
  readonly #processors: Processors | null;
  readonly #traffic: CrossTraffic | null;
  readonly #seats: Seat[];
  readonly #queue = new EventQueue();
  readonly #events = new Slots<Event>();
  readonly #flights = new Flights();
  readonly #sessions: Sessions;
  readonly #delivered: number[] = [];
  readonly #done: number[] = [];
  readonly #observer: Observer;
  readonly #watch: Watch | null;
  #now: Instant = 0;
  #messages = 0;
  #outstanding: (Outstanding & { readonly seat: number; readonly id: number }) | null = null;
  #running: number;

  constructor(setup: RunSetup, observer: Observer = {}, options: SimulationOptions | null = null) {
    const { config } = setup;
    this.#setup = setup;
    this.#observer = observer;
    this.#environment = createEnvironment(config.environment, config.seed, config.workers);
    const ids = nodeIds(config);
    const hosts = hostsOf(config, ids);
    this.#watch = options === null ? null : new Watch(setup, options);
    this.#network = this.#watch?.over(hosts.network, this.#flights, ids) ?? hosts.network;
    this.#processors = processorsOf(config, ids, hosts.of);
    this.#traffic = hosts.traffic;
    this.#seats = ids.map((id, index) => seat(setup, id, hosts.of[index]!));
    this.#sessions = new Sessions(ids.length);
    this.#running = ids.length;
    this.#begin();
  }

  get now(): Instant {
    return this.#now;
  }

  /** Events so far, where they are watched. */
  get events(): number {
    return this.#watch?.events ?? 0;
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
    for (const row of endRows(this.#seats, this.#network, this.#traffic)) this.#observer.row?.(row);
    return null;
  }

  /** Provides the result that `advance` asked for. */
  provide(result: Result): void {
    if (this.#outstanding === null) throw new Error('no result is outstanding');
    const { seat, id } = this.#outstanding;
    this.#outstanding = null;
    this.#hand(seat, { kind: 'computed', id, result });
  }

  /**
   * Makes all that the process of a node does go at `speed` times its pace from now on: what it
   * computes, and the work of what it handles. At 0 it stands still, and what comes waits. Only where
   * processors are shared (`processorsOf`): elsewhere nothing can be changed once it is begun.
   */
  setSpeed(node: NodeId, speed: number): void {
    const index = this.#placeOf(node);
    const seat = this.#seats[index]!;
    if (this.#processors === null) throw new Error(`${node} has a core to itself, of fixed speed`);
    this.#processors.setSpeed(this.#now, index, speed);
    if (seat.working || seat.busyUntil < Infinity) return;
    seat.busyUntil = this.#now;
    if (seat.inbox.length > 0) this.#wakeLater(index, seat);
  }

  #begin(): void {
    for (let i = 0; i < this.#seats.length; i++) {
      this.#hand(i, { kind: 'start', incarnation: 0, restored: null });
    }
    meetAll(this.#setup.config, (index, other) => {
      const peer = this.#seats[other]!.id;
      this.#hand(index, { kind: 'session-up', peer, session: 0, incarnation: 0 });
    });
  }

  // One event. The network is asked for its next event only when the queue has none at this
  // instant, so that everything sent in one instant is solved together.
  #turn(): void {
    this.#watch?.turn(this.#now, this.#queue.time);
    if (this.#queue.time > this.#now) this.#goOn();
    else this.#happen(this.#events.take(this.#queue.pop()));
  }

  #goOn(): void {
    const next = this.#network.nextEvent();
    const done = this.#processors?.nextEvent() ?? Infinity;
    const first = Math.min(next, done, this.#queue.time);
    // Of what goes on in the network by itself, no node ever hears.
    const isIdle = done === Infinity && this.#queue.size + this.#flights.size === 0;
    if (first === Infinity || isIdle) throw new Error(stuck(this.#seats, this.#now));
    this.#now = first;
    if (next === first) this.#deliver();
    else if (done === first) this.#finishJobs();
    else this.#happen(this.#events.take(this.#queue.pop()));
  }

  #deliver(): void {
    this.#network.advance(this.#now, this.#delivered);
    const flights = this.#flights;
    for (let index = 0; index < this.#delivered.length; index++) {
      const flight = this.#delivered[index]!;
      if (this.#observer.span)
        tellTransfer(this.#observer, flights, flight, this.#seats, this.#now);
      const from = this.#seats[flights.from[flight]!]!.id;
      this.#hand(flights.to[flight]!, flights.end(flight, from));
    }
    this.#delivered.length = 0;
  }

  // A job is known by the slot of the event that is to happen when it is done.
  #finishJobs(): void {
    this.#processors?.advance(this.#now, this.#done);
    for (const event of this.#done) this.#queue.push(this.#now, event);
    this.#done.length = 0;
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
      case 'worked':
        seat.working = false;
        charge(this.#observer, seat, event.operation, event.begun, this.#now, event.nanos);
        this.#proceed(event.node, seat);
        if (seat.inbox.length > 0) this.#wakeLater(event.node, seat);
        break;
      case 'timer':
        if (!fireTimer(seat, event.name, event.round)) break;
        this.#hand(event.node, { kind: 'timer', name: event.name });
        break;
      case 'computed': {
        const { node, id, job } = event;
        seat.jobs.delete(id);
        if (!seat.computing.has(id)) break;
        this.#outstanding = { seat: node, id, job, node: seat.id, at: this.#now };
        break;
      }
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
    if (this.#isFree(index, seat) && seat.inbox.length === 0 && seat.delayed === 0) {
      this.#handle(index, seat, input);
      return;
    }
    seat.inbox.push(input);
    if (seat.inbox.length === 1) this.#wakeLater(index, seat);
  }

  // A stopped process takes nothing in; where it is known when it goes on, it is busy until then.
  #isFree(index: number, seat: Seat): boolean {
    if (seat.busyUntil > this.#now) return false;
    if (this.#processors !== null) {
      seat.busyUntil = this.#processors.runsFrom(this.#now, index);
    }
    return seat.busyUntil <= this.#now;
  }

  // A node that is busy for nobody knows how long wakes when its work is done, or its process goes on.
  #wakeLater(index: number, seat: Seat): void {
    if (seat.busyUntil === Infinity) return;
    const at = Math.max(this.#now, seat.busyUntil);
    this.#queue.push(at, this.#events.put({ kind: 'free', node: index }));
  }

  #takeNext(index: number, seat: Seat): void {
    if (!this.#isFree(index, seat)) {
      if (seat.inbox.length > 0) this.#wakeLater(index, seat);
      return;
    }
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
    this.#watch?.handled(seat.id, this.#now, input, effects);
    this.#observer.handled?.(seat.id, this.#now, input, effects);
    const taking = seat.prices === null ? 0 : seat.prices.inputNanos(input);
    if (this.#processors !== null) {
      seat.rest = effects;
      seat.next = 0;
      if (taking > 0) this.#work(index, seat, 'receive', taking);
      else this.#proceed(index, seat);
      return;
    }
    let at = this.#now;
    if (taking > 0) at = charge(this.#observer, seat, 'receive', at, at + taking, taking);
    for (const effect of effects) {
      const nanos = priceOf(seat, effect);
      if (nanos > 0) {
        at = charge(this.#observer, seat, operationOf(effect), at, at + nanos, nanos);
      }
      this.#perform(index, seat, effect, at);
    }
    seat.busyUntil = at;
  }

  // Where processors are shared, nobody knows ahead when work is done: what is behind it waits.
  #proceed(index: number, seat: Seat): void {
    while (seat.next < seat.rest.length) {
      const effect = seat.rest[seat.next]!;
      const nanos = seat.paid ? 0 : priceOf(seat, effect);
      if (nanos > 0) {
        seat.paid = true;
        this.#work(index, seat, operationOf(effect), nanos);
        return;
      }
      seat.paid = false;
      seat.next += 1;
      this.#perform(index, seat, effect, this.#now);
    }
    seat.busyUntil = this.#now;
  }

  #work(index: number, seat: Seat, operation: WorkRow['operation'], nanos: number): void {
    seat.working = true;
    seat.busyUntil = Infinity;
    const begun = this.#now;
    const event = this.#events.put({ kind: 'worked', node: index, operation, nanos, begun });
    this.#processors?.start(begun, index, nanos, null, event);
  }

  /** Performs one effect at `at`: now, or when the work before it is done. */
  #perform(index: number, seat: Seat, effect: Effect, at: Instant): void {
    switch (effect.kind) {
      case 'send':
        if (at === this.#now) this.#send(index, effect.to, effect.message, effect.priority);
        else {
          const { to, message, priority } = effect;
          const event: Event = { kind: 'send', node: index, to, message, priority };
          seat.delayed += 1;
          this.#queue.push(at, this.#events.put(event));
        }
        return;
      case 'compute':
        this.#compute(index, seat, effect.id, effect.job, at);
        return;
      case 'cancel':
        seat.computing.delete(effect.id);
        this.#takeBack(seat, effect.id);
        return;
      case 'work':
        return;
      case 'record':
        this.#observer.row?.(effect.row);
        return;
      case 'set-timer': {
        const round = this.#events.made;
        clearTimer(seat, effect.name);
        seat.timers.set(effect.name, round);
        const event: Event = { kind: 'timer', node: index, name: effect.name, round };
        this.#queue.push(Math.max(at, effect.at), this.#events.put(event));
        return;
      }
      case 'clear-timer':
        clearTimer(seat, effect.name);
        return;
      case 'persist':
        // Durable at once: a disk with latency and failures is an input of its own kind.
        this.#later(index, { kind: 'persisted', id: effect.id, failure: null }, at);
        return;
      case 'stop':
        seat.outcome = effect.outcome;
        this.#running -= 1;
        return;
      default:
        unreachable(effect);
    }
  }

  #later(node: number, input: Input, at: Instant): void {
    this.#queue.push(at, this.#events.put({ kind: 'input', node, input }));
  }

  #compute(index: number, seat: Seat, id: number, job: Job, at: Instant): void {
    seat.computing.add(id);
    const event = this.#events.put({ kind: 'computed', node: index, id, job });
    const nanos = jobNanos(this.#environment, job);
    if (this.#processors === null || nanos === 0) {
      this.#queue.push(at + nanos, event);
      return;
    }
    seat.jobs.set(id, event);
    this.#processors.start(at, index, nanos, null, event);
  }

  // A computation that was cancelled leaves the core that it was on.
  #takeBack(seat: Seat, id: number): void {
    const event = seat.jobs.get(id);
    if (event === undefined || this.#processors === null) return;
    seat.jobs.delete(id);
    if (this.#processors.cancel(this.#now, event)) this.#events.take(event);
  }

  #send(from: number, to: NodeId, message: Message, priority: number): void {
    const sender = this.#seats[from]!;
    const receiver = this.#placeOf(to);
    const bytes = encodedLength(message);
    this.#messages += 1;
    const session = this.#sessions.between(from, receiver);
    const sequence = this.#sessions.nextSequence(session);
    if (countSent(sender.traffic, message.kind, bytes) === 'evaluation') {
      const input = { kind: 'message', from: sender.id, session: 0, sequence, message } as const;
      this.#later(receiver, input, this.#now);
      return;
    }
    const sent = this.#now;
    const tag = this.#flights.begin(from, receiver, sequence, message, bytes, sent);
    const { host } = this.#seats[receiver]!;
    this.#network.send(sent, sender.host, host, session, bytes, priority, tag);
  }

  #placeOf(node: NodeId): number {
    const place = placeOf(node, this.#setup.config.servers);
    if (this.#seats[place]?.id !== node) throw new Error(`there is no node ${node}`);
    return place;
  }
}
