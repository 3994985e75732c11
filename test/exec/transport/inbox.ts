/** Things that arrive by callbacks, awaited one by one. */

export class Inbox<T> {
  readonly #items: T[] = [];
  #waiting: ((item: T) => void)[] = [];

  readonly put = (item: T): void => {
    const next = this.#waiting.shift();
    if (next === undefined) this.#items.push(item);
    else next(item);
  };

  /** The next thing, when it is there. */
  take(): Promise<T> {
    const item = this.#items.shift();
    if (item !== undefined) return Promise.resolve(item);
    return new Promise(resolve => this.#waiting.push(resolve));
  }

  async takeMany(count: number): Promise<T[]> {
    const items: T[] = [];
    while (items.length < count) items.push(await this.take());
    return items;
  }

  /** Things that nobody has taken. */
  get size(): number {
    return this.#items.length;
  }
}
