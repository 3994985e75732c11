/**
 * Means over batches of equal length, for intervals of confidence where neighbours depend on each
 * other. Batches grow with the number of values: there are 32 to 63 of them once there are so many.
 */
const batchesMax = 64;

export class BatchMeans {
  /** Values in each batch. */
  length = 1;
  readonly #sums: number[] = [];
  #open = 0;
  #inOpen = 0;

  add(value: number): void {
    this.#open += value;
    if (++this.#inOpen < this.length) return;
    this.#sums.push(this.#open);
    this.#open = 0;
    this.#inOpen = 0;
    if (this.#sums.length < batchesMax) return;
    for (let batch = 0; batch < batchesMax / 2; batch++) {
      this.#sums[batch] = this.#sums[2 * batch]! + this.#sums[2 * batch + 1]!;
    }
    this.#sums.length = batchesMax / 2;
    this.length *= 2;
  }

  /** Of the batches that are complete, in order. */
  means(): number[] {
    return this.#sums.map(sum => sum / this.length);
  }
}
