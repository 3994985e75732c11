import { grownDoubles, grownIntegers } from '../core/growth.ts';
import { Violation } from './checks/violation.ts';
import { EventQueue } from './event-queue.ts';
import { type LinkStatistics, LinkUsage } from './link-usage.ts';
import type { Link } from './topology.ts';

const none = -1;

/**
 * Links as queues of chunks, each behind a token bucket: the first in the queue leaves as soon as the
 * bucket holds its bytes. The bucket fills at the link's rate up to its depth. A chunk that is larger
 * than the depth leaves when the rest of it has come at that rate; with a depth of 0 a link sends a
 * chunk for its bytes over the rate, one after another.
 *
 * A bucket is kept as the time at which it would be full again, in nanoseconds, not rounded (the
 * generic cell rate algorithm); departures are rounded up to whole nanoseconds.
 */
export class ChunkLinks {
  readonly #links: readonly Link[];
  readonly #nanosPerByte: Float64Array;
  readonly #burstBytes: Float64Array;
  readonly #full: Float64Array;
  /** Bytes that have entered each link, for `check`. */
  readonly #entered: Float64Array;
  readonly #left: Float64Array;
  readonly #first: Int32Array;
  readonly #last: Int32Array;
  readonly #usage: LinkUsage;
  /** The links whose first chunk leaves, by time. */
  readonly #departures = new EventQueue();

  /** Per chunk. */
  #bytes = new Float64Array(256);
  #next = new Int32Array(256);

  /** Of the links' bandwidths, and of the depths of their buckets, the share `goodput` is payload. */
  constructor(
    links: readonly Link[],
    options: {
      readonly goodput: number;
      readonly burstBytes: readonly number[];
      readonly bucketNanos: number;
    }
  ) {
    const { goodput, burstBytes, bucketNanos } = options;
    const count = links.length;
    const fat = links.find(({ policy }) => policy === 'fatpipe');
    if (fat !== undefined) {
      throw new RangeError(
        `link "${fat.name}" is a fat pipe, which has no queue of chunks: flows.model fluid is right`
      );
    }
    this.#links = links;
    this.#nanosPerByte = Float64Array.from(
      links,
      ({ bytesPerSecond }) => 1e9 / (bytesPerSecond * goodput)
    );
    this.#burstBytes = Float64Array.from(links, (_, link) => burstBytes[link]! * goodput);
    this.#full = new Float64Array(count);
    this.#entered = new Float64Array(count);
    this.#left = new Float64Array(count);
    this.#first = new Int32Array(count).fill(none);
    this.#last = new Int32Array(count).fill(none);
    this.#usage = new LinkUsage(count, bucketNanos);
  }

  /** Time of the next departure in nanoseconds, or Infinity. */
  get time(): number {
    return this.#departures.time;
  }

  /** A chunk (an index of the caller's) joins the queue of a link. */
  enter(link: number, chunk: number, bytes: number, now: number): void {
    if (chunk >= this.#bytes.length) {
      const room = 2 * chunk;
      this.#bytes = grownDoubles(this.#bytes, room);
      this.#next = grownIntegers(this.#next, room);
    }
    this.#bytes[chunk] = bytes;
    this.#next[chunk] = none;
    this.#entered[link]! += bytes;
    this.#usage.enter(link, now);
    const last = this.#last[link]!;
    this.#last[link] = chunk;
    if (last !== none) this.#next[last] = chunk;
    else {
      this.#first[link] = chunk;
      this.#schedule(link, chunk, now);
    }
  }

  /** Takes the link of the next departure; `leave` is to follow. */
  pop(): number {
    return this.#departures.pop();
  }

  /** Takes the first chunk out of the queue of a link, whose departure is now. */
  leave(link: number, now: number): number {
    this.#endBuckets(now);
    const chunk = this.#first[link]!;
    const bytes = this.#bytes[chunk]!;
    this.#left[link]! += bytes;
    this.#usage.carry(link, bytes);
    this.#usage.leave(link, now);
    const next = this.#next[chunk]!;
    this.#first[link] = next;
    if (next === none) this.#last[link] = none;
    else this.#schedule(link, next, now);
    return chunk;
  }

  statistics(now: number): LinkStatistics[] {
    this.#endBuckets(now);
    return this.#links.map(({ name, bytesPerSecond }, link) =>
      this.#usage.statistics(link, name, bytesPerSecond, now)
    );
  }

  /** Throws when bytes are lost in a queue, or more have left a link than its bucket let through. */
  check(now: number): void {
    this.#links.forEach(({ name }, link) => {
      let queued = 0;
      for (let chunk = this.#first[link]!; chunk !== none; chunk = this.#next[chunk]!) {
        queued += this.#bytes[chunk]!;
      }
      const [entered, left] = [this.#entered[link]!, this.#left[link]!];
      if (entered !== left + queued) {
        const detail = `${name} took ${entered} bytes, and has ${queued}, sent ${left}`;
        throw new Violation('what was sent is delivered, lost or under way', detail);
      }
      const most = this.#burstBytes[link]! + now / this.#nanosPerByte[link]!;
      if (left > most * (1 + 1e-9)) {
        const detail = `${name} sent ${left} bytes by ${now} ns, at most ${most} fit`;
        throw new Violation('rates are within the capacities of links', detail);
      }
    });
  }

  #schedule(link: number, chunk: number, now: number): void {
    const bytes = this.#bytes[chunk]!;
    const nanosPerByte = this.#nanosPerByte[link]!;
    const full = Math.max(this.#full[link]!, now);
    const tokens = full + (bytes - this.#burstBytes[link]!) * nanosPerByte;
    this.#full[link] = full + bytes * nanosPerByte;
    this.#departures.push(Math.max(now, Math.ceil(tokens)), link);
  }

  #endBuckets(now: number): void {
    const usage = this.#usage;
    while (usage.bucketEnd <= now) usage.endBucket();
  }
}
