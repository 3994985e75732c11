import { grownDoubles } from '../core/growth.ts';
import { hold } from './checks/violation.ts';
import { type FlowOptions, plainFlows } from './flow-options.ts';
import { Lines } from './lines.ts';
import { LinkStates } from './link-states.ts';
import type { LinkStatistics } from './link-usage.ts';
import { LocalMessages } from './local-messages.ts';
import type { LinkControls, Network } from './network.ts';
import { OrderedQueue } from './ordered-queue.ts';
import { Outbox } from './outbox.ts';
import { SessionRoutes } from './session-routes.ts';
import type { Sharing } from './sharing.ts';
import type { LinkTerms } from './sharing-law.ts';
import { SlowStart } from './slow-start.ts';
import { linksAt, type Topology } from './topology.ts';
import { UnderWay } from './under-way.ts';

const none = -1;

/**
 * A network of links with latencies, whose capacities messages share max-min fair, or by another law.
 * A message waits in the outbox until its session's line is free and its latency is over, then has
 * the line until its bytes are through.
 */
export class FlowNetwork implements Network, LinkControls {
  readonly controls = this;
  readonly names: readonly string[];
  readonly #topology: Topology;
  /** Per link, in nanoseconds. */
  readonly #latencies: Float64Array;
  readonly #states: LinkStates;
  readonly #routes = new SessionRoutes();
  readonly #lines: Lines;
  readonly #options: FlowOptions;
  readonly #slowStart: SlowStart | null;
  readonly #outbox = new Outbox();
  /** Sessions with a free line, by the time at which their first message is ready. */
  readonly #wakes = new OrderedQueue();

  /** Per session: when the latest message has left its sender; only where messages take time there. */
  #departed = new Float64Array(0);
  /** Per session: time of the wake that counts, or Infinity. Others in the queue are outdated. */
  #wake = new Float64Array(0);

  readonly #underWay = new UnderWay();
  readonly #local = new LocalMessages(this.#underWay);

  constructor(
    topology: Topology,
    sharing: Sharing,
    bucketNanos: number,
    options: FlowOptions = plainFlows
  ) {
    this.#topology = topology;
    this.#options = options;
    this.#latencies = Float64Array.from(topology.links, link => link.latencyNanos);
    this.names = topology.links.map(link => link.name);
    this.#states = new LinkStates(Float64Array.from(topology.links, link => link.bytesPerSecond));
    this.#lines = new Lines(topology.links, this.#routes, sharing, bucketNanos);
    const { slowStart, bytesPerSecondMax } = options;
    this.#slowStart =
      slowStart === null ? null : new SlowStart(slowStart, this.#lines, bytesPerSecondMax);
  }

  send(
    now: number,
    fromHost: number,
    toHost: number,
    session: number,
    bytes: number,
    priority: number,
    tag: number
  ): void {
    this.#arriveAt(now);
    if (!this.#routes.isOpen(session)) this.#open(session, fromHost, toHost);
    this.#underWay.add(bytes);
    if (this.#routes.isLocal(session)) {
      this.#local.add(session, bytes, tag);
      return;
    }
    const { overheadNanos } = this.#options;
    let departs = now;
    if (overheadNanos > 0) {
      departs = Math.max(now, this.#departed[session]!) + overheadNanos;
      this.#departed[session] = departs;
    }
    const ready = departs + this.latencyNanos(session);
    this.#outbox.add(session, bytes, ready, priority, tag);
    if (this.#lines.message(session) === none && ready < this.#wake[session]!) {
      this.#wakeAt(session, ready);
    }
  }

  nextEvent(): number {
    const lines = this.#lines;
    if (this.#local.count > 0) return lines.now;
    const wake = this.#wakes.time;
    if (lines.unsettled) {
      // More changes of this instant are to come: they are solved together.
      if (wake <= lines.now) return wake;
      lines.settle();
    }
    return Math.max(lines.now, Math.min(wake, this.#nextChange()));
  }

  /** When a message ends or a window grows, as things were last settled. */
  #nextChange(): number {
    const end = this.#lines.nextEnd();
    return this.#slowStart === null ? end : Math.min(end, this.#slowStart.time);
  }

  advance(now: number, delivered: number[]): void {
    this.#arriveAt(now);
    this.#local.deliver(delivered);
    const ended = this.#lines.end();
    for (let index = 0; index < ended.size; index++) {
      const session = ended.items[index]!;
      const message = this.#lines.message(session);
      this.#lines.free(session);
      this.#slowStart?.end(session, now);
      this.#deliver(message, delivered);
      this.#beginNext(session, delivered);
    }
    while (this.#wakes.time <= now) {
      const time = this.#wakes.time;
      const session = this.#wakes.pop();
      if (this.#wake[session] !== time) continue;
      this.#wake[session] = Infinity;
      if (this.#lines.message(session) === none) this.#beginNext(session, delivered);
    }
    this.#slowStart?.grow(now);
  }

  cut(now: number, session: number): number[] {
    this.#arriveAt(now);
    const lost: number[] = [];
    if (!this.#routes.isOpen(session)) return lost;
    if (this.#routes.isLocal(session)) this.#local.drop(session, lost);
    else {
      let bytes = 0;
      this.#slowStart?.close(session);
      const message = this.#lines.close(session);
      if (message !== none) {
        lost.push(this.#outbox.tag(message));
        bytes = this.#outbox.bytes(message);
        this.#outbox.release(message);
      }
      bytes += this.#outbox.drop(session, lost);
      this.#underWay.remove(lost.length, bytes);
    }
    this.#routes.close(session);
    return lost;
  }

  linksAt(host: number, direction: 'up' | 'down'): readonly number[] {
    return linksAt(this.#topology, host, direction);
  }

  setCapacity(now: number, link: number, bytesPerSecond: number): void {
    this.#states.setCapacity(link, bytesPerSecond);
    this.#carry(now, link);
  }

  scale(now: number, link: number, factor: number): void {
    this.#states.scale(link, factor);
    this.#carry(now, link);
  }

  setUp(now: number, link: number, isUp: boolean): void {
    this.#states.setUp(link, isUp);
    this.#carry(now, link);
  }

  setLatency(now: number, link: number, latencyNanos: number): void {
    this.#arriveAt(now);
    this.#latencies[link] = latencyNanos;
    this.#weighAnew(link);
  }

  sessionsOver(link: number): number[] {
    return this.#routes.over(link);
  }

  latencyNanos(session: number): number {
    const { links, first, end } = this.#routes;
    let nanos = 0;
    for (let at = first[session]!; at < end[session]!; at++) nanos += this.#latencies[links[at]!]!;
    return Math.round(nanos * this.#options.law.latencyFactor);
  }

  underWay(): { readonly messages: number; readonly bytes: number } {
    const { messages, bytes } = this.#underWay;
    return { messages, bytes };
  }

  links(): readonly LinkStatistics[] {
    return this.#lines.statistics();
  }

  check(): void {
    if (this.#lines.unsettled) this.#lines.settle();
    this.#checkCounts();
    this.#checkRates();
    const next = this.nextEvent();
    const { now } = this.#lines;
    hold(
      next >= now,
      'no event is in the past',
      `the next one is at ${next} ns, now it is ${now} ns`
    );
  }

  #checkCounts(): void {
    let messages = this.#local.count;
    let { bytes } = this.#local;
    for (let session = 0; session < this.#wake.length; session++) {
      if (!this.#routes.isOpen(session) || this.#routes.isLocal(session)) continue;
      const waiting = this.#outbox.waiting(session);
      messages += waiting.messages;
      bytes += waiting.bytes;
      const message = this.#lines.message(session);
      if (message !== none) {
        messages++;
        bytes += this.#outbox.bytes(message);
      } else {
        const forgotten = waiting.messages > 0 && this.#wake[session] === Infinity;
        hold(!forgotten, 'a free line takes the next message', `session ${session} has no wake`);
      }
    }
    this.#underWay.check(messages, bytes, 'queued or on a line');
  }

  /** Max-min fairness: no link carries too much, and each message has a bottleneck. */
  #checkRates(): void {
    const lines = this.#lines;
    const sessions = lines.carrying.items.subarray(0, lines.carrying.size);
    const loads = new Float64Array(this.#topology.links.length);
    const fastest = new Float64Array(loads.length);
    for (const session of sessions) {
      const rate = lines.rate(session);
      for (const link of lines.route(session)) {
        loads[link] = lines.isFatpipe(link) ? Math.max(loads[link]!, rate) : loads[link]! + rate;
        fastest[link] = Math.max(fastest[link]!, rate);
      }
    }
    const more = 1 + 1e-9;
    loads.forEach((load, link) => {
      const capacity = lines.capacity(link);
      const detail = `link ${link} carries ${load} of ${capacity} bytes/s`;
      hold(load <= capacity * more, 'rates are within the capacities of links', detail);
    });
    if (this.#options.law.terms !== null) return;
    for (const session of sessions) {
      const rate = lines.rate(session) * more;
      if (rate >= lines.bytesPerSecondMax(session)) continue;
      const bottleneck = lines
        .route(session)
        .some(link => loads[link]! * more >= lines.capacity(link) && rate >= fastest[link]!);
      const detail = `session ${session} could be faster at no cost to a slower one`;
      hold(bottleneck, 'every message has a bottleneck', detail);
    }
  }

  #carry(now: number, link: number): void {
    this.#arriveAt(now);
    this.#lines.setCapacity(link, this.#states.bytesPerSecond(link));
    this.#weighAnew(link);
  }

  /** Goes on to a later time. */
  #arriveAt(now: number): void {
    const lines = this.#lines;
    if (now === lines.now) return;
    if (!(now > lines.now)) throw new RangeError(`time went back from ${lines.now} to ${now} ns`);
    if (lines.unsettled) lines.settle();
    const next = Math.min(this.#wakes.time, this.#nextChange());
    if (next < now || this.#local.count > 0) {
      throw new RangeError(`time went on to ${now} ns past an event at ${this.nextEvent()} ns`);
    }
    lines.advance(now);
  }

  /** Begins the bandwidth phase of the next message of a session whose line is free. */
  #beginNext(session: number, delivered: number[]): void {
    for (;;) {
      const message = this.#outbox.take(session, this.#lines.now);
      if (message === none) break;
      const bytes = this.#outbox.bytes(message) + this.#options.overheadBytes;
      if (bytes > 0) {
        this.#lines.begin(session, message, bytes);
        this.#slowStart?.begin(session, this.#lines.now);
        return;
      }
      this.#deliver(message, delivered);
    }
    const ready = this.#outbox.nextReady(session);
    if (ready < this.#wake[session]!) this.#wakeAt(session, ready);
  }

  #deliver(message: number, delivered: number[]): void {
    this.#underWay.remove(1, this.#outbox.bytes(message));
    delivered.push(this.#outbox.tag(message));
    this.#outbox.release(message);
  }

  #wakeAt(session: number, ready: number): void {
    this.#wake[session] = ready;
    this.#wakes.push(ready, session);
  }

  #open(session: number, fromHost: number, toHost: number): void {
    const timed = this.#options.overheadNanos > 0;
    if (session >= this.#wake.length) {
      const room = Math.max(64, 2 * session);
      this.#wake = grownDoubles(this.#wake, room);
      if (timed) this.#departed = grownDoubles(this.#departed, room);
      this.#outbox.grow(room);
      this.#routes.grow(room);
    }
    const route = this.#topology.route(fromHost, toHost);
    this.#routes.open(session, route);
    this.#wake[session] = Infinity;
    if (timed) this.#departed[session] = 0;
    if (route.length === 0) return;
    const max =
      this.#slowStart?.open(session, this.latencyNanos(session)) ?? this.#options.bytesPerSecondMax;
    const { terms } = this.#options.law;
    const wayBack = terms === null ? [] : this.#topology.route(toHost, fromHost);
    this.#lines.open(session, route, max, terms?.(this.#termsOf(route), wayBack));
  }

  #termsOf(route: ArrayLike<number>): LinkTerms[] {
    return Array.from(route, link => ({
      bytesPerSecond: this.#lines.capacity(link),
      latencySeconds: this.#latencies[link]! / 1e9
    }));
  }

  /** A link has changed, and with it the weights of those that cross it, if they have any. */
  #weighAnew(link: number): void {
    const { terms } = this.#options.law;
    if (terms === null) return;
    for (const session of this.sessionsOver(link)) {
      this.#lines.setTerms(session, terms(this.#termsOf(this.#routes.of(session)), []));
    }
  }
}
