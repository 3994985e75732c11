/** Values by small reusable integers, for queues that hold integers only. */
export class Slots<T> {
  readonly #values: (T | undefined)[] = [];
  readonly #free: number[] = [];
  /** Values put so far. */
  made = 0;

  /** Keeps a value and returns its slot. */
  put(value: T): number {
    this.made += 1;
    const slot = this.#free.pop() ?? this.#values.length;
    this.#values[slot] = value;
    return slot;
  }

  /** The value of a slot, which keeps it. */
  at(slot: number): T | undefined {
    return this.#values[slot];
  }

  /** Puts another value in the place of one that is kept. */
  replace(slot: number, value: T): void {
    this.#values[slot] = value;
  }

  /** The slots whose values are such, in order. Costs a look at all. */
  slotsOf(is: (value: T) => boolean): number[] {
    return this.#values.flatMap((value, slot) => (value !== undefined && is(value) ? [slot] : []));
  }

  /** Returns the value of a slot and frees it. */
  take(slot: number): T {
    const value = this.#values[slot];
    if (value === undefined) throw new Error(`slot ${slot} holds nothing`);
    this.#values[slot] = undefined;
    this.#free.push(slot);
    return value;
  }
}
