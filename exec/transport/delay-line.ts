/** Hands things on at given times, in the order of their coming. */
import { Alarm } from '../alarm.ts';
import type { Clock } from '../clock.ts';

interface Delayed<T> {
  readonly item: T;
  readonly at: number;
}

export class DelayLine<T> {
  readonly #clock: Clock;
  readonly #deliver: (item: T) => void;
  readonly #alarm: Alarm;
  #waiting: Delayed<T>[] = [];
  #last = 0;
  #held = false;

  constructor(clock: Clock, deliver: (item: T) => void) {
    this.#clock = clock;
    this.#deliver = deliver;
    this.#alarm = new Alarm(clock, this.#pass);
  }

  /** Delivers `item` at `at`, or as soon after it as everything before has been delivered. */
  add(item: T, at: number): void {
    this.#last = Math.max(this.#last, at);
    this.#waiting.push({ item, at: this.#last });
    if (this.#waiting.length === 1) this.#pass();
  }

  /** Keeps everything until it is told otherwise. */
  hold(held: boolean): void {
    this.#held = held;
    if (!held) this.#pass();
  }

  /** Forgets what waits. */
  clear(): void {
    this.#waiting = [];
    this.#alarm.clear();
  }

  readonly #pass = (): void => {
    if (this.#held) return;
    for (let first = this.#waiting[0]; first !== undefined; first = this.#waiting[0]) {
      if (first.at > this.#clock.now()) {
        this.#alarm.set(first.at, true);
        return;
      }
      this.#waiting.shift();
      this.#deliver(first.item);
    }
  };
}
