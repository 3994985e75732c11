/**
 * Buffers of versions that nobody reads any more, for the versions to come: a new buffer for every
 * update costs more than the update itself.
 *
 * A worker that was handed a version reads it until it has pushed what it computed from it. Whatever
 * else a version is handed to (a cut, a snapshot, a second answer after a lost one) keeps it for good.
 */
export class VersionBuffers {
  /** Versions that may come back: the buffer, and how many workers read it. */
  readonly #lent = new Map<number, { readonly values: Float32Array; readers: number }>();
  /** By worker: the version that it reads. */
  readonly #reading = new Map<number, number>();
  readonly #spare: Float32Array[] = [];
  #present = -1;

  /** A buffer to write the next version into, or null where a new one must be made. */
  take(): Float32Array | null {
    return this.#spare.pop() ?? null;
  }

  /** `version` is the present one from now on, and the one before may go. */
  advance(version: number, values: Float32Array): void {
    const before = this.#present;
    this.#present = version;
    this.#lent.set(version, { values, readers: 0 });
    this.#recycle(before);
  }

  /** `worker` is handed the present version. */
  lend(worker: number): void {
    const lent = this.#lent.get(this.#present);
    if (lent === undefined) return;
    // Two answers on their way to one worker: which of them it reads is not known here.
    if (this.#reading.has(worker)) this.keep(this.#present);
    else {
      lent.readers += 1;
      this.#reading.set(worker, this.#present);
    }
  }

  /** A push of `worker` is here for the first time: it is done with what it read. */
  giveBack(worker: number): void {
    const version = this.#reading.get(worker);
    if (version === undefined) return;
    this.#reading.delete(worker);
    const lent = this.#lent.get(version);
    if (lent !== undefined) lent.readers -= 1;
    this.#recycle(version);
  }

  /** `version` may be read by anybody, for ever. */
  keep(version: number): void {
    this.#lent.delete(version);
  }

  #recycle(version: number): void {
    const lent = this.#lent.get(version);
    if (lent === undefined || lent.readers > 0 || version === this.#present) return;
    this.#lent.delete(version);
    this.#spare.push(lent.values);
  }
}
