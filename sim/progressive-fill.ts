import { equalTerms, type FlowTerms, type Sharing } from './sharing.ts';

/** A flow to be filled. */
export interface FilledFlow {
  /** Links, none twice, and the part of the flow's rate that each carries. */
  readonly route: readonly number[];
  readonly parts: readonly number[];
  readonly weight: number;
  readonly bytesPerSecondMax: number;
}

/**
 * Max-min fair rates by progressive filling, straight from the definition: all rates rise together
 * from 0, each in proportion to its flow's weight; the link that is full first, or the flow that has
 * all it may, fixes the rates concerned; the others go on.
 *
 * @param capacities of the links, in bytes per second
 * @returns the rate of each flow, in bytes per second
 */
export function progressiveFill(
  capacities: ArrayLike<number>,
  flows: readonly FilledFlow[]
): Float64Array {
  const rates = new Float64Array(flows.length).fill(-1);
  const links = linksOf(capacities, flows);
  const bounded = boundsOf(flows);
  const fix = (flow: number, rate: number): void => {
    rates[flow] = rate;
    const { route, parts, weight } = flows[flow]!;
    route.forEach((number, hop) => {
      const link = links.get(number)!;
      // Rounding may leave a hair less than nothing; a negative level would stop time.
      link.rest = Math.max(0, link.rest - rate * parts[hop]!);
      link.weight -= weight * parts[hop]!;
      link.open -= 1;
    });
  };
  for (let next = 0; ; ) {
    let level = Infinity;
    let full: FilledLink | null = null;
    for (const link of links.values()) {
      if (link.open === 0) continue;
      const levelOfLink = link.rest / link.weight;
      if (levelOfLink < level) {
        level = levelOfLink;
        full = link;
      }
    }
    while (next < bounded.length && rates[bounded[next]!.flow] !== -1) next++;
    const bound = bounded[next];
    if (bound !== undefined && bound.level <= level) {
      fix(bound.flow, flows[bound.flow]!.bytesPerSecondMax);
      continue;
    }
    if (full === null) return rates;
    for (const flow of full.flows) {
      if (rates[flow] === -1) fix(flow, level * flows[flow]!.weight);
    }
  }
}

interface FilledLink {
  readonly flows: number[];
  /** Capacity that is not fixed; flows that are not, by number and by weight. */
  rest: number;
  open: number;
  weight: number;
}

function linksOf(capacities: ArrayLike<number>, flows: readonly FilledFlow[]) {
  const links = new Map<number, FilledLink>();
  flows.forEach(({ route, parts, weight }, flow) => {
    route.forEach((number, hop) => {
      let link = links.get(number);
      if (link === undefined) {
        link = { flows: [], rest: capacities[number]!, open: 0, weight: 0 };
        links.set(number, link);
      }
      link.flows.push(flow);
      link.open += 1;
      link.weight += weight * parts[hop]!;
    });
  });
  return links;
}

/** Flows with a bound, by the level at which they come to it. */
function boundsOf(flows: readonly FilledFlow[]) {
  const bounded: { readonly flow: number; readonly level: number }[] = [];
  flows.forEach(({ bytesPerSecondMax, weight }, flow) => {
    if (bytesPerSecondMax < Infinity) bounded.push({ flow, level: bytesPerSecondMax / weight });
  });
  return bounded.sort((a, b) => a.level - b.level);
}

interface Flow {
  readonly route: readonly number[];
  readonly parts: readonly number[];
  readonly goodput: number;
  weight: number;
  bytesPerSecondMax: number;
  /** Bytes left at the last settle; the flow is idle at 0. */
  bytes: number;
  /** Of payload. */
  bytesPerSecond: number;
}

/**
 * Solves the whole network anew at every settle. Slow beyond a few hundred flows, and simple: what
 * the incremental solver is held against, and the solver of the laws with weights.
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

  addFlow(route: readonly number[], terms: FlowTerms = equalTerms): number {
    const flow = this.#vacant.pop() ?? this.#flows.length;
    const { goodput, weight, bytesPerSecondMax, wayBack, wayBackShare } = terms;
    const parts = new Map(route.map(link => [link, 1]));
    for (const link of wayBack) parts.set(link, (parts.get(link) ?? 0) + wayBackShare);
    this.#flows[flow] = {
      route: [...parts.keys()],
      parts: [...parts.values()],
      goodput,
      weight,
      bytesPerSecondMax,
      bytes: 0,
      bytesPerSecond: 0
    };
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

  setTerms(
    flow: number,
    { weight, bytesPerSecondMax }: Pick<FlowTerms, 'weight' | 'bytesPerSecondMax'>,
    seconds: number
  ): void {
    this.#progress(seconds);
    this.#flows[flow]!.weight = weight;
    this.#flows[flow]!.bytesPerSecondMax = bytesPerSecondMax;
  }

  settle(seconds: number): void {
    this.#progress(seconds);
    const live = [...this.#live].map(flow => this.#flows[flow]!);
    const rates = progressiveFill(this.#capacities, live);
    live.forEach((flow, index) => {
      flow.bytesPerSecond = rates[index]! * flow.goodput;
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
