import { EventQueue } from './event-queue.ts';
import type { Lines } from './lines.ts';

export interface SlowStartOptions {
  /** Bytes that a session may have under way at first. */
  readonly windowBytes: number;
  /** Time without a message after which a session starts anew; or Infinity. */
  readonly idleNanos: number;
}

/** Bytes per second that no link has: as good as no bound, and finite. */
const unbounded = 1e15;

interface Session {
  readonly roundTripNanos: number;
  window: number;
  /** Whether the window still bounds the session. */
  isSlow: boolean;
  /** When the window doubles next; Infinity while nothing is sent. Other times are outdated. */
  tick: number;
  /** When its last message was through; -Infinity before the first. */
  ended: number;
}

/**
 * TCP's slow start (RFC 5681, section 3.1) in a fluid: a session carries at most its window a round
 * trip; the window doubles every round trip in which it is used, until the links are the bound.
 * Ways without latency have no round trips, and no slow start.
 */
export class SlowStart {
  readonly #options: SlowStartOptions;
  readonly #lines: Lines;
  readonly #bytesPerSecondMax: number;
  readonly #sessions: (Session | undefined)[] = [];
  readonly #ticks = new EventQueue();

  /** `bytesPerSecondMax`: what bounds a session anyway, or Infinity. */
  constructor(options: SlowStartOptions, lines: Lines, bytesPerSecondMax: number) {
    this.#options = options;
    this.#lines = lines;
    this.#bytesPerSecondMax = Math.min(bytesPerSecondMax, unbounded);
  }

  /** When the next window doubles, in nanoseconds; or Infinity. */
  get time(): number {
    return this.#ticks.time;
  }

  /** The bound with which the line of a session is opened. */
  open(session: number, latencyNanos: number): number {
    this.#sessions[session] = {
      roundTripNanos: 2 * latencyNanos,
      window: this.#options.windowBytes,
      isSlow: latencyNanos > 0,
      tick: Infinity,
      ended: -Infinity
    };
    return this.#bytesPerSecondMax;
  }

  /** A message begins its bandwidth phase. */
  begin(session: number, now: number): void {
    // Invariant: sessions are opened before they send.
    const state = this.#sessions[session]!;
    if (state.roundTripNanos === 0) return;
    if (now - state.ended > this.#options.idleNanos || state.ended === -Infinity) {
      state.window = this.#options.windowBytes;
      state.isSlow = true;
    }
    if (!state.isSlow || state.tick < Infinity) return;
    this.#bound(session, state);
    this.#tickAt(session, state, now + state.roundTripNanos);
  }

  /** A message is through. */
  end(session: number, now: number): void {
    this.#sessions[session]!.ended = now;
  }

  /** Doubles the windows that are due. */
  grow(now: number): void {
    while (this.#ticks.time <= now) {
      const time = this.#ticks.time;
      const session = this.#ticks.pop();
      const state = this.#sessions[session];
      if (state === undefined || state.tick !== time) continue;
      state.tick = Infinity;
      // A round trip in which the session was silent at its end proves nothing.
      if (this.#lines.message(session) < 0) continue;
      state.window *= 2;
      this.#bound(session, state);
      if (state.isSlow) this.#tickAt(session, state, now + state.roundTripNanos);
    }
  }

  close(session: number): void {
    this.#sessions[session] = undefined;
  }

  #bound(session: number, state: Session): void {
    const rate = (state.window / state.roundTripNanos) * 1e9;
    let least = this.#bytesPerSecondMax;
    for (const link of this.#lines.route(session)) {
      least = Math.min(least, this.#lines.capacity(link));
    }
    state.isSlow = rate < least;
    this.#lines.setMax(session, state.isSlow ? rate : this.#bytesPerSecondMax);
  }

  #tickAt(session: number, state: Session, time: number): void {
    state.tick = time;
    this.#ticks.push(time, session);
  }
}
