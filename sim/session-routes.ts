import { grownIntegers } from '../core/growth.ts';

const none = -1;

/**
 * The links that sessions cross, in one table. An array for each session would be a third of the
 * memory of a run with a million pairs of nodes.
 */
export class SessionRoutes {
  /** The links of an open session are `links[first[session]]` to `links[end[session] - 1]`. */
  links = new Int32Array(128);
  first = new Int32Array(0);
  end = new Int32Array(0);
  #used = 0;
  /** Places in `links` of sessions that were closed, by the lengths of their routes. */
  readonly #vacant = new Map<number, number[]>();

  /** Makes room for sessions 0 to `sessions - 1`. */
  grow(sessions: number): void {
    this.first = grownIntegers(this.first, sessions, none);
    this.end = grownIntegers(this.end, sessions, none);
  }

  isOpen(session: number): boolean {
    return (this.first[session] ?? none) !== none;
  }

  /** Whether an open session crosses no link: its messages stay within a host. */
  isLocal(session: number): boolean {
    return this.first[session] === this.end[session];
  }

  /** Gives a session, for which there is room, its links. */
  open(session: number, route: readonly number[]): void {
    const { length } = route;
    const first = this.#vacant.get(length)?.pop() ?? this.#claim(length);
    for (let hop = 0; hop < length; hop++) this.links[first + hop] = route[hop]!;
    this.first[session] = first;
    this.end[session] = first + length;
  }

  close(session: number): void {
    const first = this.first[session]!;
    const length = this.end[session]! - first;
    const vacant = this.#vacant.get(length);
    if (vacant === undefined) this.#vacant.set(length, [first]);
    else vacant.push(first);
    this.first[session] = none;
    this.end[session] = none;
  }

  /** The links of a session, as long as none is opened. */
  of(session: number): Int32Array {
    return this.links.subarray(this.first[session], this.end[session]);
  }

  /** The open sessions over a link, ascending. Costs a look at all. */
  over(link: number): number[] {
    const sessions: number[] = [];
    for (let session = 0; session < this.first.length; session++) {
      if (this.isOpen(session) && this.of(session).includes(link)) sessions.push(session);
    }
    return sessions;
  }

  #claim(length: number): number {
    const first = this.#used;
    this.#used += length;
    if (this.#used > this.links.length) {
      this.links = grownIntegers(this.links, Math.max(this.#used, 2 * this.links.length));
    }
    return first;
  }
}
