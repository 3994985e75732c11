/** Wakes a callback at an instant of a clock, exactly or within a millisecond. */
import type { Clock } from './clock.ts';

const nanosPerMilli = 1_000_000;
/** What the system's timers are off by: the rest of a wait is spent asking the clock. */
const timerErrorNanos = 1_200_000;
/** Longest delay that setTimeout takes; longer waits are made of several. */
const delayMillisMax = 2_147_483_647;

/** One alarm; setting it again replaces what it was set to. */
export class Alarm {
  readonly #clock: Clock;
  readonly #ring: () => void;
  #at = 0;
  #exact = false;
  #timer: NodeJS.Timeout | null = null;
  #immediate: NodeJS.Immediate | null = null;

  constructor(clock: Clock, ring: () => void) {
    this.#clock = clock;
    this.#ring = ring;
  }

  /**
   * Rings at `at`, never before it. An exact alarm takes the processor for the last millisecond;
   * the other may be about that much late.
   */
  set(at: number, exact: boolean): void {
    this.clear();
    this.#at = at;
    this.#exact = exact;
    this.#wait();
  }

  clear(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#immediate !== null) clearImmediate(this.#immediate);
    this.#timer = null;
    this.#immediate = null;
  }

  readonly #wait = (): void => {
    this.#timer = null;
    this.#immediate = null;
    const left = this.#at - this.#clock.now();
    if (left <= 0) {
      this.#ring();
    } else if (this.#exact && left <= timerErrorNanos) {
      this.#immediate = setImmediate(this.#wait);
    } else {
      const nanos = this.#exact ? left - timerErrorNanos : left;
      const millis = Math.min(Math.ceil(nanos / nanosPerMilli), delayMillisMax);
      this.#timer = setTimeout(this.#wait, millis);
    }
  };
}
