/**
 * One session: messages between two nodes over one connection, in order of their priorities on the
 * way out and in order of their coming on the way in.
 */

import { FrameError, type FrameOptions } from '../../core/codec/frame.ts';
import {
  decode,
  decodeTransport,
  encode,
  encodeTransport,
  frameKind,
  isTransportKind
} from '../../core/codec.ts';
import { type Message, trafficClass } from '../../core/message.ts';
import type { NodeId } from '../../core/node.ts';
import type { Clock } from '../clock.ts';
import type { Connection, ConnectionOwner } from './connection.ts';
import { DelayLine } from './delay-line.ts';
import { SendQueue } from './send-queue.ts';
import type { Route } from './shaper.ts';
import type { Traffic } from './traffic.ts';
import type { Chunk, UplinkSource } from './uplink.ts';

/** A peer in one session. */
export interface SessionPeer {
  readonly id: NodeId;
  readonly incarnation: number;
  readonly life: string;
  readonly session: number;
}

/** Who is told what happens in a session. */
export interface SessionOwner {
  /**
   * A message. `sequence` is its number among those of the session, from 0, in the order in which
   * the other node sent them: what overtook others by its priority has a higher one.
   */
  message(peer: SessionPeer, sequence: number, message: Message): void;
  /** The queue had been above its high mark and is below its low one; so many bytes fit now. */
  drained(peer: SessionPeer, credit: number): void;
  /** Over, with the reason where it is known. */
  down(session: Session, error: Error | null): void;
}

/** Bytes in a sending queue above which a node should hold back, and below which it may go on. */
export interface QueueMarks {
  readonly highBytes: number;
  readonly lowBytes: number;
}

export interface SessionOptions {
  readonly clock: Clock;
  readonly frames: FrameOptions;
  readonly traffic: Traffic;
  readonly marks: QueueMarks;
  /** How its bytes are held back; null where nothing is enforced. */
  readonly route: Route | null;
  /**
   * Whether its bytes count as those of the node's links: not for what evaluates and coordinates.
   */
  readonly counted: boolean;
}

/** What is given to the socket at once: frames after it wait here, where priorities still act. */
const unwrittenBytesMax = 65_536;

/**
 * Kind of a frame that says the number of the message behind it, where that is not one more than
 * the number before: numbers say the order of sending, and priorities change that of leaving.
 */
const sequenceKind = 210;

interface Arrival {
  readonly sequence: number;
  readonly message: Message;
}

export class Session implements ConnectionOwner, UplinkSource {
  readonly peer: SessionPeer;
  readonly #connection: Connection;
  readonly #options: SessionOptions;
  readonly #owner: SessionOwner;
  readonly #queue = new SendQueue();
  readonly #arrivals: DelayLine<Arrival>;
  /** Messages sent; and the number after that of the last one that left, or came in. */
  #sent = 0;
  #nextOut = 0;
  #nextIn = 0;
  #full = false;
  #inRound = false;
  /** Faults have acted on it: arrivals pass the line from then on, in order. */
  #gated = false;
  #extraNanos = 0;
  /** When the bytes received so far have passed this node's downlink. */
  #through = 0;

  constructor(
    connection: Connection,
    peer: SessionPeer,
    options: SessionOptions,
    owner: SessionOwner
  ) {
    this.peer = peer;
    this.#connection = connection;
    this.#options = options;
    this.#owner = owner;
    this.#arrivals = new DelayLine(options.clock, arrival => this.#deliver(arrival));
  }

  /** Bytes that wait to be taken by the kernel. */
  get queued(): number {
    return this.#queue.bytes + this.#connection.unwritten;
  }

  send(message: Message, priority: number): void {
    const { frames, traffic, marks } = this.#options;
    const parts = encode(message, frames);
    const bytes = parts.reduce((sum, part) => sum + part.length, 0);
    traffic.sent(message.kind, bytes);
    this.#queue.add({ parts, bytes, sequence: this.#sent++ }, priority);
    this.#push();
    if (this.queued > marks.highBytes) this.#full = true;
  }

  /** What comes in from now on is held, or handed on later by so much; what is held goes on in order. */
  gate(held: boolean, extraNanos: number): void {
    this.#gated = true;
    this.#extraNanos = extraNanos;
    this.#arrivals.hold(held);
  }

  /** Closes when everything queued has left. */
  end(): void {
    for (;;) {
      const chunk = this.#take(Number.MAX_SAFE_INTEGER);
      if (chunk === null) break;
      this.#connection.write(chunk.parts);
    }
    this.#connection.end();
  }

  /** Closes at once. */
  destroy(error: Error | null = null): void {
    this.#connection.destroy(error);
  }

  received(bytes: number): void {
    const { clock, traffic, route, counted } = this.#options;
    if (!counted && route === null) return;
    const now = clock.now();
    if (counted) traffic.came(bytes, now);
    this.#through = route === null ? now : route.arrive(bytes, now, this.#connection.pending > 0);
  }

  frame(frame: Uint8Array): void {
    if (isTransportKind(frameKind(frame))) {
      this.#nextIn = sequenceOf(frame);
      return;
    }
    const arrival = { sequence: this.#nextIn++, message: decode(frame, this.#options.frames) };
    const { route, clock } = this.#options;
    if (route === null && !this.#gated) {
      this.#deliver(arrival);
      return;
    }
    const at = route === null ? clock.now() : this.#through + latencyNanos(arrival.message, route);
    this.#arrivals.add(arrival, at + this.#extraNanos);
  }

  failed(error: FrameError): void {
    this.#connection.destroy(error);
  }

  flushed(): void {
    if (this.#options.route?.uplink == null) this.#push();
    const { highBytes, lowBytes } = this.#options.marks;
    if (!this.#full || this.queued > lowBytes) return;
    this.#full = false;
    this.#owner.drained(this.peer, highBytes - this.queued);
  }

  closed(error: Error | null): void {
    this.#options.route?.uplink?.remove(this);
    this.#arrivals.clear();
    this.#owner.down(this, error);
  }

  take(limit: number): Chunk | null {
    const chunk = this.#take(limit);
    this.#inRound = chunk !== null;
    return chunk;
  }

  write(parts: readonly Uint8Array[]): void {
    const { clock, traffic, counted } = this.#options;
    if (counted) {
      const bytes = parts.reduce((sum, part) => sum + part.length, 0);
      traffic.left(bytes, clock.now());
    }
    this.#connection.write(parts);
  }

  #push(): void {
    const uplink = this.#options.route?.uplink ?? null;
    if (uplink !== null) {
      if (!this.#inRound && this.#queue.bytes > 0) {
        this.#inRound = true;
        uplink.request(this);
      }
      return;
    }
    while (this.#connection.unwritten < unwrittenBytesMax) {
      const chunk = this.#take(Number.MAX_SAFE_INTEGER);
      if (chunk === null) return;
      this.write(chunk.parts);
    }
  }

  #take(limit: number): Chunk | null {
    const departure = this.#queue.take(limit);
    if (departure === null) return null;
    const { parts, begins, ends: last } = departure;
    if (begins === null) return { parts, last };
    const inOrder = begins === this.#nextOut;
    this.#nextOut = begins + 1;
    return { parts: inOrder ? parts : [sequenceFrame(begins), ...parts], last };
  }

  #deliver({ sequence, message }: Arrival): void {
    this.#owner.message(this.peer, sequence, message);
  }
}

// The environment's network does not carry what evaluates; it stays in the order of its session.
function latencyNanos(message: Message, route: Route): number {
  return trafficClass[message.kind] === 'evaluation' ? 0 : route.latencyNanos;
}

function sequenceFrame(sequence: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setFloat64(0, sequence, true);
  return encodeTransport(sequenceKind, bytes);
}

function sequenceOf(frame: Uint8Array): number {
  const { kind, bytes } = decodeTransport(frame);
  if (kind !== sequenceKind || bytes.length !== 8) {
    throw new FrameError(`kind ${kind} where a session has messages and their numbers`, 3);
  }
  const sequence = new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0, true);
  if (Number.isSafeInteger(sequence) && sequence >= 0) return sequence;
  throw new FrameError(`${sequence} is no number of a message`, 24);
}
