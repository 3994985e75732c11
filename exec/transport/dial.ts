/** Opens a connection to a node and proves who both ends are. */
import { FrameReader } from '../../core/codec/frame-reader.ts';
import type { Address } from './address.ts';
import { checksum } from './checksum.ts';
import { Connection, type ConnectionOwner } from './connection.ts';
import { Greeting, unprovedFrameBytesMax } from './greeting.ts';
import { DialingHandshake, type HandshakeOptions, type Peer } from './handshake.ts';
import type { HandshakeError } from './handshake-error.ts';
import type { PeerName } from './handshake-frame.ts';

export interface DialOptions extends HandshakeOptions {
  /** Who is expected to answer. */
  readonly expected: PeerName;
  /** Longest frame that is accepted after the handshake. */
  readonly maxFrameBytes: number;
  readonly deadlineMillis?: number;
  /** Memory for frames: see `FrameReader`. */
  readonly allocate?: (length: number) => Uint8Array;
  /** Takes the connection over; whoever it returns gets everything that follows. */
  readonly opened: (connection: Connection, peer: Peer) => ConnectionOwner;
  readonly refused: (error: HandshakeError) => void;
}

/** Dials. Calls `opened` or `refused` later, once. Returns what gives up: `refused` is called. */
export function dial(address: Address, options: DialOptions): () => void {
  const { expected, allocate, ...rest } = options;
  const reader = new FrameReader({
    maxFrameBytes: unprovedFrameBytesMax,
    crc32: checksum,
    ...(allocate === undefined ? {} : { allocate })
  });
  const machine = new DialingHandshake(options, expected);
  const greeting = new Greeting({ ...rest, machine, connection: () => connection });
  const connection = Connection.dial(address, reader, greeting, () => {
    connection.write([machine.begin()]);
  });
  return () => connection.destroy();
}
