import { EventQueue } from './event-queue.ts';
import { grownDoubles, grownIntegers } from './growth.ts';
import { type LinkStatistics, LinkUsage } from './link-usage.ts';
import type { Network } from './network.ts';
import { Outbox } from './outbox.ts';
import type { Sharing } from './sharing.ts';
import type { Topology } from './topology.ts';

const none = -1;

/**
 * A network of links with latencies and max-min fair capacities. Each session is one flow of the
 * solver, declared once; in its bandwidth phase it carries the session's present message.
 *
 * All changes of one instant are solved together, as late as can be: when somebody asks for a time
 * after it.
 */
export class FlowNetwork implements Network {
  readonly #topology: Topology;
  readonly #sharing: Sharing;
  readonly #usage: LinkUsage;
  readonly #capacities: number[];
  readonly #latencies: number[];
  readonly #outbox = new Outbox();
  /** Sessions with an idle line, by the time at which their first message is ready. */
  readonly #wakes = new EventQueue();

  /** The latest time seen. */
  #now = 0;
  /** The solver has changes of this instant that it has not settled. */
  #unsettled = false;
  #begun = 0;

  /** Per session. */
  #route: (readonly number[] | undefined)[] = [];
  #latency = new Float64Array(0);
  #flow = new Int32Array(0);
  /** The message in its bandwidth phase. */
  #message = new Int32Array(0);
  /** Its number in the order in which bandwidth phases begin: the order of simultaneous ends. */
  #beginning = new Float64Array(0);
  /** The bytes of it that no bucket of the statistics has yet. */
  #uncounted = new Float64Array(0);
  /** Time of the wake that counts; Infinity when there is none. Others in the queue are outdated. */
  #wake = new Float64Array(0);

  /** Index in `#carrying`. */
  #position = new Int32Array(0);

  /** The sessions with a message in its bandwidth phase. */
  readonly #carrying: number[] = [];
  /** Session of each flow of the solver. */
  #sessionOf = new Int32Array(0);
  /** Tags of messages that cross no link, which arrive at the instant they are sent. */
  readonly #local: number[] = [];
  readonly #localSessions: number[] = [];
  readonly #ended: number[] = [];

  #messagesSent = 0;
  #messagesDelivered = 0;
  #messagesLost = 0;
  /** Bytes of messages that cross links. */
  #bytesSent = 0;
  #bytesDelivered = 0;
  #bytesLost = 0;

  constructor(topology: Topology, sharing: Sharing, bucketNanos: number) {
    this.#topology = topology;
    this.#sharing = sharing;
    this.#usage = new LinkUsage(topology.links.length, bucketNanos);
    this.#capacities = topology.links.map(link => link.bytesPerSecond);
    this.#latencies = topology.links.map(link => link.latencyNanos);
    for (const capacity of this.#capacities) sharing.addLink(capacity);
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
    this.#messagesSent++;
    if (session >= this.#route.length || this.#route[session] === undefined) {
      this.#open(session, fromHost, toHost);
    }
    if (this.#flow[session] === none) {
      this.#local.push(tag);
      this.#localSessions.push(session);
      return;
    }
    this.#bytesSent += bytes;
    const ready = now + this.#latency[session]!;
    this.#outbox.add(session, bytes, ready, priority, tag);
    if (this.#message[session] === none && ready < this.#wake[session]!)
      this.#wakeAt(session, ready);
  }

  nextEvent(): number {
    if (this.#local.length > 0) return this.#now;
    const wake = this.#wakes.time;
    if (this.#unsettled) {
      // More changes of this instant are to come: they are solved together.
      if (wake <= this.#now) return wake;
      this.#settle();
    }
    return Math.max(this.#now, Math.min(wake, this.#nextEnd()));
  }

  advance(now: number, delivered: number[]): void {
    this.#arriveAt(now);
    this.#messagesDelivered -= delivered.length;
    for (const tag of this.#local) delivered.push(tag);
    this.#local.length = 0;
    this.#localSessions.length = 0;
    this.#endFlows(delivered);
    while (this.#wakes.time <= now) {
      const time = this.#wakes.time;
      const session = this.#wakes.pop();
      if (this.#wake[session] !== time) continue;
      this.#wake[session] = Infinity;
      if (this.#message[session] === none) this.#beginNext(session, delivered);
    }
    this.#messagesDelivered += delivered.length;
  }

  cut(now: number, session: number): number[] {
    this.#arriveAt(now);
    const lost: number[] = [];
    const route = this.#route[session];
    if (route === undefined) return lost;
    const flow = this.#flow[session]!;
    if (flow === none) this.#dropLocal(session, lost);
    else {
      const message = this.#message[session]!;
      if (message !== none) {
        this.#count(session, this.#sharing.stop(flow, now / 1e9));
        this.#leave(session);
        this.#unsettled = true;
        lost.push(this.#outbox.tag(message));
        this.#bytesLost += this.#outbox.bytes(message);
        this.#outbox.release(message);
      }
      this.#bytesLost += this.#outbox.drop(session, lost);
      this.#sharing.removeFlow(flow);
      this.#wake[session] = Infinity;
    }
    this.#route[session] = undefined;
    this.#messagesLost += lost.length;
    return lost;
  }

  /** Changes what a link can carry, for the messages on their way too; 0 holds them. */
  setCapacity(now: number, link: number, bytesPerSecond: number): void {
    this.#arriveAt(now);
    this.#capacities[link] = bytesPerSecond;
    this.#sharing.setCapacity(link, bytesPerSecond, now / 1e9);
    this.#unsettled = true;
  }

  /** Changes the latency of a link, for messages sent from now on. */
  setLatency(now: number, link: number, latencyNanos: number): void {
    this.#arriveAt(now);
    this.#latencies[link] = latencyNanos;
    for (const session of this.sessionsOver(link)) {
      this.#latency[session] = this.#latencyOf(this.#route[session]!);
    }
  }

  /** The open sessions that cross a link: those to cut when it fails. */
  sessionsOver(link: number): number[] {
    const sessions: number[] = [];
    for (let session = 0; session < this.#route.length; session++) {
      if (this.#route[session]?.includes(link)) sessions.push(session);
    }
    return sessions;
  }

  links(): readonly LinkStatistics[] {
    this.#countAll(this.#now);
    return this.#topology.links.map(({ name }, link) =>
      this.#usage.statistics(link, name, this.#capacities[link]!, this.#now)
    );
  }

  check(): void {
    if (this.#unsettled) this.#settle();
    const loads = new Float64Array(this.#capacities.length);
    const fastest = new Float64Array(this.#capacities.length);

    let messages = this.#local.length;
    let bytes = 0;
    for (let session = 0; session < this.#route.length; session++) {
      if (this.#route[session] === undefined || this.#flow[session] === none) continue;
      const waiting = this.#outbox.waiting(session);
      messages += waiting.messages;
      bytes += waiting.bytes;
      const message = this.#message[session]!;
      if (message === none) {
        const forgotten = waiting.messages > 0 && this.#wake[session] === Infinity;
        hold(!forgotten, `session ${session} has messages, a free line and no wake`);
        continue;
      }
      messages++;
      bytes += this.#outbox.bytes(message);
      const rate = this.#sharing.rate(this.#flow[session]!);
      for (const link of this.#route[session]!) {
        loads[link]! += rate;
        fastest[link] = Math.max(fastest[link]!, rate);
      }
    }
    const counts = this.#messagesSent - this.#messagesDelivered - this.#messagesLost;
    hold(messages === counts, `${messages} messages are in the network, ${counts} should be`);
    const sizes = this.#bytesSent - this.#bytesDelivered - this.#bytesLost;
    hold(bytes === sizes, `${bytes} bytes are in the network, ${sizes} should be`);
    loads.forEach((load, link) => {
      const capacity = this.#capacities[link]!;
      hold(load <= capacity * (1 + 1e-9), `link ${link} carries ${load} of ${capacity} bytes/s`);
    });
    for (const session of this.#carrying) {
      const rate = this.#sharing.rate(this.#flow[session]!) * (1 + 1e-9);
      const bottleneck = this.#route[session]!.some(
        link => loads[link]! * (1 + 1e-9) >= this.#capacities[link]! && rate >= fastest[link]!
      );
      hold(bottleneck, `session ${session} could be faster at no cost to a slower one`);
    }
    const next = this.nextEvent();
    hold(next >= this.#now, `the next event is at ${next} ns, before ${this.#now} ns`);
  }

  /** Goes on to a later time: settles what changed before, and counts what buckets end meanwhile. */
  #arriveAt(now: number): void {
    if (now === this.#now) return;
    if (!(now > this.#now)) throw new RangeError(`time went back from ${this.#now} to ${now} ns`);
    if (this.#unsettled) this.#settle();
    const next = Math.min(this.#wakes.time, this.#nextEnd());
    if (next < now) throw new RangeError(`time went on to ${now} ns past an event at ${next} ns`);
    const usage = this.#usage;
    while (usage.bucketEnd <= now) {
      if (!usage.affords(this.#carrying.length)) continue;
      this.#countAll(usage.bucketEnd);
      usage.endBucket();
    }
    this.#now = now;
  }

  #settle(): void {
    this.#sharing.settle(this.#now / 1e9);
    this.#unsettled = false;
  }

  /** When the next bandwidth phase ends, to the nearest nanosecond. */
  #nextEnd(): number {
    return Math.round(this.#sharing.nextCompletion() * 1e9);
  }

  /** Ends the bandwidth phases that are over by now, in the order in which they began. */
  #endFlows(delivered: number[]): void {
    const ended = this.#ended;
    ended.length = 0;
    while (this.#nextEnd() <= this.#now) {
      const flow = this.#sharing.nextFlow();
      this.#sharing.stop(flow, this.#now / 1e9);
      this.#unsettled = true;
      ended.push(this.#sessionOf[flow]!);
    }
    if (ended.length > 1) ended.sort((a, b) => this.#beginning[a]! - this.#beginning[b]!);
    for (const session of ended) {
      const message = this.#message[session]!;
      this.#count(session, 0);
      this.#leave(session);
      this.#deliver(message, delivered);
      this.#beginNext(session, delivered);
    }
  }

  /** Begins the bandwidth phase of the next message of a session whose line is free. */
  #beginNext(session: number, delivered: number[]): void {
    for (;;) {
      const message = this.#outbox.take(session, this.#now);
      if (message === none) break;
      const bytes = this.#outbox.bytes(message);
      if (bytes > 0) {
        this.#message[session] = message;
        this.#beginning[session] = this.#begun++;
        this.#uncounted[session] = bytes;
        this.#sharing.start(this.#flow[session]!, bytes, this.#now / 1e9);
        this.#unsettled = true;
        this.#enter(session);
        return;
      }
      this.#deliver(message, delivered);
    }
    const ready = this.#outbox.nextReady(session);
    if (ready < this.#wake[session]!) this.#wakeAt(session, ready);
  }

  #deliver(message: number, delivered: number[]): void {
    this.#bytesDelivered += this.#outbox.bytes(message);
    delivered.push(this.#outbox.tag(message));
    this.#outbox.release(message);
  }

  #wakeAt(session: number, ready: number): void {
    this.#wake[session] = ready;
    this.#wakes.push(ready, session);
  }

  /** Adds what a session's message has carried to the statistics; `left`: bytes still to carry. */
  #count(session: number, left: number): void {
    const bytes = this.#uncounted[session]! - left;
    this.#uncounted[session] = left;
    const route = this.#route[session]!;
    for (let hop = 0; hop < route.length; hop++) this.#usage.carry(route[hop]!, bytes);
  }

  /** Counts what all messages have carried by `now`, at the rates of the last settle. */
  #countAll(now: number): void {
    if (this.#unsettled) this.#settle();
    for (const session of this.#carrying) {
      this.#count(session, this.#sharing.remaining(this.#flow[session]!, now / 1e9));
    }
  }

  /** A session's message begins to cross its links. */
  #enter(session: number): void {
    this.#position[session] = this.#carrying.push(session) - 1;
    const route = this.#route[session]!;
    for (let hop = 0; hop < route.length; hop++) this.#usage.enter(route[hop]!, this.#now);
  }

  /** A session's message no longer crosses its links. */
  #leave(session: number): void {
    const last = this.#carrying.pop()!;
    if (last !== session) {
      this.#carrying[this.#position[session]!] = last;
      this.#position[last] = this.#position[session]!;
    }
    this.#message[session] = none;
    this.#usage.earn();
    const route = this.#route[session]!;
    for (let hop = 0; hop < route.length; hop++) this.#usage.leave(route[hop]!, this.#now);
  }

  #open(session: number, fromHost: number, toHost: number): void {
    if (session >= this.#latency.length) this.#grow(session + 1);
    while (this.#route.length <= session) this.#route.push(undefined);
    const route = this.#topology.route(fromHost, toHost);
    this.#route[session] = route;
    this.#latency[session] = this.#latencyOf(route);
    this.#message[session] = none;
    this.#wake[session] = Infinity;
    this.#flow[session] = none;
    if (route.length === 0) return;
    const flow = this.#sharing.addFlow(route);
    this.#flow[session] = flow;
    if (flow >= this.#sessionOf.length) {
      this.#sessionOf = grownIntegers(this.#sessionOf, Math.max(64, 2 * flow));
    }
    this.#sessionOf[flow] = session;
  }

  #latencyOf(route: readonly number[]): number {
    return route.reduce((sum, link) => sum + this.#latencies[link]!, 0);
  }

  #dropLocal(session: number, lost: number[]): void {
    let kept = 0;
    for (let index = 0; index < this.#local.length; index++) {
      if (this.#localSessions[index] === session) lost.push(this.#local[index]!);
      else {
        this.#local[kept] = this.#local[index]!;
        this.#localSessions[kept++] = this.#localSessions[index]!;
      }
    }
    this.#local.length = kept;
    this.#localSessions.length = kept;
  }

  #grow(sessions: number): void {
    const room = Math.max(64, 2 * this.#latency.length, sessions);
    this.#latency = grownDoubles(this.#latency, room);
    this.#beginning = grownDoubles(this.#beginning, room);
    this.#uncounted = grownDoubles(this.#uncounted, room);
    this.#wake = grownDoubles(this.#wake, room);
    this.#flow = grownIntegers(this.#flow, room);
    this.#message = grownIntegers(this.#message, room);
    this.#position = grownIntegers(this.#position, room);
    this.#outbox.grow(room);
  }
}

function hold(condition: boolean, otherwise: string): void {
  if (!condition) throw new Error(`network: ${otherwise}`);
}
