/**
 * What comes of messages that have arrived where faults hold or delay them: the network has carried
 * them, and they wait before the receiver's door, in order of arrival. One door a directed session.
 */
import type { Verdict } from '../../core/environment/faults/verdict.ts';
import type { Instant } from '../../core/node.ts';
import type { Arrival } from '../events.ts';

interface Door {
  readonly from: number;
  readonly to: number;
  readonly queue: { readonly arrival: Arrival; readonly at: Instant }[];
  /** When the first in the queue is woken for; -1 when it is not. */
  wakes: Instant;
}

export class Doors {
  readonly #nodes: number;
  readonly #deliver: (arrival: Arrival) => void;
  readonly #wake: (at: Instant, call: () => void) => void;
  readonly #verdicts = new Set<Verdict<number>>();
  /** Doors before which messages wait. */
  readonly #doors = new Map<number, Door>();

  constructor(
    nodes: number,
    deliver: (arrival: Arrival) => void,
    wake: (at: Instant, call: () => void) => void
  ) {
    this.#nodes = nodes;
    this.#deliver = deliver;
    this.#wake = wake;
  }

  /** A fault begins. */
  add(verdict: Verdict<number>): void {
    this.#verdicts.add(verdict);
  }

  /** A fault is over: what it held goes on, one session after another in the order of waiting. */
  remove(now: Instant, verdict: Verdict<number>): void {
    this.#verdicts.delete(verdict);
    for (const [key, door] of [...this.#doors]) this.#pass(now, key, door);
  }

  /** A message has arrived. */
  arrive(now: Instant, arrival: Arrival): void {
    const { from, to } = arrival;
    const key = from * this.#nodes + to;
    let door = this.#doors.get(key);
    if (door === undefined) {
      if (this.#verdicts.size === 0) {
        this.#deliver(arrival);
        return;
      }
      door = { from, to, queue: [], wakes: -1 };
      this.#doors.set(key, door);
    }
    const before = door.queue[door.queue.length - 1]?.at ?? now;
    const at = Math.max(before, now + this.#extraNanos(from, to));
    door.queue.push({ arrival, at });
    if (door.queue.length === 1) this.#pass(now, key, door);
  }

  /** Loses what waits from one node to another. */
  clear(from: number, to: number): void {
    this.#doors.delete(from * this.#nodes + to);
  }

  #pass(now: Instant, key: number, door: Door): void {
    for (;;) {
      // A delivery may have cut the session, or ended the wait of others.
      if (this.#doors.get(key) !== door) return;
      const first = door.queue[0];
      if (first === undefined) {
        this.#doors.delete(key);
        return;
      }
      if (this.#holds(door.from, door.to)) return;
      if (first.at > now) {
        if (door.wakes !== first.at) this.#wake(first.at, () => this.#pass(first.at, key, door));
        door.wakes = first.at;
        return;
      }
      door.queue.shift();
      this.#deliver(first.arrival);
    }
  }

  #holds(from: number, to: number): boolean {
    for (const verdict of this.#verdicts) if (verdict.holds(from, to)) return true;
    return false;
  }

  #extraNanos(from: number, to: number): number {
    let nanos = 0;
    for (const verdict of this.#verdicts) {
      if (verdict.extraNanos > 0 && verdict.concerns(from, to)) nanos += verdict.extraNanos;
    }
    return nanos;
  }
}
