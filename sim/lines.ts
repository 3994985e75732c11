import { grownDoubles, grownIntegers } from '../core/growth.ts';
import { IntegerList } from './integer-list.ts';
import { type LinkStatistics, LinkUsage } from './link-usage.ts';
import type { SessionRoutes } from './session-routes.ts';
import type { FlowTerms, Sharing } from './sharing.ts';
import type { Link } from './topology.ts';

const none = -1;

/**
 * The lines of sessions over the links of a network: what is in its bandwidth phase, how fast, and
 * what the links have carried. Each line is one flow of the solver, declared once, and carries one
 * message after another.
 *
 * Changes of one instant are solved together, as late as can be: `settle` is for the one who needs
 * a rate or the time of an end.
 */
export class Lines {
  readonly #links: readonly Link[];
  readonly #capacities: Float64Array;
  readonly #sharing: Sharing;
  readonly #usage: LinkUsage;
  /** The links of each session's line. */
  readonly #routes: SessionRoutes;

  /** A cell of doubles, as in `Timeline`. */
  readonly #now = new Float64Array(1);
  /** Whether the solver has changes of this instant that it has not settled. */
  unsettled = false;
  #begun = 0;

  /** The lines that carry a message, by session. */
  readonly carrying = new IntegerList();
  readonly #ended = new IntegerList();

  /** Per session: its flow of the solver. */
  #flow = new Int32Array(0);
  /** The message in its bandwidth phase; -1 when the line is free. */
  #message = new Int32Array(0);
  /** Its number in the order in which bandwidth phases begin: the order of simultaneous ends. */
  #beginning = new Float64Array(0);
  /** The bytes of it that the statistics do not have yet. */
  #uncounted = new Float64Array(0);
  /** Index in `carrying`. */
  #position = new Int32Array(0);
  /** Session of each flow of the solver. */
  #sessionOf = new Int32Array(64);

  /** Per session with any: the solver's links that it has for itself. */
  readonly #own: (readonly OwnLink[] | undefined)[] = [];
  /** Solver's links that no session has any more. */
  readonly #vacant: number[] = [];

  /** `routes`: those of the sessions, which whoever opens and closes them keeps. */
  constructor(
    links: readonly Link[],
    routes: SessionRoutes,
    sharing: Sharing,
    bucketNanos: number
  ) {
    this.#links = links;
    this.#routes = routes;
    this.#capacities = Float64Array.from(links, link => link.bytesPerSecond);
    this.#sharing = sharing;
    this.#usage = new LinkUsage(links.length, bucketNanos);
    for (const { bytesPerSecond } of links) sharing.addLink(bytesPerSecond);
  }

  /** The time up to which the lines have come, in nanoseconds. */
  get now(): number {
    return this.#now[0]!;
  }

  /**
   * Gives a session a line over its route of one or more links. The line carries no more than
   * `bytesPerSecondMax`, if that is less than Infinity. `terms` are those of a law with weights, the
   * way back by links.
   */
  open(
    session: number,
    route: readonly number[],
    bytesPerSecondMax = Infinity,
    terms?: FlowTerms
  ): void {
    if (session >= this.#flow.length) this.#grow(Math.max(64, 2 * session));
    const solverRoute = this.#solverRoute(session, route, bytesPerSecondMax);
    // Of fat pipes nobody takes anything from others: those of the way back do not count.
    const wayBack = terms?.wayBack.filter(link => !this.isFatpipe(link)) ?? [];
    const flow = this.#sharing.addFlow(solverRoute, terms && { ...terms, wayBack });
    if (flow >= this.#sessionOf.length) this.#sessionOf = grownIntegers(this.#sessionOf, 2 * flow);
    this.#sessionOf[flow] = session;
    this.#flow[session] = flow;
    this.#message[session] = none;
  }

  /** Takes a session's line away; returns the message on its way, which is lost, or -1. */
  close(session: number): number {
    const message = this.#message[session]!;
    if (message !== none) {
      this.#count(session, this.#sharing.stop(this.#flow[session]!, this.now / 1e9));
      this.#leave(session);
    }
    this.#sharing.removeFlow(this.#flow[session]!);
    for (const { number } of this.#own[session] ?? []) this.#vacant.push(number);
    this.#own[session] = undefined;
    return message;
  }

  /** The message in its bandwidth phase on a session's line; -1 when the line is free. */
  message(session: number): number {
    return this.#message[session]!;
  }

  /** The links of a session's line, as long as none is opened. */
  route(session: number): Int32Array {
    return this.#routes.of(session);
  }

  /** Bytes per second of a session's line, as settled. */
  rate(session: number): number {
    return this.#sharing.rate(this.#flow[session]!);
  }

  capacity(link: number): number {
    return this.#capacities[link]!;
  }

  setCapacity(link: number, bytesPerSecond: number): void {
    this.#capacities[link] = bytesPerSecond;
    this.#sharing.setCapacity(link, bytesPerSecond, this.now / 1e9);
    if (this.isFatpipe(link)) {
      for (const session of this.#routes.over(link)) {
        this.#setOwn(session, link, bytesPerSecond);
      }
    }
    this.unsettled = true;
  }

  isFatpipe(link: number): boolean {
    return this.#links[link]!.policy === 'fatpipe';
  }

  /** The most that a session's line may carry; Infinity where its links alone bound it. */
  bytesPerSecondMax(session: number): number {
    return this.#own[session]?.find(own => own.link === none)?.bytesPerSecond ?? Infinity;
  }

  /** Changes the terms of a session under a law with weights. */
  setTerms(session: number, terms: FlowTerms): void {
    this.#sharing.setTerms?.(this.#flow[session]!, terms, this.now / 1e9);
    this.unsettled = true;
  }

  /** Changes the most that the line of a session may carry; it was opened with a bound. */
  setMax(session: number, bytesPerSecond: number): void {
    this.#setOwn(session, none, bytesPerSecond);
    this.unsettled = true;
  }

  /** A message of more than 0 bytes begins its bandwidth phase on a free line. */
  begin(session: number, message: number, bytes: number): void {
    this.#message[session] = message;
    this.#beginning[session] = this.#begun++;
    this.#uncounted[session] = bytes;
    this.#position[session] = this.carrying.size;
    this.carrying.push(session);
    this.#sharing.start(this.#flow[session]!, bytes, this.now / 1e9);
    this.unsettled = true;
    const { links, first, end } = this.#routes;
    for (let at = first[session]!; at < end[session]!; at++)
      this.#usage.enter(links[at]!, this.now);
  }

  /** When the next bandwidth phase ends as things were last settled, to the nearest nanosecond. */
  nextEnd(): number {
    return Math.round(this.#sharing.nextCompletion() * 1e9);
  }

  /**
   * Takes the messages off their lines that end by now. The sessions are in the order in which the
   * messages began; `message` still names these. Free each line before the next call.
   */
  end(): IntegerList {
    const ended = this.#ended;
    ended.clear();
    while (this.nextEnd() <= this.now) {
      const flow = this.#sharing.nextFlow();
      this.#sharing.stop(flow, this.now / 1e9);
      this.unsettled = true;
      ended.push(this.#sessionOf[flow]!);
    }
    if (ended.size > 1) ended.sort(this.#beginning);
    return ended;
  }

  /** Frees the line of a message that has ended. */
  free(session: number): void {
    this.#count(session, 0);
    this.#leave(session);
  }

  /** Solves the changes of this instant. */
  settle(): void {
    this.#sharing.settle(this.now / 1e9);
    this.unsettled = false;
  }

  /** Goes on to a later time, before which nothing ends; counts what buckets end meanwhile. */
  advance(now: number): void {
    const usage = this.#usage;
    while (usage.bucketEnd <= now) {
      if (!usage.affords(this.carrying.size)) continue;
      this.#countAll(usage.bucketEnd);
      usage.endBucket();
    }
    this.#now[0] = now;
  }

  /** What the links have carried by now. */
  statistics(): LinkStatistics[] {
    if (this.unsettled) this.settle();
    this.#countAll(this.now);
    return this.#links.map(({ name }, link) =>
      this.#usage.statistics(link, name, this.#capacities[link]!, this.now)
    );
  }

  /** Adds what a session's message has carried to the statistics; `left`: bytes still to carry. */
  #count(session: number, left: number): void {
    const bytes = this.#uncounted[session]! - left;
    this.#uncounted[session] = left;
    const { links, first, end } = this.#routes;
    for (let at = first[session]!; at < end[session]!; at++) this.#usage.carry(links[at]!, bytes);
  }

  /** Counts what all messages have carried by a time, at the rates last settled. */
  #countAll(time: number): void {
    const { items, size } = this.carrying;
    const seconds = time / 1e9;
    for (let index = 0; index < size; index++) {
      const session = items[index]!;
      this.#count(session, this.#sharing.remaining(this.#flow[session]!, seconds));
    }
  }

  /** A session's message no longer crosses its links. */
  #leave(session: number): void {
    const { carrying } = this;
    const last = carrying.items[--carrying.size]!;
    carrying.items[this.#position[session]!] = last;
    this.#position[last] = this.#position[session]!;
    this.#message[session] = none;
    this.unsettled = true;
    this.#usage.earn();
    const { links, first, end } = this.#routes;
    for (let at = first[session]!; at < end[session]!; at++)
      this.#usage.leave(links[at]!, this.now);
  }

  /** The solver's links of a line: of a fat pipe, and for a bound, one that no other line crosses. */
  #solverRoute(session: number, route: readonly number[], max: number): readonly number[] {
    const isPlain = max === Infinity && !route.some(link => this.isFatpipe(link));
    if (isPlain) return route;
    const own: OwnLink[] = [];
    const claim = (link: number, bytesPerSecond: number): number => {
      const number = this.#vacant.pop() ?? this.#sharing.addLink(bytesPerSecond);
      this.#sharing.setCapacity(number, bytesPerSecond, this.now / 1e9);
      own.push({ link, number, bytesPerSecond });
      return number;
    };
    const solver = route.map(link =>
      this.isFatpipe(link) ? claim(link, this.#capacities[link]!) : link
    );
    if (max < Infinity) solver.push(claim(none, max));
    this.#own[session] = own;
    return solver;
  }

  #setOwn(session: number, link: number, bytesPerSecond: number): void {
    for (const own of this.#own[session] ?? []) {
      if (own.link !== link) continue;
      own.bytesPerSecond = bytesPerSecond;
      this.#sharing.setCapacity(own.number, bytesPerSecond, this.now / 1e9);
    }
  }

  #grow(room: number): void {
    this.#flow = grownIntegers(this.#flow, room);
    this.#message = grownIntegers(this.#message, room, none);
    this.#beginning = grownDoubles(this.#beginning, room);
    this.#uncounted = grownDoubles(this.#uncounted, room);
    this.#position = grownIntegers(this.#position, room);
  }
}

/** A link of the solver that one line has for itself: in place of a fat pipe, or (-1) as a bound. */
interface OwnLink {
  readonly link: number;
  readonly number: number;
  bytesPerSecond: number;
}
