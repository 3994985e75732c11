/** Messages within a host, which arrive at the instant they are sent: they cross no link. */
export class LocalMessages {
  #tags: number[] = [];
  #sessions: number[] = [];
  #bytes: number[] = [];

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

  /** Appends the tags of all to `delivered`, in the order of sending; returns their bytes. */
  deliver(delivered: number[]): number {
    const { bytes } = this;
    for (const tag of this.#tags) delivered.push(tag);
    this.#tags.length = 0;
    this.#sessions.length = 0;
    this.#bytes.length = 0;
    return bytes;
  }

  /** Appends the tags of a session's messages to `lost`; returns their bytes. */
  drop(session: number, lost: number[]): number {
    const mine = this.#sessions.map(other => other === session);
    const before = this.bytes;
    lost.push(...this.#tags.filter((_, index) => mine[index]));
    this.#tags = this.#tags.filter((_, index) => !mine[index]);
    this.#bytes = this.#bytes.filter((_, index) => !mine[index]);
    this.#sessions = this.#sessions.filter((_, index) => !mine[index]);
    return before - this.bytes;
  }
}
