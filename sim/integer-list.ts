import { grownIntegers } from '../core/growth.ts';

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

  clear(): void {
    this.size = 0;
  }
}
