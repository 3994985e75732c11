/** Bytes over time on one directed link, in a bounded number of equal buckets. */
import type { LinkRow } from '../../core/record.ts';

/** When there would be more, neighbours are merged, and each covers twice the time. */
const bucketsMax = 256;
const firstBucketNanos = 1_000_000;

export class LinkBuckets {
  #bytes: number[] = [];
  #bucketNanos = firstBucketNanos;
  #origin = 0;

  /** Counts from `now` on. What came before is counted in the first bucket. */
  begin(now: number): void {
    this.#bytes = [this.#bytes.reduce((sum, bytes) => sum + bytes, 0)];
    this.#bucketNanos = firstBucketNanos;
    this.#origin = now;
  }

  add(bytes: number, now: number): void {
    let bucket = this.#bucketAt(now);
    while (bucket >= bucketsMax) {
      this.#merge();
      bucket = this.#bucketAt(now);
    }
    while (this.#bytes.length <= bucket) this.#bytes.push(0);
    this.#bytes[bucket]! += bytes;
  }

  /** The row of a link of this name and rate (null: not held to any). */
  row(link: string, bytesPerSecond: number | null): LinkRow {
    const ends = this.#bytes.map((_, bucket) => (bucket + 1) * this.#bucketNanos);
    return { kind: 'link', link, bytesPerSecond, ends, bytes: [...this.#bytes] };
  }

  #bucketAt(now: number): number {
    return Math.max(0, Math.floor((now - this.#origin) / this.#bucketNanos));
  }

  #merge(): void {
    const merged: number[] = [];
    for (let i = 0; i < this.#bytes.length; i += 2) {
      merged.push(this.#bytes[i]! + (this.#bytes[i + 1] ?? 0));
    }
    this.#bytes = merged;
    this.#bucketNanos *= 2;
  }
}
