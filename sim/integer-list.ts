import { grownIntegers } from '../core/growth.ts';

/** Up to so many are sorted by insertion: the library's sort of two costs as much as of twenty. */
const shortMax = 16;

/**
 * A list of 32-bit integers that is filled and emptied over and over. An array would give its memory
 * back at `length = 0` and ask for it again; this keeps it.
 */
export class IntegerList {
  /** The first `size` are the list. Replaced when it grows. */
  items = new Int32Array(16);
  size = 0;

  push(item: number): void {
    if (this.size === this.items.length) this.items = grownIntegers(this.items, 2 * this.size);
    this.items[this.size++] = item;
  }

  /** Removes the first occurrence of an item that is in the list; the last one takes its place. */
  remove(item: number): void {
    this.items[this.items.indexOf(item)] = this.items[--this.size]!;
  }

  /** Sorts by a key of each item. */
  sort(keys: Float64Array): void {
    const { items, size } = this;
    if (size > shortMax) {
      items.subarray(0, size).sort((one, other) => keys[one]! - keys[other]!);
      return;
    }
    for (let index = 1; index < size; index++) {
      const item = items[index]!;
      const key = keys[item]!;
      let place = index;
      for (; place > 0 && keys[items[place - 1]!]! > key; place--) items[place] = items[place - 1]!;
      items[place] = item;
    }
  }

  clear(): void {
    this.size = 0;
  }
}
