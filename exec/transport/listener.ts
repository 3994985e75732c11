/** Accepts connections and proves who both ends are, before anybody is told of them. */
import { unlinkSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { FrameReader } from '../../core/codec/frame-reader.ts';
import type { Address } from './address.ts';
import { checksum } from './checksum.ts';
import { Connection, type ConnectionOwner } from './connection.ts';
import { Greeting, unprovedFrameBytesMax } from './greeting.ts';
import { AcceptingHandshake, type Admit, type HandshakeOptions, type Peer } from './handshake.ts';
import { HandshakeError } from './handshake-error.ts';
import { type PeerName, refusal } from './handshake-frame.ts';

export interface ListenerOptions extends HandshakeOptions {
  readonly admit: Admit;
  /** The least number that the next session with this peer may have here. */
  readonly sessionFor?: (name: PeerName) => number;
  /** Longest frame that is accepted after the handshake. */
  readonly maxFrameBytes: number;
  readonly deadlineMillis?: number;
  /** Connections that may be in their handshake at once. */
  readonly unprovedMax?: number;
  /** Memory for frames: see `FrameReader`. */
  readonly allocate?: (length: number) => Uint8Array;
  readonly opened: (connection: Connection, peer: Peer) => ConnectionOwner;
  /** A handshake that came to nothing; `remote` says with whom. */
  readonly refused: (error: HandshakeError, remote: string) => void;
}

const unprovedDefault = 128;

/** A listening socket. */
export class Listener {
  /** Where it really listens: the port that was free, where any was asked for. */
  readonly address: Address;
  readonly #server: Server;
  readonly #options: ListenerOptions;
  #unproved = 0;

  private constructor(server: Server, address: Address, options: ListenerOptions) {
    this.#server = server;
    this.#options = options;
    this.address = address;
    server.on('connection', socket => this.#accept(socket));
  }

  /** Begins to listen. Rejects with the system's error: address in use, not ours, not permitted. */
  static async open(address: Address, options: ListenerOptions): Promise<Listener> {
    const server = createServer({ pauseOnConnect: true, noDelay: true });
    const place =
      address.kind === 'unix' ? { path: address.path } : { host: address.host, port: address.port };
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(place, () => {
        server.off('error', reject);
        resolve();
      });
    });
    const bound = server.address();
    if (address.kind === 'unix' || bound === null || typeof bound === 'string') {
      return new Listener(server, address, options);
    }
    return new Listener(server, { ...address, port: bound.port }, options);
  }

  /** Listens no more. Connections that are open stay so. */
  close(): void {
    this.#server.close();
    if (this.address.kind !== 'unix') return;
    try {
      unlinkSync(this.address.path);
    } catch {
      // Gone already: Node removes the path of a server that closes.
    }
  }

  #accept(socket: Socket): void {
    const { unprovedMax = unprovedDefault, admit, sessionFor, allocate, ...rest } = this.#options;
    if (this.#unproved >= unprovedMax) {
      const error = new HandshakeError('busy', `${unprovedMax} handshakes are under way already`);
      socket.on('error', () => {});
      socket.end(refusal(error));
      socket.destroySoon();
      this.#options.refused(error, remoteOf(socket));
      return;
    }
    this.#unproved += 1;
    const remote = remoteOf(socket);
    const reader = new FrameReader({
      maxFrameBytes: unprovedFrameBytesMax,
      crc32: checksum,
      ...(allocate === undefined ? {} : { allocate })
    });
    const greeting = new Greeting({
      ...rest,
      machine: new AcceptingHandshake(rest, admit, sessionFor),
      connection: () => connection,
      opened: (opened, peer) => {
        this.#unproved -= 1;
        return this.#options.opened(opened, peer);
      },
      refused: error => {
        this.#unproved -= 1;
        this.#options.refused(error, remote);
      }
    });
    const connection = Connection.accept(socket, reader, greeting);
  }
}

function remoteOf(socket: Socket): string {
  const { remoteAddress, remotePort } = socket;
  return remoteAddress === undefined ? 'this host' : `${remoteAddress}:${remotePort}`;
}
