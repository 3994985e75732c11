import type { LinkStatistics } from './link-usage.ts';
import type { Network } from './network.ts';

/** No latency and bandwidth without bound: what is sent arrives at that instant, in that order. */
export class IdealNetwork implements Network {
  readonly controls = null;
  #now = 0;
  #sessions: number[] = [];
  #tags: number[] = [];
  #bytes: number[] = [];

  send(
    now: number,
    _fromHost: number,
    _toHost: number,
    session: number,
    bytes: number,
    _priority: number,
    tag: number
  ): void {
    this.#now = now;
    this.#sessions.push(session);
    this.#tags.push(tag);
    this.#bytes.push(bytes);
  }

  nextEvent(): number {
    return this.#tags.length > 0 ? this.#now : Infinity;
  }

  advance(_now: number, delivered: number[]): void {
    for (const tag of this.#tags) delivered.push(tag);
    this.#sessions.length = 0;
    this.#tags.length = 0;
    this.#bytes.length = 0;
  }

  cut(_now: number, session: number): number[] {
    const lost = this.#tags.filter((_, index) => this.#sessions[index] === session);
    this.#tags = this.#tags.filter((_, index) => this.#sessions[index] !== session);
    this.#bytes = this.#bytes.filter((_, index) => this.#sessions[index] !== session);
    this.#sessions = this.#sessions.filter(other => other !== session);
    return lost;
  }

  latencyNanos(_session: number): number {
    return 0;
  }

  underWay(): { readonly messages: number; readonly bytes: number } {
    const bytes = this.#bytes.reduce((sum, one) => sum + one, 0);
    return { messages: this.#tags.length, bytes };
  }

  links(): readonly LinkStatistics[] {
    return [];
  }

  check(): void {}
}
