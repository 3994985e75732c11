/** What a link has carried so far. */
export interface LinkStatistics {
  readonly name: string;
  readonly bytesPerSecond: number;
  readonly bytesCarried: number;
  /** Time during which at least one message was in its bandwidth phase on the link. */
  readonly busyNanos: number;
  /**
   * Ends of the buckets of time, the first of which begins at 0; the same for all links, at most
   * 256. They have one width as long as sampling the rates so often is cheap beside the rest of the
   * simulation, and grow with the run.
   */
  readonly bucketEnds: readonly number[];
  /** Bytes carried in each bucket, exactly. */
  readonly bytesByBucket: readonly number[];
}

const bucketsMax = 256;
/** Flows that may be looked at for samples: at first, and more for each message that ends. */
const visitsAtFirst = 100_000;
const visitsPerMessage = 2;

/**
 * Counts what links carry. A message's bytes are added where it ends, and, for those still on their
 * way, whenever a bucket of time ends, so that a bucket holds what was carried in it and not more.
 * That sample costs a look at every flow: a bucket whose end it is too early to afford goes on.
 */
export class LinkUsage {
  readonly #bytesCarried: Float64Array;
  readonly #busyNanos: Float64Array;
  readonly #busySince: Float64Array;
  readonly #flows: Int32Array;
  /** One row of all links per bucket: at any time all additions go to one row. */
  readonly #buckets: Float64Array[];
  #current: Float64Array;
  /** Ends of all buckets but the current one. */
  readonly #ends: number[] = [];
  /** The ends as they were told last: one list for all links. */
  #told: readonly number[] = [];
  /** Rows of buckets that have been merged into others. */
  readonly #spare: Float64Array[] = [];
  #bucketNanos: number;
  #visits = visitsAtFirst;
  /** A cell of doubles, as in `Timeline`. */
  readonly #bucketEnd = new Float64Array(1);

  constructor(links: number, bucketNanos: number) {
    this.#bytesCarried = new Float64Array(links);
    this.#busyNanos = new Float64Array(links);
    this.#busySince = new Float64Array(links);
    this.#flows = new Int32Array(links);
    this.#current = new Float64Array(links);
    this.#buckets = [this.#current];
    this.#bucketNanos = bucketNanos;
    this.#bucketEnd[0] = bucketNanos;
  }

  /** When the current bucket is to end, in nanoseconds. */
  get bucketEnd(): number {
    return this.#bucketEnd[0]!;
  }

  /** A message begins to cross a link. */
  enter(link: number, now: number): void {
    if (this.#flows[link]!++ === 0) this.#busySince[link] = now;
  }

  /** A message ends on a link. */
  leave(link: number, now: number): void {
    if (--this.#flows[link]! === 0) this.#busyNanos[link]! += now - this.#busySince[link]!;
  }

  /** A link has carried `bytes` in the current bucket. */
  carry(link: number, bytes: number): void {
    this.#bytesCarried[link]! += bytes;
    this.#current[link]! += bytes;
  }

  /** A message has ended: so much more work is worth doing for the statistics. */
  earn(): void {
    this.#visits += visitsPerMessage;
  }

  /** Whether the current bucket can end where it is to, with a look at `flows` flows; else it goes on. */
  affords(flows: number): boolean {
    if (flows > this.#visits) {
      this.#bucketEnd[0]! += this.#bucketNanos;
      return false;
    }
    this.#visits -= flows;
    return true;
  }

  /** Ends the current bucket, once all that was carried in it is counted. */
  endBucket(): void {
    this.#ends.push(this.bucketEnd);
    if (this.#buckets.length === bucketsMax) this.#merge();
    this.#current = this.#spare.pop()?.fill(0) ?? new Float64Array(this.#bytesCarried.length);
    this.#buckets.push(this.#current);
    this.#bucketEnd[0]! += this.#bucketNanos;
  }

  /** The statistics of a link at `now`, where the current bucket is taken to end. */
  statistics(link: number, name: string, bytesPerSecond: number, now: number): LinkStatistics {
    const busy = this.#flows[link]! > 0 ? now - this.#busySince[link]! : 0;
    return {
      name,
      bytesPerSecond,
      bytesCarried: this.#bytesCarried[link]!,
      busyNanos: this.#busyNanos[link]! + busy,
      bucketEnds: this.#endsUpTo(now),
      bytesByBucket: this.#buckets.map(bucket => bucket[link]!)
    };
  }

  #endsUpTo(now: number): readonly number[] {
    const told = this.#told;
    if (told.length !== this.#ends.length + 1 || told.at(-1) !== now) {
      this.#told = [...this.#ends, now];
    }
    return this.#told;
  }

  /** Makes one bucket of each two. */
  #merge(): void {
    for (let bucket = 0; bucket < bucketsMax / 2; bucket++) {
      const sum = this.#buckets[2 * bucket]!;
      const other = this.#buckets[2 * bucket + 1]!;
      for (let link = 0; link < sum.length; link++) sum[link]! += other[link]!;
      this.#buckets[bucket] = sum;
      this.#spare.push(other);
      this.#ends[bucket] = this.#ends[2 * bucket + 1]!;
    }
    this.#buckets.length = bucketsMax / 2;
    this.#ends.length = bucketsMax / 2;
    this.#bucketNanos *= 2;
  }
}
