/** Collects what is wrong with a file, a line each: where, and what. */
export class Problems {
  readonly lines: string[];
  readonly #prefix: string;

  constructor(prefix = '', lines: string[] = []) {
    this.#prefix = prefix;
    this.lines = lines;
  }

  /** `place` is a path within what this collects for; empty for the whole of it. */
  add(place: string, message: string): void {
    this.lines.push(`${this.#prefix}${place === '' ? '' : `${place}: `}${message}`);
  }

  /** Adds to the same lines, each with `prefix` in front. */
  within(prefix: string): Problems {
    return new Problems(`${this.#prefix}${prefix}`, this.lines);
  }
}
