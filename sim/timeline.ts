/** The present of a simulation, and what waits for its time. */
import type { Instant } from '../core/node.ts';
import { EventQueue } from './event-queue.ts';
import type { Event } from './events.ts';
import { Slots } from './slots.ts';

export class Timeline {
  readonly #now = new Float64Array(1);
  /** Events in the queue that will be of no effect when their time comes; who makes one so counts it. */
  outdated = 0;
  readonly #queue = new EventQueue();
  readonly #events = new Slots<Event>();

  // A cell of doubles: a field that begins as an integer would be of another kind after 2^31 ns, and
  // so would be all that has a time of it. What was compiled until then would be thrown away.
  get now(): Instant {
    return this.#now[0]!;
  }

  set now(time: Instant) {
    this.#now[0] = time;
  }

  /** When the first event is due; Infinity when there is none. */
  get next(): Instant {
    return this.#queue.time;
  }

  /** Events in the queue, outdated ones too. */
  get size(): number {
    return this.#queue.size;
  }

  /** Events made so far. */
  get made(): number {
    return this.#events.made;
  }

  push(at: Instant, event: Event): void {
    this.#queue.push(at, this.#events.put(event));
  }

  /** Keeps an event of which nobody knows yet when it is due, and returns its slot. */
  keep(event: Event): number {
    return this.#events.put(event);
  }

  /** The event of a slot that was kept is due at `at`. */
  schedule(at: Instant, slot: number): void {
    this.#queue.push(at, slot);
  }

  /** Forgets an event that was kept, and is not due. */
  forget(slot: number): void {
    this.#events.take(slot);
  }

  /** Takes out the first event, which is due now. */
  pop(): Event {
    return this.#events.take(this.#queue.pop());
  }

  /** The slots of the events of a node, due or kept. Costs a look at all events. */
  slotsOf(node: number): number[] {
    return this.#events.slotsOf(event => 'node' in event && event.node === node);
  }

  at(slot: number): Event {
    // Invariant: whoever asks has the slot of an event that is there.
    return this.#events.at(slot)!;
  }

  /** Makes an event in the queue one of no effect. */
  void(slot: number): void {
    this.#events.replace(slot, nothing);
  }
}

const nothing: Event = { kind: 'nothing' };
