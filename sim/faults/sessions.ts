/** Sessions between pairs of nodes that may be cut: which are up, which may not begin, their numbers. */
export class Sessions {
  readonly #nodes: number;
  /** By pair; a pair that is not here has its first session, which is up. */
  readonly #pairs = new Map<number, { number: number; up: boolean }>();
  /** By pair: how many cuts of it are on. */
  readonly #cuts = new Map<number, number>();
  /** The session that a node has heard of last, by node times nodes plus peer; the first, if none. */
  readonly #heard = new Map<number, number>();

  constructor(nodes: number) {
    this.#nodes = nodes;
  }

  isUp(a: number, b: number): boolean {
    return this.#pairs.get(this.#key(a, b))?.up ?? true;
  }

  hear(node: number, peer: number, session: number): void {
    if (session > 0) this.#heard.set(node * this.#nodes + peer, session);
  }

  /** Whether what a node sends leaves: it knows of the present session, and this is up. */
  leaves(from: number, to: number): boolean {
    const pair = this.#pairs.get(this.#key(from, to));
    if (pair === undefined) return true;
    return pair.up && pair.number === (this.#heard.get(from * this.#nodes + to) ?? 0);
  }

  /** Number of the present session, or of the last one. */
  numberOf(a: number, b: number): number {
    return this.#pairs.get(this.#key(a, b))?.number ?? 0;
  }

  end(a: number, b: number): void {
    this.#pair(a, b).up = false;
  }

  /** No session of the two begins until `mend` has been called as often. */
  cut(a: number, b: number): void {
    const key = this.#key(a, b);
    this.#cuts.set(key, (this.#cuts.get(key) ?? 0) + 1);
  }

  mend(a: number, b: number): void {
    const key = this.#key(a, b);
    const cuts = (this.#cuts.get(key) ?? 0) - 1;
    if (cuts > 0) this.#cuts.set(key, cuts);
    else this.#cuts.delete(key);
  }

  isCut(a: number, b: number): boolean {
    return this.#cuts.has(this.#key(a, b));
  }

  /** Begins the next session. */
  begin(a: number, b: number): void {
    const pair = this.#pair(a, b);
    pair.number += 1;
    pair.up = true;
  }

  /** Pairs without a session, in the order in which each was first cut. */
  down(): (readonly [number, number])[] {
    return [...this.#pairs]
      .filter(([, { up }]) => !up)
      .map(([key]) => [Math.floor(key / this.#nodes), key % this.#nodes]);
  }

  #pair(a: number, b: number): { number: number; up: boolean } {
    const key = this.#key(a, b);
    let pair = this.#pairs.get(key);
    if (pair === undefined) {
      pair = { number: 0, up: true };
      this.#pairs.set(key, pair);
    }
    return pair;
  }

  #key(a: number, b: number): number {
    return Math.min(a, b) * this.#nodes + Math.max(a, b);
  }
}
