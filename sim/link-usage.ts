/** What a link has carried so far. */
export interface LinkStatistics {
  readonly name: string;
  readonly bytesPerSecond: number;
  readonly bytesCarried: number;
  /** Time during which at least one message was in its bandwidth phase on the link. */
  readonly busyNanos: number;
  /** Width of a bucket of time; the same for all links, doubled when there would be too many. */
  readonly bucketNanos: number;
  /** Bytes carried in each bucket, from time 0 on. Exact: buckets end where rates are sampled. */
  readonly bytesByBucket: readonly number[];
}

const bucketsMax = 256;

/**
 * Counts what links carry. A message's bytes are added where it ends, and, for those still on their
 * way, whenever a bucket of time ends, so that a bucket holds what was carried in it and not more.
 */
export class LinkUsage {
  readonly #bytesCarried: Float64Array;
  readonly #busyNanos: Float64Array;
  readonly #busySince: Float64Array;
  readonly #flows: Int32Array;
  /** One row of all links per bucket: at any time all additions go to one row. */
  readonly #buckets: Float64Array[];
  #bucketNanos: number;

  constructor(links: number, bucketNanos: number) {
    this.#bytesCarried = new Float64Array(links);
    this.#busyNanos = new Float64Array(links);
    this.#busySince = new Float64Array(links);
    this.#flows = new Int32Array(links);
    this.#buckets = [new Float64Array(links)];
    this.#bucketNanos = bucketNanos;
  }

  /** End of the current bucket, in nanoseconds. */
  get bucketEnd(): number {
    return this.#buckets.length * this.#bucketNanos;
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
    this.#buckets[this.#buckets.length - 1]![link]! += bytes;
  }

  /**
   * Goes on to the bucket that contains `now`, once all that was carried before is counted.
   * Halves the number of buckets when they are too many.
   */
  advance(now: number): void {
    while (this.bucketEnd <= now) {
      if (this.#buckets.length === bucketsMax) this.#merge();
      else this.#buckets.push(new Float64Array(this.#bytesCarried.length));
    }
  }

  /** The statistics of a link at `now`. */
  statistics(link: number, name: string, bytesPerSecond: number, now: number): LinkStatistics {
    const busy = this.#flows[link]! > 0 ? now - this.#busySince[link]! : 0;
    return {
      name,
      bytesPerSecond,
      bytesCarried: this.#bytesCarried[link]!,
      busyNanos: this.#busyNanos[link]! + busy,
      bucketNanos: this.#bucketNanos,
      bytesByBucket: this.#buckets.map(bucket => bucket[link]!)
    };
  }

  #merge(): void {
    for (let bucket = 0; bucket < bucketsMax / 2; bucket++) {
      const sum = this.#buckets[2 * bucket]!;
      const other = this.#buckets[2 * bucket + 1]!;
      for (let link = 0; link < sum.length; link++) sum[link]! += other[link]!;
      this.#buckets[bucket] = sum;
    }
    this.#buckets.length = bucketsMax / 2;
    this.#bucketNanos *= 2;
  }
}
