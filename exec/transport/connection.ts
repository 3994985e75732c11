/**
 * A socket that carries frames. Bytes are read by the kernel straight into the frame reader's
 * memory where the socket can be told so (`onread`), and copied there from 'data' events where it
 * cannot.
 */
import { connect, type OnReadOpts, Socket, type SocketConstructorOpts } from 'node:net';
import { FrameError } from '../../core/codec/frame.ts';
import type { FrameReader } from '../../core/codec/frame-reader.ts';
import type { Address } from './address.ts';

/** Who handles what a connection brings. */
export interface ConnectionOwner {
  /** So many bytes have come in. */
  received(bytes: number): void;
  /** A whole frame, in memory of its own. */
  frame(frame: Uint8Array): void;
  /** The stream cannot be read, or `frame` threw a `FrameError`: to be destroyed or abandoned. */
  failed(error: FrameError): void;
  /** What was written has left this process's buffers in part or in whole. */
  flushed(): void;
  /** Over: why, or null when the other end closed it in order between two frames. Called once. */
  closed(error: Error | null): void;
}

/** Most bytes of one read. Larger reads were not measured to be faster. */
const readBytesMax = 262_144;

/** After so long without a byte the kernel asks whether the other host is still there. */
const keepAliveMillis = 15_000;

/** Where the bytes of abandoned connections go: nobody looks at them. */
const discarded = new Uint8Array(65_536);
/** How long an abandoned connection is kept for the other end to read what it is told. */
const lingerMillis = 1000;

/** A stream of frames over TCP or a Unix socket. */
export class Connection {
  readonly #reader: FrameReader;
  readonly #socket: Socket;
  #owner: ConnectionOwner;
  #closed = false;
  #error: Error | null = null;

  private constructor(
    reader: FrameReader,
    owner: ConnectionOwner,
    open: (onread: OnReadOpts) => Socket
  ) {
    this.#reader = reader;
    this.#owner = owner;
    this.#socket = open({
      buffer: () => this.#target(),
      callback: count => {
        this.#received(count);
        return true;
      }
    });
    this.#listen();
  }

  /** Begins to dial. Whether it succeeds is told by `connected` or by the owner's `closed`. */
  static dial(
    address: Address,
    reader: FrameReader,
    owner: ConnectionOwner,
    connected: () => void
  ): Connection {
    const place =
      address.kind === 'unix' ? { path: address.path } : { host: address.host, port: address.port };
    const open = (onread: OnReadOpts): Socket =>
      connect({ ...place, noDelay: true, onread }, connected);
    return new Connection(reader, owner, open);
  }

  /** Takes over a socket that a paused server has accepted. */
  static accept(accepted: Socket, reader: FrameReader, owner: ConnectionOwner): Connection {
    const open = (onread: OnReadOpts): Socket => reopened(accepted, onread) ?? accepted;
    const connection = new Connection(reader, owner, open);
    const socket = connection.#socket;
    if (socket === accepted) socket.on('data', chunk => connection.#copy(chunk));
    socket.setNoDelay(true);
    socket.resume();
    return connection;
  }

  /** Hands everything that comes from now on to another owner. */
  handTo(owner: ConnectionOwner): void {
    this.#owner = owner;
  }

  /** Frames of up to so many bytes are accepted from the next header on. */
  set maxFrameBytes(bytes: number) {
    this.#reader.maxFrameBytes = bytes;
  }

  /** `10.0.0.2:4711` of the other end, or `unix` where it has no name. */
  get remote(): string {
    const { remoteAddress, remotePort } = this.#socket;
    return remoteAddress === undefined ? 'unix' : `${remoteAddress}:${remotePort}`;
  }

  /** This end's address in the network, without its port; null for a Unix socket. */
  get localHost(): string | null {
    return this.#socket.localAddress?.replace(/^::ffff:/, '') ?? null;
  }

  /** Bytes handed to `write` that the kernel has not taken yet. */
  get unwritten(): number {
    return this.#socket.writableLength;
  }

  /** Bytes of a frame that has come in in part; what `received` tells is not among them yet. */
  get pending(): number {
    return this.#reader.pending;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Writes parts one after another, in one gathering write, without joining them. */
  write(parts: readonly Uint8Array[]): void {
    if (this.#socket.destroyed || this.#socket.writableEnded) return;
    if (parts.length > 1) this.#socket.cork();
    for (let i = 0; i < parts.length - 1; i++) this.#socket.write(parts[i]!);
    this.#socket.write(parts[parts.length - 1]!, this.#flushed);
    if (parts.length > 1) this.#socket.uncork();
  }

  /** Writes what is written so far, then closes. */
  end(): void {
    if (!this.#socket.destroyed) this.#socket.end();
  }

  /** Closes at once; what is not written is lost. */
  destroy(error: Error | null = null): void {
    this.#error ??= error;
    this.#socket.destroy();
  }

  /**
   * Says one last thing and closes when the other end has read it, or after a second. Bytes that
   * still come are discarded: closing over unread bytes would reset the connection, and with it
   * destroy what was said.
   */
  abandon(error: Error, lastWords: Uint8Array): void {
    if (this.#error !== null || this.#socket.destroyed) return;
    this.#error = error;
    this.#socket.end(lastWords);
    const timer = setTimeout(() => this.#socket.destroy(), lingerMillis);
    this.#socket.once('close', () => clearTimeout(timer));
  }

  readonly #flushed = (): void => {
    if (!this.#closed) this.#owner.flushed();
  };

  #listen(): void {
    const socket = this.#socket;
    socket.setKeepAlive(true, keepAliveMillis);
    socket.on('error', error => {
      this.#error ??= error;
    });
    socket.on('end', () => {
      const { pending } = this.#reader;
      if (pending > 0) this.#error ??= new Error(`closed ${pending} bytes into a frame`);
      socket.end();
    });
    socket.on('close', () => {
      if (this.#closed) return;
      this.#closed = true;
      this.#owner.closed(this.#error);
    });
  }

  // A reader that has failed throws at every call; its connection is being destroyed.
  #target(): Uint8Array {
    if (this.#error !== null) return discarded;
    return this.#reader.target().subarray(0, readBytesMax);
  }

  #received(count: number): void {
    if (this.#error !== null || this.#socket.destroyed) return;
    try {
      this.#owner.received(count);
      for (const frame of this.#reader.filled(count) ?? []) this.#frame(frame);
    } catch (error) {
      // Anything else is a mistake of this program and not of the other end.
      if (!(error instanceof FrameError)) throw error;
      this.#owner.failed(error);
    }
  }

  #copy(chunk: Uint8Array): void {
    for (let taken = 0; taken < chunk.length && this.#error === null; ) {
      const target = this.#target();
      const part = chunk.subarray(taken, taken + target.length);
      target.set(part);
      taken += part.length;
      this.#received(part.length);
    }
  }

  // The owner may have ended the connection while it handled the frame before.
  #frame(frame: Uint8Array): void {
    if (this.#error === null && !this.#socket.destroyed) this.#owner.frame(frame);
  }
}

/**
 * A second socket over the handle of an accepted one, with `onread`: Node has that option for
 * sockets that dial only. Null where the handle is not to be had.
 */
export function reopened(accepted: Socket, onread: OnReadOpts): Socket | null {
  const handle: unknown = Reflect.get(accepted, '_handle');
  if (typeof handle !== 'object' || handle === null) return null;
  if (typeof Reflect.get(handle, 'useUserBuffer') !== 'function') return null;
  const options = { handle, readable: true, writable: true, onread };
  const socket = new Socket(options as SocketConstructorOpts);
  // The server counts the first one: it is closed, without its handle, when the second is.
  Reflect.set(accepted, '_handle', null);
  socket.on('close', () => accepted.destroy());
  return socket;
}
