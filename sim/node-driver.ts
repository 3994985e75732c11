/** Drives the nodes of a simulation: hands them their inputs, and performs what they ask for. */
import type { Message } from '../core/message.ts';
import type { Effect, Input, Instant, Job, NodeId } from '../core/node.ts';
import { shiftedRow, type WorkRow } from '../core/record.ts';
import { unreachable } from '../core/unreachable.ts';
import type { Watch } from './checks/watch.ts';
import type { Computations } from './computations.ts';
import type { Event } from './events.ts';
import type { Observer } from './observer.ts';
import type { Processors } from './processors.ts';
import { clearTimer, fireTimer, isOutdated, type Seat } from './seat.ts';
import { charge, operationOf, priceOf, workFirst } from './spans.ts';
import type { Timeline } from './timeline.ts';

/** What the driver works with. */
export interface NodeDriverParts {
  readonly seats: readonly Seat[];
  readonly timeline: Timeline;
  readonly computations: Computations;
  /** Null where nobody shares a core: what takes time takes the time that it is said to. */
  readonly processors: Processors | null;
  readonly observer: Observer;
  readonly watch: Watch | null;
}

/** What is beyond the nodes. */
export interface NodeDriverOwner {
  send(from: number, to: NodeId, message: Message, priority: number): void;
  /** The result of a computation is due. */
  due(node: number, id: number, job: Job): void;
  /** A node is about to be handed an input; it has handled one. */
  handing(node: number, input: Input): void;
  handled(node: number, effects: readonly Effect[]): void;
  stopped(): void;
}

/** Events of a node. */
export type NodeEvent = Extract<Event, { node: number }>;

export class NodeDriver {
  readonly #seats: readonly Seat[];
  readonly #timeline: Timeline;
  readonly #computations: Computations;
  readonly #processors: Processors | null;
  readonly #observer: Observer;
  readonly #watch: Watch | null;
  readonly #owner: NodeDriverOwner;
  readonly #done: number[] = [];

  constructor(parts: NodeDriverParts, owner: NodeDriverOwner) {
    this.#seats = parts.seats;
    this.#timeline = parts.timeline;
    this.#computations = parts.computations;
    this.#processors = parts.processors;
    this.#observer = parts.observer;
    this.#watch = parts.watch;
    this.#owner = owner;
  }

  // Hands an input over, now or, where the node is at work, after what came before it. Messages that
  // wait for work done by now leave before anything that this input makes the node send.
  hand(index: number, input: Input): void {
    const seat = this.#seats[index]!;
    if (seat.outcome !== null || !seat.alive) return;
    if (this.#isFree(index, seat) && seat.inbox.length === 0 && seat.delayed === 0) {
      this.#handle(index, seat, input);
      return;
    }
    seat.inbox.push(input);
    if (seat.inbox.length === 1) this.#wakeLater(index, seat);
  }

  happen(event: NodeEvent): void {
    const seat = this.#seats[event.node]!;
    const outdated = isOutdated(event, seat);
    if (outdated) this.#timeline.outdated -= 1;
    switch (event.kind) {
      case 'input':
        this.hand(event.node, event.input);
        break;
      case 'free':
        this.#takeNext(event.node, seat);
        break;
      case 'worked':
        seat.working = false;
        charge(this.#observer, seat, event.operation, event.begun, this.#timeline.now, event.nanos);
        this.#proceed(event.node, seat);
        if (seat.inbox.length > 0) this.#wakeLater(event.node, seat);
        break;
      case 'timer':
        if (!fireTimer(seat, event.name, event.round)) break;
        this.hand(event.node, { kind: 'timer', name: event.name });
        break;
      case 'computed':
        if (this.#processors !== null) seat.jobs.delete(event.id);
        if (!outdated) this.#owner.due(event.node, event.id, event.job);
        break;
      case 'send':
        seat.delayed -= 1;
        this.#owner.send(event.node, event.to, event.message, event.priority);
        break;
      case 'copied':
        break;
      default:
        unreachable(event);
    }
  }

  /** A message leaves a node, or is on its way to it: its host copies it meanwhile. */
  copy(index: number, message: Message): void {
    if (this.#processors === null) return;
    const nanos = this.#seats[index]!.prices?.overlappedNanos(message) ?? 0;
    if (nanos === 0) return;
    const slot = this.#timeline.keep({ kind: 'copied', node: index });
    this.#processors.start(this.#timeline.now, index, nanos, null, slot);
  }

  /** Jobs of the processors are done by now. One is known by the slot of what is to happen then. */
  finishJobs(): void {
    const { now } = this.#timeline;
    this.#processors?.advance(now, this.#done);
    for (const slot of this.#done) {
      const event = this.#timeline.at(slot);
      const due = event.kind === 'computed' ? event.due : now;
      this.#timeline.schedule(Math.max(now, due), slot);
    }
    this.#done.length = 0;
  }

  /** Makes a node go at `speed` times its pace; at 0 it stands still, and what comes waits. */
  setSpeed(index: number, speed: number): void {
    const seat = this.#seats[index]!;
    if (this.#processors === null) throw new Error(`${seat.id} has a core of fixed speed`);
    const { now } = this.#timeline;
    this.#processors.setSpeed(now, index, speed);
    if (seat.working || seat.busyUntil < Infinity) return;
    seat.busyUntil = now;
    if (seat.inbox.length > 0) this.#wakeLater(index, seat);
  }

  /** Ends a node's life: all that it had under way comes to nothing. */
  crash(index: number): void {
    const seat = this.#seats[index]!;
    const timeline = this.#timeline;
    for (const slot of timeline.slotsOf(index)) {
      if (this.#processors?.cancel(timeline.now, slot) === true) {
        timeline.forget(slot);
        continue;
      }
      if (!isOutdated(timeline.at(slot), seat)) timeline.outdated += 1;
      timeline.void(slot);
    }
    seat.alive = false;
  }

  // A stopped process takes nothing in; where it is known when it goes on, it is busy until then.
  #isFree(index: number, seat: Seat): boolean {
    const { now } = this.#timeline;
    if (seat.busyUntil > now) return false;
    if (this.#processors !== null) seat.busyUntil = this.#processors.runsFrom(now, index);
    return seat.busyUntil <= now;
  }

  // A node that is busy for nobody knows how long wakes when its work is done, or its process goes on.
  #wakeLater(index: number, seat: Seat): void {
    if (seat.busyUntil === Infinity) return;
    const at = Math.max(this.#timeline.now, seat.busyUntil);
    this.#timeline.push(at, { kind: 'free', node: index });
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
    if (input.kind === 'persisted') seat.persisted = seat.persisting.get(input.id) ?? null;
    const { now } = this.#timeline;
    const local = now - seat.began;
    this.#owner.handing(index, input);
    const given = seat.node.handle(input, local);
    this.#watch?.handled(seat.id, now, input, given);
    this.#observer.handled?.(seat.id, local, input, given);
    this.#owner.handled(index, given);
    const effects = seat.prices === null ? given : workFirst(given);
    const taking = seat.prices === null ? 0 : seat.prices.inputNanos(input);
    if (this.#processors !== null) {
      seat.rest = effects;
      seat.next = 0;
      if (taking > 0) this.#work(index, seat, 'receive', taking);
      else this.#proceed(index, seat);
      return;
    }
    let at = now;
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
    const { now } = this.#timeline;
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
      this.#perform(index, seat, effect, now);
    }
    seat.busyUntil = now;
  }

  #work(index: number, seat: Seat, operation: WorkRow['operation'], nanos: number): void {
    const begun = this.#timeline.now;
    seat.working = true;
    seat.busyUntil = Infinity;
    const event = this.#timeline.keep({ kind: 'worked', node: index, operation, nanos, begun });
    this.#processors?.start(begun, index, nanos, null, event);
  }

  /** Performs one effect at `at`: now, or when the work before it is done. */
  #perform(index: number, seat: Seat, effect: Effect, at: Instant): void {
    const timeline = this.#timeline;
    switch (effect.kind) {
      case 'send': {
        const { to, message, priority } = effect;
        if (at === timeline.now) this.#owner.send(index, to, message, priority);
        else {
          seat.delayed += 1;
          timeline.push(at, { kind: 'send', node: index, to, message, priority });
        }
        return;
      }
      case 'compute':
        this.#compute(index, seat, effect.id, effect.job, at);
        return;
      case 'cancel':
        this.#takeBack(seat, effect.id);
        return;
      case 'work':
        return;
      case 'record':
        this.#observer.row?.(shiftedRow(effect.row, seat.began));
        return;
      case 'set-timer': {
        const round = timeline.made;
        if (clearTimer(seat, effect.name)) timeline.outdated += 1;
        seat.timers.set(effect.name, round);
        const event: Event = { kind: 'timer', node: index, name: effect.name, round };
        timeline.push(Math.max(at, effect.at + seat.began), event);
        return;
      }
      case 'clear-timer':
        if (clearTimer(seat, effect.name)) timeline.outdated += 1;
        return;
      case 'persist': {
        // Durable at once: a disk with latency and failures is an input of its own kind.
        seat.persisting.set(effect.id, effect.snapshot);
        const input: Input = { kind: 'persisted', id: effect.id, failure: null };
        timeline.push(at, { kind: 'input', node: index, input });
        return;
      }
      case 'stop':
        seat.outcome = effect.outcome;
        this.#owner.stopped();
        return;
      default:
        unreachable(effect);
    }
  }

  #compute(index: number, seat: Seat, id: number, job: Job, at: Instant): void {
    seat.computing.add(id);
    const due = this.#computations.dueOf(at, index, job);
    const slot = this.#timeline.keep({ kind: 'computed', node: index, id, job, due });
    const done = this.#computations.begin(at, index, job, slot);
    if (done < Infinity) this.#timeline.schedule(done, slot);
    else seat.jobs.set(id, slot);
  }

  // A computation that was cancelled leaves the core that it was on.
  #takeBack(seat: Seat, id: number): void {
    if (!seat.computing.delete(id)) return;
    const slot = seat.jobs.get(id);
    seat.jobs.delete(id);
    if (slot !== undefined && this.#processors?.cancel(this.#timeline.now, slot) === true) {
      this.#timeline.forget(slot);
      return;
    }
    // A result that waits in the inbox has left the queue; else its event is in vain.
    const waits = seat.inbox.some(input => input.kind === 'computed' && input.id === id);
    if (!waits) this.#timeline.outdated += 1;
  }
}
