import { grownDoubles, grownIntegers } from '../core/growth.ts';

const absent = -1;

/**
 * Keys and places of the items of one or several `MarkHeap`s. An item, a small integer, is in one of
 * the heaps over a table at most, so that a thousand heaps need no thousand tables.
 */
export class MarkTable {
  keys = new Float64Array(16);
  /** Among equal keys the lower order comes first: the order of being set. */
  orders = new Float64Array(16);
  places = new Int32Array(16).fill(absent);
  /** Times that an item has been set. */
  sets = 0;

  grow(items: number): void {
    if (items <= this.places.length) return;
    const room = Math.max(items, 2 * this.places.length);
    this.keys = grownDoubles(this.keys, room);
    this.orders = grownDoubles(this.orders, room);
    this.places = grownIntegers(this.places, room, absent);
  }
}

/** Items by key, lowest first, with removal and change of any of them: a binary heap. */
export class MarkHeap {
  readonly #table: MarkTable;
  readonly #items: number[] = [];

  constructor(table: MarkTable) {
    this.#table = table;
  }

  get size(): number {
    return this.#items.length;
  }

  /** The item of the lowest key; -1 when there is none. */
  get first(): number {
    return this.#items[0] ?? -1;
  }

  /** The lowest key; Infinity when there is none. */
  get firstKey(): number {
    const first = this.#items[0];
    return first === undefined ? Infinity : this.#table.keys[first]!;
  }

  has(item: number): boolean {
    return (this.#table.places[item] ?? absent) !== absent;
  }

  /** Adds an item, or gives it another key. */
  set(item: number, key: number): void {
    const table = this.#table;
    table.grow(item + 1);
    table.keys[item] = key;
    table.orders[item] = table.sets++;
    let place = table.places[item]!;
    if (place === absent) place = this.#items.push(item) - 1;
    this.#sink(item, this.#rise(item, place));
  }

  remove(item: number): void {
    const { places } = this.#table;
    const place = places[item] ?? absent;
    if (place === absent) return;
    places[item] = absent;
    // Invariant: what has a place is among the items.
    const last = this.#items.pop()!;
    if (last !== item) this.#sink(last, this.#rise(last, place));
  }

  /** Moves the hole at `place` up until `item` fits, and returns where it is. */
  #rise(item: number, place: number): number {
    let hole = place;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      const other = this.#items[parent]!;
      if (!this.#isBefore(item, other)) break;
      this.#put(other, hole);
      hole = parent;
    }
    this.#put(item, hole);
    return hole;
  }

  #sink(item: number, place: number): void {
    const items = this.#items;
    let hole = place;
    for (let child = 2 * hole + 1; child < items.length; child = 2 * hole + 1) {
      if (child + 1 < items.length && this.#isBefore(items[child + 1]!, items[child]!)) child++;
      const other = items[child]!;
      if (!this.#isBefore(other, item)) break;
      this.#put(other, hole);
      hole = child;
    }
    this.#put(item, hole);
  }

  #put(item: number, place: number): void {
    this.#items[place] = item;
    this.#table.places[item] = place;
  }

  #isBefore(one: number, other: number): boolean {
    const { keys, orders } = this.#table;
    const [a, b] = [keys[one]!, keys[other]!];
    return a < b || (a === b && orders[one]! < orders[other]!);
  }
}
