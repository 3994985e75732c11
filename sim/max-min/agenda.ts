import { grownDoubles, grownIntegers } from '../../core/growth.ts';

/** What happens at a level of a refill; at one level in this order. */
export const freezing = 0;
export const filling = 1;
export const releasing = 2;

/**
 * What is to happen as the level of a refill rises: a binary heap by (level, kind). `id` is a flow
 * or a link, by kind. Short: it holds what one refill touches.
 */
export class Agenda {
  #levels = new Float64Array(64);
  #codes = new Int32Array(64);
  size = 0;

  /** Level of the first entry. */
  get level(): number {
    return this.#levels[0]!;
  }

  push(level: number, kind: number, id: number): void {
    if (this.size === this.#codes.length) {
      this.#levels = grownDoubles(this.#levels, 2 * this.size);
      this.#codes = grownIntegers(this.#codes, 2 * this.size);
    }
    const levels = this.#levels;
    const codes = this.#codes;
    let place = this.size++;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const other = levels[above]!;
      if (other < level || (other === level && (codes[above]! & 3) <= kind)) break;
      levels[place] = other;
      codes[place] = codes[above]!;
      place = above;
    }
    levels[place] = level;
    codes[place] = 4 * id + kind;
  }

  /** Removes the first entry: 4 * id + kind. */
  pop(): number {
    const levels = this.#levels;
    const codes = this.#codes;
    const first = codes[0]!;
    const size = --this.size;
    const level = levels[size]!;
    const code = codes[size]!;
    let place = 0;
    for (let below = 1; below < size; below = 2 * place + 1) {
      if (below + 1 < size && comesBefore(levels, codes, below + 1, below)) below++;
      const other = levels[below]!;
      if (level < other || (level === other && (code & 3) <= (codes[below]! & 3))) break;
      levels[place] = other;
      codes[place] = codes[below]!;
      place = below;
    }
    levels[place] = level;
    codes[place] = code;
    return first;
  }
}

function comesBefore(levels: Float64Array, codes: Int32Array, a: number, b: number): boolean {
  const difference = levels[a]! - levels[b]!;
  return difference < 0 || (difference === 0 && (codes[a]! & 3) < (codes[b]! & 3));
}
