import { grownDoubles, grownIntegers } from '../core/growth.ts';

const none = -1;

/**
 * The messages that wait in their senders, a queue per session. Messages pass in order of being
 * sent, or by priority where a lower number has been given: a choice that the sender makes whenever
 * the one before has left, among the messages it has by then.
 *
 * A message is `ready` one latency after it is sent. The network models the latency first and the
 * bandwidth after it, so the sender's choice at some time appears one latency later: at a message
 * boundary the candidates are those that are ready.
 *
 * Slots and links between them live in typed arrays: nothing is allocated for a message.
 */
export class Outbox {
  /** Per message. */
  #bytes = new Float64Array(64);
  #ready = new Float64Array(64);
  #priority = new Float64Array(64);
  #tag = new Float64Array(64);
  #next = new Int32Array(64);
  #vacant = none;
  #used = 0;

  /** Per session: a list in order of sending, and one of ready messages in order of leaving. */
  #sentFirst = new Int32Array(0);
  #sentLast = new Int32Array(0);
  #readyFirst = new Int32Array(0);
  #readyLast = new Int32Array(0);

  /** Makes room for sessions 0 to `sessions - 1`. */
  grow(sessions: number): void {
    this.#sentFirst = grownIntegers(this.#sentFirst, sessions, none);
    this.#sentLast = grownIntegers(this.#sentLast, sessions, none);
    this.#readyFirst = grownIntegers(this.#readyFirst, sessions, none);
    this.#readyLast = grownIntegers(this.#readyLast, sessions, none);
  }

  /** Queues a message; `ready` in nanoseconds. */
  add(session: number, bytes: number, ready: number, priority: number, tag: number): void {
    const message = this.#claim();
    this.#bytes[message] = bytes;
    this.#ready[message] = ready;
    this.#priority[message] = priority;
    this.#tag[message] = tag;
    this.#next[message] = none;
    const last = this.#sentLast[session]!;
    if (last === none) this.#sentFirst[session] = message;
    else this.#next[last] = message;
    this.#sentLast[session] = message;
  }

  /**
   * Takes the message that leaves next out of the queue of a session whose line is free at `now`;
   * -1 when none is ready. Its bytes and tag stay readable until it is released.
   */
  take(session: number, now: number): number {
    let sent = this.#sentFirst[session]!;
    while (sent !== none && this.#ready[sent]! <= now) {
      const after = this.#next[sent]!;
      this.#enqueueReady(session, sent);
      sent = after;
    }
    this.#sentFirst[session] = sent;
    if (sent === none) this.#sentLast[session] = none;
    const first = this.#readyFirst[session]!;
    if (first === none) return none;
    this.#readyFirst[session] = this.#next[first]!;
    if (this.#readyFirst[session] === none) this.#readyLast[session] = none;
    return first;
  }

  /** When the first message of a session without ready ones will be; Infinity when it has none. */
  nextReady(session: number): number {
    const first = this.#sentFirst[session]!;
    return first === none ? Infinity : this.#ready[first]!;
  }

  bytes(message: number): number {
    return this.#bytes[message]!;
  }

  tag(message: number): number {
    return this.#tag[message]!;
  }

  /** Gives the slot of a message back. */
  release(message: number): void {
    this.#next[message] = this.#vacant;
    this.#vacant = message;
  }

  /** Empties the queue of a session into `lost`: tags in the order of leaving. Returns the bytes. */
  drop(session: number, lost: number[]): number {
    let bytes = 0;
    for (let message = this.take(session, Infinity); message !== none; ) {
      lost.push(this.#tag[message]!);
      bytes += this.#bytes[message]!;
      this.release(message);
      message = this.take(session, Infinity);
    }
    return bytes;
  }

  /** Number and bytes of the messages that wait in a session; walks the queue. */
  waiting(session: number): { messages: number; bytes: number } {
    let messages = 0;
    let bytes = 0;
    for (const first of [this.#readyFirst[session]!, this.#sentFirst[session]!]) {
      for (let message = first; message !== none; message = this.#next[message]!) {
        messages++;
        bytes += this.#bytes[message]!;
      }
    }
    return { messages, bytes };
  }

  /** Inserts behind the ready messages of the same or a lower number. */
  #enqueueReady(session: number, message: number): void {
    const priority = this.#priority[message]!;
    const last = this.#readyLast[session]!;
    if (last === none || this.#priority[last]! <= priority) {
      this.#next[message] = none;
      if (last === none) this.#readyFirst[session] = message;
      else this.#next[last] = message;
      this.#readyLast[session] = message;
      return;
    }
    let before = none;
    let after = this.#readyFirst[session]!;
    while (this.#priority[after]! <= priority) {
      before = after;
      after = this.#next[after]!;
    }
    this.#next[message] = after;
    if (before === none) this.#readyFirst[session] = message;
    else this.#next[before] = message;
  }

  #claim(): number {
    const vacant = this.#vacant;
    if (vacant !== none) {
      this.#vacant = this.#next[vacant]!;
      return vacant;
    }
    if (this.#used === this.#bytes.length) {
      const room = 2 * this.#used;
      this.#bytes = grownDoubles(this.#bytes, room);
      this.#ready = grownDoubles(this.#ready, room);
      this.#priority = grownDoubles(this.#priority, room);
      this.#tag = grownDoubles(this.#tag, room);
      this.#next = grownIntegers(this.#next, room, none);
    }
    return this.#used++;
  }
}
