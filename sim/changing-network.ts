/**
 * A network whose links change by schedule, and which other traffic crosses too. Wraps one that does
 * neither: a network without changes and traffic does not pay for them.
 */
import type { CrossTraffic } from './cross-traffic.ts';
import { EventQueue } from './event-queue.ts';
import type { LinkStatistics } from './link-usage.ts';
import type { LinkControls, Network } from './network.ts';
import { type Series, SeriesCursor } from './series.ts';

/** What changes about a link, in nanoseconds and the values of `quantity`. */
export interface LinkSchedule {
  readonly link: number;
  /** Bytes per second, nanoseconds of latency, or up (1) and down (0). */
  readonly quantity: 'bandwidth' | 'latency' | 'state';
  readonly series: Series;
}

export interface Changes {
  readonly schedules: readonly LinkSchedule[];
  readonly traffic: CrossTraffic | null;
}

/**
 * Sessions and tags of the run and of the cross traffic are kept apart by their parity: those of the
 * run are even within, those of the traffic odd.
 */
export class ChangingNetwork implements Network {
  readonly controls: LinkControls | null;
  readonly #network: Network;
  readonly #traffic: CrossTraffic | null;
  readonly #schedules: readonly { readonly at: LinkSchedule; readonly cursor: SeriesCursor }[];
  readonly #due = new EventQueue();
  readonly #delivered: number[] = [];
  /** What the cross traffic sees of the network. */
  readonly #forTraffic: Pick<Network, 'send' | 'latencyNanos'>;

  /** Schedules need a network with controls. */
  constructor(network: Network, { schedules, traffic }: Changes) {
    this.#network = network;
    this.#traffic = traffic;
    this.controls = network.controls === null ? null : evenSessions(network.controls);
    this.#schedules = schedules.map(at => ({ at, cursor: new SeriesCursor(at.series) }));
    this.#schedules.forEach(({ cursor }, index) => {
      this.#due.push(cursor.time, index);
    });
    this.#forTraffic = {
      send: (now, from, to, session, bytes, priority, tag) =>
        network.send(now, from, to, 2 * session + 1, bytes, priority, 2 * tag + 1),
      latencyNanos: session => network.latencyNanos(2 * session + 1)
    };
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
    this.#network.send(now, fromHost, toHost, 2 * session, bytes, priority, 2 * tag);
  }

  nextEvent(): number {
    const own = Math.min(this.#due.time, this.#traffic?.time ?? Infinity);
    return Math.min(own, this.#network.nextEvent());
  }

  advance(now: number, delivered: number[]): void {
    const all = this.#delivered;
    this.#network.advance(now, all);
    for (const tag of all) {
      if (tag % 2 === 0) delivered.push(tag / 2);
      else this.#traffic!.deliver(now, (tag - 1) / 2);
    }
    all.length = 0;
    while (this.#due.time <= now) this.#change(now, this.#due.pop());
    this.#traffic?.send(now, this.#forTraffic);
  }

  cut(now: number, session: number): number[] {
    return this.#network.cut(now, 2 * session).map(tag => tag / 2);
  }

  latencyNanos(session: number): number {
    return this.#network.latencyNanos(2 * session);
  }

  /** Of the run; cross traffic is not counted. */
  underWay(): { readonly messages: number; readonly bytes: number } {
    const all = this.#network.underWay();
    if (this.#traffic === null) return all;
    const others = this.#traffic.underWay();
    return { messages: all.messages - others.messages, bytes: all.bytes - others.bytes };
  }

  links(): readonly LinkStatistics[] {
    return this.#network.links();
  }

  check(): void {
    this.#network.check();
  }

  #change(now: number, index: number): void {
    const { at, cursor } = this.#schedules[index]!;
    const { link, quantity } = at;
    const value = cursor.take();
    const controls = this.#network.controls!;
    if (quantity === 'bandwidth') controls.setCapacity(now, link, value);
    else if (quantity === 'latency') controls.setLatency(now, link, value);
    else controls.setUp(now, link, value !== 0);
    if (cursor.time < Infinity) this.#due.push(cursor.time, index);
  }
}

/** Controls that know the sessions of the run only. */
function evenSessions(controls: LinkControls): LinkControls {
  return {
    names: controls.names,
    linksAt: (host, direction) => controls.linksAt(host, direction),
    setCapacity: (now, link, bytesPerSecond) => controls.setCapacity(now, link, bytesPerSecond),
    scale: (now, link, factor) => controls.scale(now, link, factor),
    setUp: (now, link, isUp) => controls.setUp(now, link, isUp),
    setLatency: (now, link, nanos) => controls.setLatency(now, link, nanos),
    sessionsOver: link => controls.sessionsOver(link).flatMap(s => (s % 2 === 0 ? [s / 2] : []))
  };
}
