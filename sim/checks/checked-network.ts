import type { LinkStatistics } from '../link-usage.ts';
import type { LinkControls, Network } from '../network.ts';
import { type Place, Violation } from './violation.ts';

/** A message that was handed to the network, and has not come out of it. */
interface Flight {
  readonly session: number;
  readonly bytes: number;
  readonly priority: number;
  readonly tag: number;
  /** When it was sent, and one latency after that: it cannot arrive before. */
  readonly sent: number;
  readonly ready: number;
}

/**
 * A network under watch. After every call: what was sent is delivered, lost or under way, message by
 * message and in bytes; sessions deliver in order; nothing arrives before one latency has passed;
 * time does not go back. After every instant: what the network itself says of its state (`check`),
 * its rates and the capacities of its links above all. Rates are those of a whole instant, so that a
 * run that is watched is the same run.
 */
export class CheckedNetwork implements Network {
  readonly #inner: Network;
  readonly #describe: (tag: number) => string;
  /** By tag, and by session in the order of sending. */
  readonly #flights = new Map<number, Flight>();
  readonly #sessions = new Map<number, Flight[]>();
  #bytes = 0;
  #now = 0;
  /** What was done last, for an error; and whether the state has changed since it was looked at. */
  #event: () => string = () => 'the start';
  #changed = false;

  /** `describe` says what message a tag names. */
  constructor(inner: Network, describe: (tag: number) => string = tag => `message ${tag}`) {
    this.#inner = inner;
    this.#describe = describe;
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
    this.#goOn(now, () => `${this.#describe(tag)} is sent`);
    this.#inner.send(now, fromHost, toHost, session, bytes, priority, tag);
    const ready = now + this.#inner.latencyNanos(session);
    const flight = { session, bytes, priority, tag, sent: now, ready };
    this.#hold(!this.#flights.has(tag), conserved, `there is a message ${tag} under way already`);
    this.#flights.set(tag, flight);
    const line = this.#sessions.get(session);
    if (line === undefined) this.#sessions.set(session, [flight]);
    else line.push(flight);
    this.#bytes += bytes;
    this.#checkCounts();
  }

  nextEvent(): number {
    const next = this.#inner.nextEvent();
    this.#hold(next >= this.#now, notInThePast, `the next one is at ${next} ns`);
    if (next > this.#now && this.#changed) this.#checkState();
    return next;
  }

  advance(now: number, delivered: number[]): void {
    this.#goOn(now, () => 'the network goes on');
    const before = delivered.length;
    this.#inner.advance(now, delivered);
    for (let index = before; index < delivered.length; index++) this.#arrive(delivered[index]!);
    this.#checkCounts();
  }

  cut(now: number, session: number): number[] {
    this.#goOn(now, () => `session ${session} is cut`);
    const lost = this.#inner.cut(now, session);
    const line = this.#sessions.get(session) ?? [];
    this.#sessions.delete(session);
    const detail = `the cut lost ${lost.length} messages, ${line.length} were under way`;
    this.#hold(lost.length === line.length, conserved, detail);
    for (const tag of lost) {
      const flight = this.#flights.get(tag);
      this.#hold(flight?.session === session, conserved, `message ${tag} was not of that session`);
      this.#forget(flight!);
    }
    this.#checkCounts();
    return lost;
  }

  get controls(): LinkControls | null {
    return this.#inner.controls;
  }

  latencyNanos(session: number): number {
    return this.#inner.latencyNanos(session);
  }

  links(): readonly LinkStatistics[] {
    return this.#inner.links();
  }

  underWay(): { readonly messages: number; readonly bytes: number } {
    return this.#inner.underWay();
  }

  check(): void {
    this.#inner.check();
  }

  #goOn(now: number, event: () => string): void {
    this.#event = event;
    this.#changed = true;
    this.#hold(now >= this.#now, notInThePast, `${this.#now} ns came before`);
    this.#now = now;
  }

  #arrive(tag: number): void {
    const flight = this.#flights.get(tag);
    this.#event = () => `${flight === undefined ? `message ${tag}` : this.#describe(tag)} arrives`;
    if (flight === undefined) throw this.#violation(conserved, 'it was not under way');
    const { session, sent, ready, priority } = flight;
    this.#hold(
      this.#now >= ready,
      'no message arrives before it is sent, plus the latency',
      `sent at ${sent} ns, it cannot be there before ${ready} ns`
    );
    const line = this.#sessions.get(session)!;
    for (const earlier of line) {
      if (earlier === flight) break;
      // One that was sent later leaves first only where its number is lower.
      this.#hold(
        earlier.priority > priority,
        'a session delivers in order',
        `${this.#describe(earlier.tag)} was sent before it, at ${earlier.sent} ns`
      );
    }
    line.splice(line.indexOf(flight), 1);
    this.#forget(flight);
  }

  #forget({ tag, bytes }: Flight): void {
    this.#flights.delete(tag);
    this.#bytes -= bytes;
  }

  #checkCounts(): void {
    const { messages, bytes } = this.#inner.underWay();
    const detail = `${messages} messages of ${bytes} bytes under way`;
    const should = `${this.#flights.size} of ${this.#bytes}`;
    const same = messages === this.#flights.size && bytes === this.#bytes;
    this.#hold(same, conserved, `${detail}, should be ${should}`);
  }

  #checkState(): void {
    this.#changed = false;
    try {
      this.#inner.check();
    } catch (error) {
      if (!(error instanceof Violation)) throw error;
      throw this.#violation(error.invariant, error.detail);
    }
  }

  #hold(condition: boolean, invariant: string, detail: string): void {
    if (!condition) throw this.#violation(invariant, detail);
  }

  #violation(invariant: string, detail: string): Violation {
    const place: Place = { at: this.#now, node: 'network', event: this.#event() };
    return new Violation(invariant, detail, place);
  }
}

const conserved = 'what was sent is delivered, lost or under way';
const notInThePast = 'no event is in the past';
