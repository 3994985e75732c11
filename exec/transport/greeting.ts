/**
 * A handshake over a connection: within a deadline, and hostile bytes end nothing but their own.
 */
import type { FrameError } from '../../core/codec/frame.ts';
import { headerBytes } from '../../core/codec/frame.ts';
import type { Connection, ConnectionOwner } from './connection.ts';
import type { HandshakeStep, Peer } from './handshake.ts';
import { HandshakeError } from './handshake-error.ts';
import { refusal, unprovedBytesMax } from './handshake-frame.ts';

/** Longest frame before the token is proved. */
export const unprovedFrameBytesMax = headerBytes + unprovedBytesMax;
/** How long a handshake may take. */
export const handshakeMillisMax = 5000;

/** Either state machine of `handshake.ts`. */
interface Machine {
  receive(frame: Uint8Array): HandshakeStep;
}

export interface GreetingOptions {
  readonly connection: () => Connection;
  readonly machine: Machine;
  /** Longest frame once the other end has proved itself. */
  readonly maxFrameBytes: number;
  readonly deadlineMillis?: number;
  /** Takes the connection over; whoever it returns gets everything that follows. */
  readonly opened: (connection: Connection, peer: Peer) => ConnectionOwner;
  readonly refused: (error: HandshakeError) => void;
}

/** Owns a connection until the handshake is over. Calls `opened` or `refused`, once. */
export class Greeting implements ConnectionOwner {
  readonly #options: GreetingOptions;
  readonly #deadline: NodeJS.Timeout;
  #peer: Peer | null = null;
  #over = false;

  constructor(options: GreetingOptions) {
    const { deadlineMillis = handshakeMillisMax } = options;
    this.#options = options;
    this.#deadline = setTimeout(() => {
      const seconds = deadlineMillis / 1000;
      this.#fail(new HandshakeError('deadline', `the handshake took more than ${seconds} s`));
    }, deadlineMillis);
  }

  received(): void {}

  flushed(): void {}

  frame(frame: Uint8Array): void {
    const { machine, maxFrameBytes, opened } = this.#options;
    const connection = this.#options.connection();
    let step: HandshakeStep;
    try {
      step = machine.receive(frame);
    } catch (error) {
      if (!(error instanceof HandshakeError)) throw error;
      this.#fail(error);
      return;
    }
    if (step.reply !== null) connection.write([step.reply]);
    if (step.proved !== null) {
      this.#peer = step.proved;
      connection.maxFrameBytes = maxFrameBytes;
    }
    if (!step.done || this.#peer === null) return;
    this.#end();
    connection.handTo(opened(connection, this.#peer));
  }

  failed(error: FrameError): void {
    this.#fail(new HandshakeError('malformed', error.message));
  }

  closed(error: Error | null): void {
    if (this.#over) return;
    this.#end();
    const why = error?.message ?? 'the other end closed the connection';
    this.#options.refused(new HandshakeError('closed', why));
  }

  #fail(error: HandshakeError): void {
    if (this.#over) return;
    this.#end();
    const connection = this.#options.connection();
    if (error.told) connection.destroy(error);
    else connection.abandon(error, refusal(error));
    this.#options.refused(error);
  }

  #end(): void {
    this.#over = true;
    clearTimeout(this.#deadline);
  }
}
