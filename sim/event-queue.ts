import { grownDoubles, grownIntegers } from '../core/growth.ts';

/**
 * The pending events of a simulation, in order of (time, sequence): events at one instant come out
 * in the order in which they went in, so that a run is the same run every time.
 *
 * An event is an integer the caller understands, usually a slot of its own tables. There is no
 * removal: a caller that cancels keeps a generation beside the slot and ignores what is outdated.
 *
 * A heap with four children a node over typed arrays: half the levels of a binary heap, the keys of
 * the four children in one cache line, and no object per event for the collector to find.
 */
export class EventQueue {
  /** Keys, two doubles an entry: the time in integer nanoseconds, then the sequence number. */
  #keys: Float64Array<ArrayBuffer>;
  #events: Int32Array;
  #size = 0;
  #sequence = 0;

  /** `capacity`: entries to make room for at first; the queue doubles as needed. */
  constructor(capacity = 1024) {
    const room = Math.max(4, Math.floor(capacity));
    this.#keys = new Float64Array(2 * room);
    this.#events = new Int32Array(room);
  }

  /** Number of pending events. */
  get size(): number {
    return this.#size;
  }

  /** Time of the first event in nanoseconds; Infinity when there is none. */
  get time(): number {
    return this.#size === 0 ? Infinity : this.#keys[0]!;
  }

  /** The first event; -1 when there is none. */
  get first(): number {
    return this.#size === 0 ? -1 : this.#events[0]!;
  }

  /**
   * Adds an event.
   *
   * @param time when it is due, in integer nanoseconds (up to 2^53: 104 days); not NaN
   * @param event an integer of 0 to 2^31 - 1
   */
  push(time: number, event: number): void {
    if (this.#size === this.#events.length) this.#grow();
    const keys = this.#keys;
    const events = this.#events;
    let hole = this.#size++;
    // The newcomer has the highest sequence, so only strictly later events make way for it.
    while (hole > 0) {
      const parent = (hole - 1) >> 2;
      const parentTime = keys[2 * parent]!;
      if (parentTime <= time) break;
      keys[2 * hole] = parentTime;
      keys[2 * hole + 1] = keys[2 * parent + 1]!;
      events[hole] = events[parent]!;
      hole = parent;
    }
    keys[2 * hole] = time;
    keys[2 * hole + 1] = this.#sequence++;
    events[hole] = event;
  }

  /** Removes the first event and returns it; -1 when there is none. Read `time` before. */
  pop(): number {
    if (this.#size === 0) return -1;
    const first = this.#events[0]!;
    const last = --this.#size;
    if (last > 0) this.#sink(this.#keys[2 * last]!, this.#keys[2 * last + 1]!, this.#events[last]!);
    return first;
  }

  /** Forgets all events. */
  clear(): void {
    this.#size = 0;
  }

  /** Puts an entry into the hole at the top and lets it sink to its place. */
  #sink(time: number, sequence: number, event: number): void {
    const keys = this.#keys;
    const events = this.#events;
    const size = this.#size;
    let hole = 0;
    for (let child = 1; child < size; child = 4 * hole + 1) {
      const end = Math.min(child + 4, size);
      let best = child;
      let bestTime = keys[2 * child]!;
      for (let other = child + 1; other < end; other++) {
        const otherTime = keys[2 * other]!;
        if (
          otherTime < bestTime ||
          (otherTime === bestTime && keys[2 * other + 1]! < keys[2 * best + 1]!)
        ) {
          best = other;
          bestTime = otherTime;
        }
      }
      const bestSequence = keys[2 * best + 1]!;
      if (time < bestTime || (time === bestTime && sequence < bestSequence)) break;
      keys[2 * hole] = bestTime;
      keys[2 * hole + 1] = bestSequence;
      events[hole] = events[best]!;
      hole = best;
    }
    keys[2 * hole] = time;
    keys[2 * hole + 1] = sequence;
    events[hole] = event;
  }

  #grow(): void {
    this.#keys = grownDoubles(this.#keys, 2 * this.#keys.length);
    this.#events = grownIntegers(this.#events, 2 * this.#events.length);
  }
}
