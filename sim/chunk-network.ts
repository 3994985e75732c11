import { grownDoubles, grownIntegers } from '../core/growth.ts';
import { hold } from './checks/violation.ts';
import { Flights } from './chunk-flights.ts';
import { ChunkLinks } from './chunk-links.ts';
import type { LinkStatistics } from './link-usage.ts';
import { LocalMessages } from './local-messages.ts';
import type { Network } from './network.ts';
import { OrderedQueue } from './ordered-queue.ts';
import { Outbox } from './outbox.ts';
import { SessionRoutes } from './session-routes.ts';
import type { Topology } from './topology.ts';
import { UnderWay } from './under-way.ts';

const none = -1;

export interface ChunkSettings {
  /** More than 0. */
  readonly chunkBytes: number;
  /** Chunks of one session that may wait on its first link, 1 or more. */
  readonly perFlow: number;
  /** Depth of each link's token bucket, in the order of the topology's links. */
  readonly burstBytes: readonly number[];
  /** The share of depths and bandwidths that is payload. */
  readonly goodput: number;
}

/** What waits in the queue of events, in the low bits of an event; the rest is an index. */
const wake = 0;
const arrival = 1;
const kinds = 2;

/**
 * A network that carries messages in chunks, as a kernel's TCP over shaped links does. A sender's
 * flows take turns on its first link, each with a few chunks queued there at most (TCP small queues);
 * every further link is a FIFO. A message is there when its last chunk is.
 *
 * Where the fluid model has rates that change at every start and end, this one has an order of
 * chunks. Bursts and queues that a fluid cannot show are worth several percent of an iteration.
 */
export class ChunkNetwork implements Network {
  readonly controls = null;
  readonly #topology: Topology;
  readonly #settings: ChunkSettings;
  readonly #links: ChunkLinks;
  readonly #outbox = new Outbox();
  readonly #flights: Flights;
  readonly #events = new OrderedQueue();
  #now = 0;

  readonly #routes = new SessionRoutes();
  /** Per session: chunks queued on the first link; and how often it was opened. */
  #queued = new Int32Array(0);
  #life = new Int32Array(0);
  /** Time of the wake that counts; Infinity when there is none. */
  #wake = new Float64Array(0);

  readonly #underWay = new UnderWay();
  readonly #local = new LocalMessages(this.#underWay);

  constructor(topology: Topology, settings: ChunkSettings, bucketNanos: number) {
    this.#topology = topology;
    this.#settings = settings;
    this.#links = new ChunkLinks(topology.links, { ...settings, bucketNanos });
    this.#flights = new Flights(settings.chunkBytes);
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
    this.#outbox.add(session, bytes, now, priority, tag);
    if (this.#queued[session]! < this.#settings.perFlow) this.#wakeAt(session, now);
  }

  nextEvent(): number {
    if (this.#local.count > 0) return this.#now;
    return Math.min(this.#links.time, this.#events.time);
  }

  advance(now: number, delivered: number[]): void {
    this.#arriveAt(now);
    this.#local.deliver(delivered);
    // Departures first: what leaves a queue at an instant makes room for what comes at that instant.
    for (;;) {
      if (this.#links.time <= now) this.#depart(this.#links.pop(), delivered);
      else if (this.#events.time <= now) this.#happen(this.#events.pop(), delivered);
      else break;
    }
  }

  cut(now: number, session: number): number[] {
    this.#arriveAt(now);
    const lost: number[] = [];
    if (!this.#routes.isOpen(session)) return lost;
    this.#life[session]!++;
    if (this.#routes.isLocal(session)) this.#local.drop(session, lost);
    else {
      // Chunks on their way still take their time on the links, and nobody waits for them.
      let bytes = this.#flights.drop(session, lost);
      bytes += this.#outbox.drop(session, lost);
      this.#underWay.remove(lost.length, bytes);
    }
    this.#routes.close(session);
    return lost;
  }

  latencyNanos(session: number): number {
    const { links } = this.#topology;
    return this.#routes.of(session).reduce((sum, link) => sum + links[link]!.latencyNanos, 0);
  }

  underWay(): { readonly messages: number; readonly bytes: number } {
    const { messages, bytes } = this.#underWay;
    return { messages, bytes };
  }

  links(): readonly LinkStatistics[] {
    return this.#links.statistics(this.#now);
  }

  check(): void {
    this.#links.check(this.#now);
    let messages = this.#local.count;
    let { bytes } = this.#local;
    for (let session = 0; session < this.#queued.length; session++) {
      if (!this.#routes.isOpen(session) || this.#routes.isLocal(session)) continue;
      const waiting = this.#outbox.waiting(session);
      const flying = this.#flights.flying(session);
      messages += waiting.messages + flying.messages;
      bytes += waiting.bytes + flying.bytes;
      const idle = this.#queued[session] === 0 && this.#wake[session] === Infinity;
      const forgotten = idle && (waiting.messages > 0 || this.#flights.leaving(session));
      hold(!forgotten, 'a free link takes the next chunk', `session ${session} has no wake`);
    }
    this.#underWay.check(messages, bytes, 'queued or on a link');
    const next = this.nextEvent();
    const late = `the next one is at ${next} ns, now it is ${this.#now} ns`;
    hold(next >= this.#now, 'no event is in the past', late);
  }

  #arriveAt(now: number): void {
    if (now === this.#now) return;
    if (!(now > this.#now)) throw new RangeError(`time went back from ${this.#now} to ${now} ns`);
    if (this.nextEvent() < now) {
      throw new RangeError(`time went on to ${now} ns past an event at ${this.nextEvent()} ns`);
    }
    this.#now = now;
  }

  #happen(event: number, delivered: number[]): void {
    const index = Math.floor(event / kinds);
    if (event % kinds === arrival) {
      this.#arrive(index, delivered);
    } else if (this.#wake[index] === this.#now) {
      this.#wake[index] = Infinity;
      if (this.#routes.isOpen(index)) this.#fill(index);
    }
  }

  /** Queues chunks of a session on its first link, as many as may wait there. */
  #fill(session: number): void {
    const flights = this.#flights;
    const link = this.#routes.links[this.#routes.first[session]!]!;
    while (this.#queued[session]! < this.#settings.perFlow) {
      if (!flights.leaving(session)) {
        const message = this.#outbox.take(session, this.#now);
        if (message === none) return;
        flights.begin(session, this.#outbox.bytes(message), this.#outbox.tag(message));
        this.#outbox.release(message);
      }
      const chunk = flights.nextChunk(session, this.#life[session]!);
      this.#queued[session]!++;
      this.#links.enter(link, chunk, flights.chunkBytes(chunk), this.#now);
    }
  }

  /** The first chunk of a link's queue leaves it. */
  #depart(link: number, delivered: number[]): void {
    const chunk = this.#links.leave(link, this.#now);
    const flights = this.#flights;
    const session = flights.session(chunk);
    if (flights.hop(chunk) === 0 && flights.life(chunk) === this.#life[session]) {
      this.#queued[session]!--;
      this.#fill(session);
    }
    const { latencyNanos } = this.#topology.links[link]!;
    if (latencyNanos === 0) this.#arrive(chunk, delivered);
    else this.#events.push(this.#now + latencyNanos, kinds * chunk + arrival);
  }

  /** A chunk has come to the end of a link: it joins the queue of the next one, or is there. */
  #arrive(chunk: number, delivered: number[]): void {
    const flights = this.#flights;
    const session = flights.session(chunk);
    if (flights.life(chunk) !== this.#life[session]) {
      flights.releaseChunk(chunk);
      return;
    }
    const { links, first, end } = this.#routes;
    const next = first[session]! + flights.goOn(chunk);
    if (next < end[session]!) {
      this.#links.enter(links[next]!, chunk, flights.chunkBytes(chunk), this.#now);
    } else {
      if (flights.ends(chunk)) {
        this.#underWay.remove(1, flights.firstBytes(session));
        delivered.push(flights.firstTag(session));
        flights.land(session);
      }
      flights.releaseChunk(chunk);
    }
  }

  #wakeAt(session: number, time: number): void {
    if (time >= this.#wake[session]!) return;
    this.#wake[session] = time;
    this.#events.push(time, kinds * session + wake);
  }

  #open(session: number, fromHost: number, toHost: number): void {
    if (session >= this.#queued.length) {
      const room = Math.max(64, 2 * session);
      this.#queued = grownIntegers(this.#queued, room);
      this.#life = grownIntegers(this.#life, room);
      this.#wake = grownDoubles(this.#wake, room, Infinity);
      this.#outbox.grow(room);
      this.#flights.grow(room);
      this.#routes.grow(room);
    }
    this.#routes.open(session, this.#topology.route(fromHost, toHost));
    this.#queued[session] = 0;
    this.#wake[session] = Infinity;
  }
}
