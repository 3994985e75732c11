/**
 * Flows over links, each by itself, in exact seconds: the network model without sessions and without
 * rounding to nanoseconds, as other flow-level simulators state their cases.
 *
 * A flow first waits for the sum of its route's latencies and takes no bandwidth; then it shares the
 * links of its route. What has no bytes ends there. A link that fails ends every flow over it at
 * that instant, in either phase, and a flow that starts over a dead link fails at its start. A new
 * capacity counts at once, for flows under way too; a new latency for later flows.
 *
 * At one instant flows end first, then links change, then flows start.
 */
import { EventQueue } from './event-queue.ts';
import { type Series, SeriesCursor } from './series.ts';
import type { FlowTerms, Sharing } from './sharing.ts';
import { type SharingLaw, sharingLaw } from './sharing-law.ts';

/** A link. Half duplex is one link on the routes of both directions; full duplex is two links. */
export interface CaseLink {
  readonly bytesPerSecond: number;
  readonly latencySeconds: number;
  /** `fatpipe`: every flow has the capacity for itself. */
  readonly policy: 'shared' | 'fatpipe';
  /** Bytes per second from given times (seconds) on; 0 holds the flows. */
  readonly bandwidth?: Series;
  /** Seconds of latency from given times on. */
  readonly latency?: Series;
  /** Up (not 0) or down (0) from given times on. */
  readonly state?: Series;
}

export interface CaseFlow {
  /** Indices of links, none twice. */
  readonly route: readonly number[];
  /** The links of the way back, for laws in which answers take a part of them; none if left out. */
  readonly wayBack?: readonly number[];
  readonly bytes: number;
  readonly startSeconds: number;
}

export interface FlowCase {
  readonly links: readonly CaseLink[];
  readonly flows: readonly CaseFlow[];
}

/** What became of a flow. `stalled`: it waits for bandwidth that never comes. */
export type FlowEnd =
  | { readonly status: 'done' | 'failed'; readonly seconds: number }
  | { readonly status: 'stalled'; readonly seconds: null };

/** Changes in a row, with all flows held, after which a periodic profile is taken to help nobody. */
const idleChangesMax = 100_000;

/**
 * Runs the flows to their ends, which are returned in the order of the flows. `sharing` is a solver
 * of the law. Under a law with weights those of flows under way change with their links.
 */
export function runFlowCase(
  flowCase: FlowCase,
  sharing: Sharing,
  law: SharingLaw = sharingLaw('maxmin')
): FlowEnd[] {
  return new CaseRun(flowCase, sharing, law).run();
}

/** What changes about a link. */
const kinds = ['bandwidth', 'latency', 'state'] as const;

class CaseRun {
  readonly #case: FlowCase;
  readonly #sharing: Sharing;
  readonly #law: SharingLaw;
  readonly #ends: (FlowEnd | undefined)[];
  readonly #latency: number[];
  readonly #capacity: number[];
  readonly #isUp: boolean[];
  /** The solver's number of each shared link. */
  readonly #number: number[];
  /** Fat pipes are one link of the solver for each flow: [flow, number]. */
  readonly #private: Map<number, number>[];

  readonly #cursors: { link: number; kind: (typeof kinds)[number]; cursor: SeriesCursor }[] = [];
  readonly #changes = new EventQueue();
  /** Flows by start, and by the time at which their latency is over. */
  readonly #starts = new EventQueue();
  readonly #joins = new EventQueue();
  /** Flows that have started and not ended; of those that share, the solver's number. */
  readonly #live = new Map<number, number | null>();
  readonly #flowOf = new Map<number, number>();
  #idleChanges = 0;

  constructor(flowCase: FlowCase, sharing: Sharing, law: SharingLaw) {
    const { links, flows } = flowCase;
    this.#case = flowCase;
    this.#sharing = sharing;
    this.#law = law;
    this.#ends = flows.map(() => undefined);
    this.#latency = links.map(link => link.latencySeconds);
    this.#capacity = links.map(link => link.bytesPerSecond);
    this.#isUp = links.map(() => true);
    this.#number = links.map(link => sharing.addLink(link.bytesPerSecond));
    this.#private = links.map(() => new Map());
    links.forEach((description, link) => {
      for (const kind of kinds) {
        const series = description[kind];
        if (series === undefined) continue;
        const cursor = new SeriesCursor(series);
        this.#changes.push(cursor.time, this.#cursors.push({ link, kind, cursor }) - 1);
      }
    });
    flows.forEach((flow, index) => {
      this.#starts.push(flow.startSeconds, index);
    });
  }

  run(): FlowEnd[] {
    while (this.#live.size > 0 || this.#starts.size > 0) {
      const now = this.#nextTime();
      if (now === Infinity || this.#idleChanges > idleChangesMax) break;
      this.#idleChanges++;
      this.#end(now);
      this.#change(now);
      while (this.#starts.time <= now) this.#start(this.#starts.pop(), now);
      while (this.#joins.time <= now) this.#join(this.#joins.pop(), now);
      this.#sharing.settle(now);
      // Something moves, or will by itself.
      const waits = this.#joins.size > 0 || this.#starts.size > 0;
      if (waits || this.#sharing.nextCompletion() < Infinity) this.#idleChanges = 0;
    }
    return this.#ends.map(end => end ?? { status: 'stalled', seconds: null });
  }

  #nextTime(): number {
    const joins = Math.min(this.#starts.time, this.#joins.time);
    return Math.min(joins, this.#changes.time, this.#sharing.nextCompletion());
  }

  /** The end that sets the time is taken whatever the rounding of it, or time would stand still. */
  #end(now: number): void {
    const sharing = this.#sharing;
    while (sharing.nextCompletion() <= now) {
      const flow = this.#flowOf.get(sharing.nextFlow())!;
      this.#leave(flow, now);
      this.#ends[flow] = { status: 'done', seconds: now };
    }
  }

  #change(now: number): void {
    while (this.#changes.time <= now) {
      const index = this.#changes.pop();
      const { link, kind, cursor } = this.#cursors[index]!;
      const value = cursor.take();
      if (kind === 'bandwidth') this.#setCapacity(link, value, now);
      else if (kind === 'latency') this.#setLatency(link, value, now);
      else this.#setState(link, value !== 0, now);
      if (cursor.time < Infinity) this.#changes.push(cursor.time, index);
    }
  }

  #setCapacity(link: number, bytesPerSecond: number, now: number): void {
    this.#capacity[link] = bytesPerSecond;
    this.#sharing.setCapacity(this.#number[link]!, bytesPerSecond, now);
    for (const number of this.#private[link]!.values()) {
      this.#sharing.setCapacity(number, bytesPerSecond, now);
    }
    this.#weighAnew(link, now);
  }

  #setLatency(link: number, seconds: number, now: number): void {
    this.#latency[link] = seconds;
    this.#weighAnew(link, now);
  }

  /** The terms of the flows over a link have changed with it. */
  #weighAnew(link: number, now: number): void {
    if (this.#law.terms === null) return;
    for (const [flow, number] of this.#live) {
      if (number === null || !this.#case.flows[flow]!.route.includes(link)) continue;
      this.#sharing.setTerms?.(number, this.#termsOf(flow, [])!, now);
    }
  }

  #termsOf(flow: number, wayBack: readonly number[]): FlowTerms | undefined {
    const route = this.#case.flows[flow]!.route.map(link => ({
      bytesPerSecond: this.#capacity[link]!,
      latencySeconds: this.#latency[link]!
    }));
    return this.#law.terms?.(route, wayBack);
  }

  #setState(link: number, isUp: boolean, now: number): void {
    this.#isUp[link] = isUp;
    if (isUp) return;
    for (const flow of [...this.#live.keys()]) {
      if (!this.#case.flows[flow]!.route.includes(link)) continue;
      this.#leave(flow, now);
      this.#ends[flow] = { status: 'failed', seconds: now };
    }
  }

  #start(flow: number, now: number): void {
    const { route } = this.#case.flows[flow]!;
    if (route.some(link => !this.#isUp[link])) {
      this.#ends[flow] = { status: 'failed', seconds: now };
      return;
    }
    const latency = route.reduce((sum, link) => sum + this.#latency[link]!, 0);
    this.#live.set(flow, null);
    this.#joins.push(now + latency * this.#law.latencyFactor, flow);
  }

  /** The latency of a flow is over. */
  #join(flow: number, now: number): void {
    // It may have failed meanwhile.
    if (!this.#live.has(flow)) return;
    const { route, wayBack = [], bytes } = this.#case.flows[flow]!;
    if (bytes === 0 || route.length === 0) {
      this.#live.delete(flow);
      this.#ends[flow] = { status: 'done', seconds: now };
      return;
    }
    // Of a fat pipe that it crosses anyway a flow takes no more for the way back: nothing adds up.
    const back = wayBack.filter(link => !this.#isFat(link) || !route.includes(link));
    const terms = this.#termsOf(
      flow,
      back.map(link => this.#numberFor(link, flow))
    );
    const number = this.#sharing.addFlow(
      route.map(link => this.#numberFor(link, flow)),
      terms
    );
    this.#sharing.start(number, bytes, now);
    this.#live.set(flow, number);
    this.#flowOf.set(number, flow);
  }

  #isFat(link: number): boolean {
    return this.#case.links[link]!.policy === 'fatpipe';
  }

  #numberFor(link: number, flow: number): number {
    if (!this.#isFat(link)) return this.#number[link]!;
    const known = this.#private[link]!.get(flow);
    if (known !== undefined) return known;
    const number = this.#sharing.addLink(this.#capacity[link]!);
    this.#private[link]!.set(flow, number);
    return number;
  }

  #leave(flow: number, now: number): void {
    const number = this.#live.get(flow);
    this.#live.delete(flow);
    if (number === null || number === undefined) return;
    this.#sharing.stop(number, now);
    this.#sharing.removeFlow(number);
    this.#flowOf.delete(number);
    const { route, wayBack = [] } = this.#case.flows[flow]!;
    for (const link of [...route, ...wayBack]) this.#private[link]!.delete(flow);
  }
}
