import { grownDoubles, grownIntegers } from '../core/growth.ts';
import { EventQueue } from './event-queue.ts';

/**
 * An event queue, with the same order of events, for who pushes nearly all of them in the order of
 * their times: what takes as long for everybody, as the latency of links does. Those wait in a ring,
 * where each costs the same however many wait; the others in a heap.
 */
export class OrderedQueue {
  #times = new Float64Array(64);
  #events = new Int32Array(64);
  #first = 0;
  #waiting = 0;
  /** Time of the last event in the ring. */
  #last = -Infinity;
  readonly #others = new EventQueue(4);

  /** Time of the first event in nanoseconds; Infinity when there is none. */
  get time(): number {
    return Math.min(this.#ringTime(), this.#others.time);
  }

  /** Adds an event, as that of an `EventQueue`. */
  push(time: number, event: number): void {
    if (this.#waiting > 0 && time < this.#last) {
      this.#others.push(time, event);
      return;
    }
    if (this.#waiting === this.#events.length) this.#grow();
    const place = (this.#first + this.#waiting) & (this.#events.length - 1);
    this.#times[place] = time;
    this.#events[place] = event;
    this.#waiting += 1;
    this.#last = time;
  }

  /** Removes the first event and returns it; -1 when there is none. Read `time` before. */
  pop(): number {
    // Of two at one time that in the ring came first: when the other one came, the last in the ring
    // was later, and it is still there.
    if (this.#waiting === 0 || this.#others.time < this.#ringTime()) return this.#others.pop();
    const event = this.#events[this.#first]!;
    this.#first = (this.#first + 1) & (this.#events.length - 1);
    this.#waiting -= 1;
    return event;
  }

  #ringTime(): number {
    return this.#waiting === 0 ? Infinity : this.#times[this.#first]!;
  }

  // Its length is a power of two: what was wrapped around comes behind what was not.
  #grow(): void {
    const room = this.#events.length;
    this.#times = grownDoubles(this.#times, 2 * room);
    this.#events = grownIntegers(this.#events, 2 * room);
    this.#times.copyWithin(room, 0, this.#first);
    this.#events.copyWithin(room, 0, this.#first);
  }
}
