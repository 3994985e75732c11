import { grownBytes, grownDoubles, grownIntegers } from '../core/growth.ts';

const none = -1;

/** What is under way in a chunk network: messages that have begun to leave, and their chunks. */
export class Flights {
  readonly #chunkBytes: number;

  /** Per message: bytes, those that have not left yet, tag, and the one of its session behind it. */
  #size = new Float64Array(64);
  #rest = new Float64Array(64);
  #tag = new Float64Array(64);
  #behind = new Int32Array(64);
  #vacantMessage = none;
  #messages = 0;

  /** Per session: its messages under way in order, and the one that is leaving. */
  #first = new Int32Array(0);
  #last = new Int32Array(0);
  #leaving = new Int32Array(0);

  /** Per chunk: its session and that one's life, hops behind it, bytes, whether it ends a message. */
  #session = new Int32Array(256);
  #life = new Int32Array(256);
  #hop = new Int32Array(256);
  #bytes = new Float64Array(256);
  #ends = new Uint8Array(256);
  #vacantChunk = none;
  #chunks = 0;

  constructor(chunkBytes: number) {
    this.#chunkBytes = chunkBytes;
  }

  /** Makes room for sessions 0 to `sessions - 1`. */
  grow(sessions: number): void {
    this.#first = grownIntegers(this.#first, sessions, none);
    this.#last = grownIntegers(this.#last, sessions, none);
    this.#leaving = grownIntegers(this.#leaving, sessions, none);
  }

  /** Whether a message of the session has begun to leave and has bytes to go. */
  leaving(session: number): boolean {
    return this.#leaving[session] !== none;
  }

  /** A message begins to leave, once the one before it has left. */
  begin(session: number, bytes: number, tag: number): void {
    const message = this.#claimMessage();
    this.#size[message] = bytes;
    this.#rest[message] = bytes;
    this.#tag[message] = tag;
    this.#behind[message] = none;
    const last = this.#last[session]!;
    if (last === none) this.#first[session] = message;
    else this.#behind[last] = message;
    this.#last[session] = message;
    this.#leaving[session] = message;
  }

  /** The next chunk of the message that is leaving. One without bytes is a chunk without bytes. */
  nextChunk(session: number, life: number): number {
    const message = this.#leaving[session]!;
    const chunk = this.#claimChunk();
    const bytes = Math.min(this.#chunkBytes, this.#rest[message]!);
    const rest = this.#rest[message]! - bytes;
    this.#rest[message] = rest;
    if (rest === 0) this.#leaving[session] = none;
    this.#session[chunk] = session;
    this.#life[chunk] = life;
    this.#hop[chunk] = 0;
    this.#bytes[chunk] = bytes;
    this.#ends[chunk] = rest === 0 ? 1 : 0;
    return chunk;
  }

  session(chunk: number): number {
    return this.#session[chunk]!;
  }

  life(chunk: number): number {
    return this.#life[chunk]!;
  }

  hop(chunk: number): number {
    return this.#hop[chunk]!;
  }

  chunkBytes(chunk: number): number {
    return this.#bytes[chunk]!;
  }

  /** Whether a message ends with the chunk. */
  ends(chunk: number): boolean {
    return this.#ends[chunk] === 1;
  }

  /** A chunk has passed a hop; returns the number of the next one. */
  goOn(chunk: number): number {
    return ++this.#hop[chunk]!;
  }

  /** Gives the slot of a chunk back. */
  releaseChunk(chunk: number): void {
    this.#bytes[chunk] = this.#vacantChunk;
    this.#vacantChunk = chunk;
  }

  /** Bytes and tag of the session's first message under way. */
  firstBytes(session: number): number {
    return this.#size[this.#first[session]!]!;
  }

  firstTag(session: number): number {
    return this.#tag[this.#first[session]!]!;
  }

  /** The session's first message under way is there. */
  land(session: number): void {
    const message = this.#first[session]!;
    this.#first[session] = this.#behind[message]!;
    if (this.#first[session] === none) this.#last[session] = none;
    if (this.#leaving[session] === message) this.#leaving[session] = none;
    this.#behind[message] = this.#vacantMessage;
    this.#vacantMessage = message;
  }

  /** Forgets the messages under way of a session: tags into `lost`, in order. Returns the bytes. */
  drop(session: number, lost: number[]): number {
    let bytes = 0;
    while (this.#first[session] !== none) {
      lost.push(this.firstTag(session));
      bytes += this.firstBytes(session);
      this.land(session);
    }
    return bytes;
  }

  /** Number and bytes of a session's messages under way; walks them. */
  flying(session: number): { messages: number; bytes: number } {
    let messages = 0;
    let bytes = 0;
    for (let at = this.#first[session]!; at !== none; at = this.#behind[at]!) {
      messages++;
      bytes += this.#size[at]!;
    }
    return { messages, bytes };
  }

  #claimMessage(): number {
    const vacant = this.#vacantMessage;
    if (vacant !== none) {
      this.#vacantMessage = this.#behind[vacant]!;
      return vacant;
    }
    if (this.#messages === this.#size.length) {
      const room = 2 * this.#messages;
      this.#size = grownDoubles(this.#size, room);
      this.#rest = grownDoubles(this.#rest, room);
      this.#tag = grownDoubles(this.#tag, room);
      this.#behind = grownIntegers(this.#behind, room);
    }
    return this.#messages++;
  }

  #claimChunk(): number {
    const vacant = this.#vacantChunk;
    if (vacant !== none) {
      this.#vacantChunk = this.#bytes[vacant]!;
      return vacant;
    }
    if (this.#chunks === this.#bytes.length) {
      const room = 2 * this.#chunks;
      this.#session = grownIntegers(this.#session, room);
      this.#life = grownIntegers(this.#life, room);
      this.#hop = grownIntegers(this.#hop, room);
      this.#bytes = grownDoubles(this.#bytes, room);
      this.#ends = grownBytes(this.#ends, room);
    }
    return this.#chunks++;
  }
}
