import type { Sharing } from './sharing.ts';

/**
 * Max-min fair rates by progressive filling, straight from the definition: all rates rise together
 * from 0; the link that is full first fixes the rates of its flows; the others go on.
 *
 * @param capacities of the links, in bytes per second
 * @param routes of the flows: each a list of links, none twice
 * @returns the rate of each flow, in bytes per second
 */
export function progressiveFill(
  capacities: ArrayLike<number>,
  routes: readonly (readonly number[])[]
): Float64Array {
  const rates = new Float64Array(routes.length).fill(-1);
  const flowsOf = new Map<number, number[]>();
  routes.forEach((route, flow) => {
    for (const link of route) {
      const flows = flowsOf.get(link);
      if (flows === undefined) flowsOf.set(link, [flow]);
      else flows.push(flow);
    }
  });
  const rest = new Map([...flowsOf.keys()].map(link => [link, capacities[link]!]));
  const count = new Map([...flowsOf].map(([link, flows]) => [link, flows.length]));
  for (;;) {
    let level = Infinity;
    let full = -1;
    for (const [link, flows] of count) {
      if (flows === 0) continue;
      const levelOfLink = rest.get(link)! / flows;
      if (levelOfLink < level) {
        level = levelOfLink;
        full = link;
      }
    }
    if (full < 0) return rates;
    for (const flow of flowsOf.get(full)!) {
      if (rates[flow] !== -1) continue;
      rates[flow] = level;
      for (const link of routes[flow]!) {
        // Rounding may leave a hair less than nothing; a negative level would stop time.
        rest.set(link, Math.max(0, rest.get(link)! - level));
        count.set(link, count.get(link)! - 1);
      }
    }
  }
}

interface Flow {
  readonly route: readonly number[];
  /** Bytes left at the last settle; the flow is idle at 0. */
  bytes: number;
  bytesPerSecond: number;
}

/**
 * Solves the whole network anew at every settle. Slow beyond a few hundred flows, and simple: what
 * the incremental solver is held against.
 */
export class ProgressiveFill implements Sharing {
  readonly #capacities: number[] = [];
  readonly #flows: Flow[] = [];
  readonly #vacant: number[] = [];
  /** The flows that are not idle. */
  readonly #live = new Set<number>();
  #settledAt = 0;
  #nextCompletion = Infinity;
  #nextFlow = -1;
  /** A flow was stopped since the next completion was looked up. */
  #outdated = false;

  addLink(bytesPerSecond: number): number {
    return this.#capacities.push(bytesPerSecond) - 1;
  }

  addFlow(route: readonly number[]): number {
    const flow = this.#vacant.pop() ?? this.#flows.length;
    this.#flows[flow] = { route: [...route], bytes: 0, bytesPerSecond: 0 };
    return flow;
  }

  removeFlow(flow: number): void {
    this.#vacant.push(flow);
  }

  start(flow: number, bytes: number, seconds: number): void {
    this.#progress(seconds);
    this.#flows[flow]!.bytes = bytes;
    this.#flows[flow]!.bytesPerSecond = 0;
    this.#live.add(flow);
  }

  stop(flow: number, seconds: number): number {
    this.#progress(seconds);
    const left = this.#flows[flow]!.bytes;
    this.#live.delete(flow);
    this.#flows[flow]!.bytes = 0;
    this.#flows[flow]!.bytesPerSecond = 0;
    this.#outdated = true;
    return left;
  }

  setCapacity(link: number, bytesPerSecond: number, seconds: number): void {
    this.#progress(seconds);
    this.#capacities[link] = bytesPerSecond;
  }

  settle(seconds: number): void {
    this.#progress(seconds);
    const live = [...this.#live].map(flow => this.#flows[flow]!);
    const rates = progressiveFill(
      this.#capacities,
      live.map(flow => flow.route)
    );
    live.forEach((flow, index) => {
      flow.bytesPerSecond = rates[index]!;
    });
    this.#outdated = true;
  }

  nextCompletion(): number {
    if (this.#outdated) this.#lookUp();
    return this.#nextCompletion;
  }

  nextFlow(): number {
    if (this.#outdated) this.#lookUp();
    return this.#nextFlow;
  }

  rate(flow: number): number {
    return this.#flows[flow]!.bytesPerSecond;
  }

  remaining(flow: number, seconds: number): number {
    const { bytes, bytesPerSecond } = this.#flows[flow]!;
    return Math.max(0, bytes - bytesPerSecond * (seconds - this.#settledAt));
  }

  /** Moves all flows on to `seconds` at their present rates. */
  #progress(seconds: number): void {
    if (seconds === this.#settledAt) return;
    for (const flow of this.#live) this.#flows[flow]!.bytes = this.remaining(flow, seconds);
    this.#settledAt = seconds;
    this.#outdated = true;
  }

  #lookUp(): void {
    this.#outdated = false;
    this.#nextCompletion = Infinity;
    this.#nextFlow = -1;
    for (const flow of this.#live) {
      const { bytes, bytesPerSecond } = this.#flows[flow]!;
      // A flow with nothing left is complete even on a link that has just gone dead.
      const completion = bytes === 0 ? this.#settledAt : this.#settledAt + bytes / bytesPerSecond;
      if (completion < this.#nextCompletion) {
        this.#nextCompletion = completion;
        this.#nextFlow = flow;
      }
    }
  }
}
