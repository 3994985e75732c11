import type { Config } from '../core/config.ts';

/** Directed sessions, numbered as they are first used, and the messages of each counted. */
export class Sessions {
  readonly #nodes: number;
  /** By sender times nodes plus receiver. */
  readonly #numbers = new Map<number, number>();
  readonly #sequences: number[] = [];

  constructor(nodes: number) {
    this.#nodes = nodes;
  }

  /** The session from one node to another. */
  between(from: number, to: number): number {
    const key = from * this.#nodes + to;
    let session = this.#numbers.get(key);
    if (session === undefined) {
      session = this.#sequences.length;
      this.#numbers.set(key, session);
      this.#sequences.push(0);
    }
    return session;
  }

  /** The number of the next message of a session: from 0 up. */
  nextSequence(session: number): number {
    return this.#sequences[session]!++;
  }
}

/**
 * Who meets whom at the start, as pairs of the nodes that `nodeIds` lists: everybody the coordinator,
 * and workers the servers. Sessions cost nothing.
 */
export function meetings({ servers, workers }: Config): [number, number][] {
  const pairs: [number, number][] = [];
  for (let node = 1; node <= servers + workers; node++) {
    pairs.push([node, 0]);
    if (node <= servers) continue;
    for (let server = 1; server <= servers; server++) pairs.push([node, server]);
  }
  return pairs;
}
