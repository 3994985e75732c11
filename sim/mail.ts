/** The messages of a simulation, between its nodes and its network. */
import { encodedLength } from '../core/codec.ts';
import type { Message } from '../core/message.ts';
import type { Input, Instant } from '../core/node.ts';
import type { Flights } from './flights.ts';
import type { Network } from './network.ts';
import type { Observer } from './observer.ts';
import { countSent, type Seat } from './seat.ts';
import { Sessions } from './sessions.ts';
import { tellTransfer } from './spans.ts';

export class Mail {
  readonly #seats: readonly Seat[];
  readonly #network: Network;
  readonly #flights: Flights;
  readonly #observer: Observer;
  readonly #sessions: Sessions;
  readonly #delivered: number[] = [];
  /** Messages sent so far, of all classes. */
  sent = 0;

  constructor(seats: readonly Seat[], network: Network, flights: Flights, observer: Observer) {
    this.#seats = seats;
    this.#network = network;
    this.#flights = flights;
    this.#observer = observer;
    this.#sessions = new Sessions(seats.length);
  }

  /** Messages in the network. */
  get underWay(): number {
    return this.#flights.size;
  }

  /**
   * Hands a message to the network, on the session of this number of two nodes. One of an evaluation,
   * which the network does not carry, is returned as what the receiver is handed.
   */
  send(
    now: Instant,
    from: number,
    to: number,
    session: number,
    message: Message,
    priority: number
  ): Input | null {
    const sender = this.#seats[from]!;
    const bytes = encodedLength(message);
    this.sent += 1;
    const line = this.#sessions.between(from, to);
    const sequence = this.#sessions.nextSequence(line);
    if (countSent(sender.traffic, message, bytes) === 'evaluation') {
      return { kind: 'message', from: sender.id, session, sequence, message };
    }
    const flight = this.#flights.begin(from, to, session, sequence, message, bytes, now);
    const { host } = this.#seats[to]!;
    this.#network.send(now, sender.host, host, line, bytes, priority, flight);
    return null;
  }

  /** Takes out what has arrived by now, in order. */
  deliver(now: Instant, take: (from: number, to: number, input: Input) => void): void {
    const flights = this.#flights;
    const delivered = this.#delivered;
    this.#network.advance(now, delivered);
    for (let index = 0; index < delivered.length; index++) {
      const flight = delivered[index]!;
      if (this.#observer.span) tellTransfer(this.#observer, flights, flight, this.#seats, now);
      const from = flights.from[flight]!;
      const to = flights.to[flight]!;
      take(from, to, flights.end(flight, this.#seats[from]!.id));
    }
    // One by one: `length = 0` is a call of the runtime, and gives away memory that is needed again.
    while (delivered.length > 0) delivered.pop();
  }

  /** Loses what is on its way from one node to another; the next session counts anew. */
  lose(now: Instant, from: number, to: number): void {
    const line = this.#sessions.between(from, to);
    const { id } = this.#seats[from]!;
    for (const flight of this.#network.cut(now, line)) this.#flights.end(flight, id);
    this.#sessions.renew(line);
  }
}
