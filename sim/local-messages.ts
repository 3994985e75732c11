import type { UnderWay } from './under-way.ts';

/** Messages within a host, which arrive at the instant they are sent: they cross no link. */
export class LocalMessages {
  readonly #underWay: UnderWay;
  #tags: number[] = [];
  #sessions: number[] = [];
  #bytes: number[] = [];

  /** What is delivered or lost here is not under way any more. */
  constructor(underWay: UnderWay) {
    this.#underWay = underWay;
  }

  /** How many have not been delivered. */
  get count(): number {
    return this.#tags.length;
  }

  /** Bytes of those that have not been delivered. */
  get bytes(): number {
    return this.#bytes.reduce((sum, bytes) => sum + bytes, 0);
  }

  add(session: number, bytes: number, tag: number): void {
    this.#tags.push(tag);
    this.#sessions.push(session);
    this.#bytes.push(bytes);
  }

  /** Appends the tags of all to `delivered`, in the order of sending. */
  deliver(delivered: number[]): void {
    // Asked at every event, and nearly always in vain: to empty lists costs more than an event.
    if (this.#tags.length === 0) return;
    this.#underWay.remove(this.count, this.bytes);
    for (const tag of this.#tags) delivered.push(tag);
    this.#tags.length = 0;
    this.#sessions.length = 0;
    this.#bytes.length = 0;
  }

  /** Appends the tags of a session's messages to `lost`. */
  drop(session: number, lost: number[]): void {
    const mine = this.#sessions.map(other => other === session);
    const { count, bytes } = this;
    lost.push(...this.#tags.filter((_, index) => mine[index]));
    this.#tags = this.#tags.filter((_, index) => !mine[index]);
    this.#bytes = this.#bytes.filter((_, index) => !mine[index]);
    this.#sessions = this.#sessions.filter((_, index) => !mine[index]);
    this.#underWay.remove(count - this.count, bytes - this.bytes);
  }
}
