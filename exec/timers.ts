/** The named timers of a node, in real time. */
import type { Instant, TimerName } from '../core/node.ts';
import { Alarm } from './alarm.ts';
import type { Clock } from './clock.ts';

export class Timers {
  readonly #clock: Clock;
  readonly #ring: (name: TimerName) => void;
  readonly #alarms = new Map<TimerName, Alarm>();

  constructor(clock: Clock, ring: (name: TimerName) => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /** Sets or replaces the timer of this name. It rings within a millisecond or two after `at`. */
  set(name: TimerName, at: Instant): void {
    let alarm = this.#alarms.get(name);
    if (alarm === undefined) {
      alarm = new Alarm(this.#clock, () => this.#ring(name));
      this.#alarms.set(name, alarm);
    }
    alarm.set(at, false);
  }

  clear(name: TimerName): void {
    this.#alarms.get(name)?.clear();
  }

  clearAll(): void {
    for (const alarm of this.#alarms.values()) alarm.clear();
  }
}
