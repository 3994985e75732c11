/**
 * A GPU behind its PCIe link: copies there, kernels, and copies back, each first come first served, one
 * at a time; the two directions of the link are independent. Jobs pass the three in the same order, so
 * that all of a job's times are known when it comes. What has been launched cannot be taken back: a
 * computation that is cancelled still takes its turn, and nobody hears of it.
 */
export class Device {
  readonly #nanosPerByte: number;
  readonly #latency: number;
  /** When each is free of all jobs so far. */
  #there = 0;
  #kernels = 0;
  #back = 0;

  /** `bytesPerSecond` in each direction; `latencyNanos` of each copy, which it holds the link for. */
  constructor(bytesPerSecond: number, latencyNanos: number) {
    this.#nanosPerByte = 1e9 / bytesPerSecond;
    this.#latency = latencyNanos;
  }

  /**
   * Takes a job in at `now` and returns when its result is in the host's memory.
   *
   * @param bytesThere what is copied to the device first
   * @param kernel nanoseconds of the kernel if it begins at an instant
   * @param bytesBack what is copied back
   */
  run(
    now: number,
    bytesThere: number,
    kernel: (start: number) => number,
    bytesBack: number
  ): number {
    this.#there = Math.max(now, this.#there) + this.#copyNanos(bytesThere);
    const start = Math.max(this.#there, this.#kernels);
    this.#kernels = start + kernel(start);
    this.#back = Math.max(this.#kernels, this.#back) + this.#copyNanos(bytesBack);
    return this.#back;
  }

  #copyNanos(bytes: number): number {
    return this.#latency + Math.round(bytes * this.#nanosPerByte);
  }
}
