/** What the links of a network can carry at the moment: capacity, times a factor, if up. */
export class LinkStates {
  readonly #capacity: Float64Array;
  readonly #factor: Float64Array;
  readonly #isUp: Uint8Array;

  /** Capacities in bytes per second; every link is up and carries all of its own. */
  constructor(capacities: Float64Array) {
    this.#capacity = capacities;
    this.#factor = new Float64Array(capacities.length).fill(1);
    this.#isUp = new Uint8Array(capacities.length).fill(1);
  }

  /** Bytes per second that a link can carry now. */
  bytesPerSecond(link: number): number {
    return this.#isUp[link] === 1 ? this.#capacity[link]! * this.#factor[link]! : 0;
  }

  setCapacity(link: number, bytesPerSecond: number): void {
    this.#capacity[link] = bytesPerSecond;
  }

  scale(link: number, factor: number): void {
    this.#factor[link] = factor;
  }

  setUp(link: number, isUp: boolean): void {
    this.#isUp[link] = isUp ? 1 : 0;
  }
}
