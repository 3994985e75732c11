import type { Config } from '../core/config.ts';
import { grownIntegers } from '../core/growth.ts';

const none = -1;

/** Directed sessions, numbered as they are first used, and the messages of each counted. */
export class Sessions {
  /** By sender: the session to each receiver, -1 where there is none yet. */
  readonly #numbers: Int32Array[];
  #sequences = new Int32Array(64);
  #count = 0;

  constructor(nodes: number) {
    this.#numbers = Array.from({ length: nodes }, () => new Int32Array(0));
  }

  /** The session from one node to another. */
  between(from: number, to: number): number {
    const session = this.#numbers[from]![to];
    return session === undefined || session === none ? this.#open(from, to) : session;
  }

  /** The number of the next message of a session: from 0 up. */
  nextSequence(session: number): number {
    return this.#sequences[session]!++;
  }

  /** A session has ended: the next one between the same two counts from 0 again. */
  renew(session: number): void {
    this.#sequences[session] = 0;
  }

  #open(from: number, to: number): number {
    let numbers = this.#numbers[from]!;
    if (to >= numbers.length) {
      numbers = grownIntegers(numbers, to + 1 + (numbers.length >> 1), none);
      this.#numbers[from] = numbers;
    }
    const session = this.#count++;
    if (session === this.#sequences.length) {
      this.#sequences = grownIntegers(this.#sequences, 2 * session);
    }
    numbers[to] = session;
    return session;
  }
}

/**
 * Tells every two who meet at the start of each other, by their places in the list of `nodeIds`:
 * everybody meets the coordinator, and workers the servers. Sessions cost nothing.
 */
export function meetAll(
  { servers, workers }: Config,
  tell: (node: number, peer: number) => void
): void {
  const meet = (one: number, other: number): void => {
    tell(one, other);
    tell(other, one);
  };
  for (let node = 1; node <= servers + workers; node++) {
    meet(node, 0);
    if (node <= servers) continue;
    for (let server = 1; server <= servers; server++) meet(node, server);
  }
}
