import { grownDoubles, grownIntegers } from '../core/growth.ts';
import type { Message } from '../core/message.ts';
import type { Input, Instant, NodeId } from '../core/node.ts';

const none = -1;

/** Messages on their way, by small reusable numbers, in tables: nothing is allocated for one. */
export class Flights {
  /** Per flight. Nodes are places in the list of nodes. */
  from = new Int32Array(64);
  to = new Int32Array(64);
  /** Number of the session between the two. */
  session = new Int32Array(64);
  /** Number of the message in its session. */
  sequence = new Int32Array(64);
  bytes = new Float64Array(64);
  sent = new Float64Array(64);
  /** Messages on their way. */
  size = 0;
  readonly #messages: (Message | undefined)[] = [];
  /** Of a vacant flight: the next one. */
  #vacant = none;
  #next = new Int32Array(64);

  begin(
    from: number,
    to: number,
    session: number,
    sequence: number,
    message: Message,
    bytes: number,
    sent: Instant
  ): number {
    let flight = this.#vacant;
    if (flight === none) {
      flight = this.#messages.length;
      if (flight === this.from.length) this.#grow(2 * flight);
    } else this.#vacant = this.#next[flight]!;
    this.from[flight] = from;
    this.to[flight] = to;
    this.session[flight] = session;
    this.sequence[flight] = sequence;
    this.bytes[flight] = bytes;
    this.sent[flight] = sent;
    this.#messages[flight] = message;
    this.size += 1;
    return flight;
  }

  /** The message of a flight; undefined for one that has ended. */
  at(flight: number): Message | undefined {
    return this.#messages[flight];
  }

  message(flight: number): Message {
    const message = this.at(flight);
    if (message === undefined) throw new Error(`there is no message ${flight} on its way`);
    return message;
  }

  /** A message of `from` has arrived: its number may be given to a later one. Returns what it is. */
  end(flight: number, from: NodeId): Input {
    const message = this.message(flight);
    this.#messages[flight] = undefined;
    this.#next[flight] = this.#vacant;
    this.#vacant = flight;
    this.size -= 1;
    const session = this.session[flight]!;
    return { kind: 'message', from, session, sequence: this.sequence[flight]!, message };
  }

  #grow(room: number): void {
    this.from = grownIntegers(this.from, room);
    this.to = grownIntegers(this.to, room);
    this.session = grownIntegers(this.session, room);
    this.sequence = grownIntegers(this.sequence, room);
    this.bytes = grownDoubles(this.bytes, room);
    this.sent = grownDoubles(this.sent, room);
    this.#next = grownIntegers(this.#next, room);
  }
}
