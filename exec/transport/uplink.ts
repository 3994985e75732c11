/**
 * A node's way out, held to a bandwidth. Sources take turns by chunks, so that messages that leave
 * at once share it evenly; a chunk is written when its last byte would have left a link of that
 * rate. A wake-up that comes late is caught up with: the rate is right over any busy period.
 */
import { Alarm } from '../alarm.ts';
import type { Clock } from '../clock.ts';

/** Something that has bytes to send, one frame after another. */
export interface UplinkSource {
  /** Takes the next bytes, at most `limit`; null when nothing waits any more. */
  take(limit: number): Chunk | null;
  write(parts: readonly Uint8Array[]): void;
}

export interface Chunk {
  readonly parts: readonly Uint8Array[];
  /** Whether a frame ends with it: somebody may be waiting for that. */
  readonly last: boolean;
}

/** A source in the round, since when. */
interface Turn {
  readonly source: UplinkSource;
  readonly since: number;
}

interface Passing extends Turn, Chunk {
  readonly end: number;
}

/** A chunk takes about a millisecond, within these bounds: finer than that timers cannot be. */
const chunkNanos = 1_000_000;
const chunkBytesMin = 8_192;
const chunkBytesMax = 262_144;

export class Uplink {
  #nanosPerByte: number;
  readonly #chunkBytes: number;
  readonly #clock: Clock;
  readonly #alarm: Alarm;
  readonly #round: Turn[] = [];
  #passing: Passing | null = null;
  /** When the last byte so far has passed. */
  #free = 0;

  constructor(bytesPerSecond: number, clock: Clock) {
    this.#nanosPerByte = 1e9 / bytesPerSecond;
    const even = Math.round(chunkNanos / this.#nanosPerByte);
    this.#chunkBytes = Math.min(Math.max(even, chunkBytesMin), chunkBytesMax);
    this.#clock = clock;
    this.#alarm = new Alarm(clock, this.#pass);
  }

  /** Changes the bandwidth, for what has not been taken yet. */
  set bytesPerSecond(rate: number) {
    this.#nanosPerByte = 1e9 / rate;
  }

  /** Puts a source in the round that was empty until now. */
  request(source: UplinkSource): void {
    this.#round.push({ source, since: this.#clock.now() });
    if (this.#passing === null) this.#pass();
  }

  /** Takes a source out of the round; what was taken from it and not written is lost. */
  remove(source: UplinkSource): void {
    const at = this.#round.findIndex(turn => turn.source === source);
    if (at >= 0) this.#round.splice(at, 1);
    if (this.#passing?.source !== source) return;
    this.#passing = null;
    this.#alarm.clear();
    this.#pass();
  }

  readonly #pass = (): void => {
    const now = this.#clock.now();
    for (;;) {
      this.#passing ??= this.#next();
      if (this.#passing === null) return;
      const { source, since, parts, end, last } = this.#passing;
      if (end > now) {
        this.#alarm.set(end, last);
        return;
      }
      this.#free = end;
      this.#passing = null;
      source.write(parts);
      this.#round.push({ source, since });
    }
  };

  #next(): Passing | null {
    for (let turn = this.#round.shift(); turn !== undefined; turn = this.#round.shift()) {
      const chunk = turn.source.take(this.#chunkBytes);
      if (chunk === null) continue;
      const bytes = chunk.parts.reduce((sum, part) => sum + part.length, 0);
      const begin = Math.max(this.#free, turn.since);
      return { ...turn, ...chunk, end: Math.ceil(begin + bytes * this.#nanosPerByte) };
    }
    return null;
  }
}
