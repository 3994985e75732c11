/** Where the nodes of a run meet: the supervisor's listening socket, its token, and its folder. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { type Address, formatAddress, isLoopback, isWildcard } from '../transport/address.ts';
import { Listener, type ListenerOptions } from '../transport/listener.ts';
import {
  newToken,
  readToken,
  TokenError,
  tokenVariable,
  writeTokenFile
} from '../transport/token.ts';

export interface RendezvousOptions {
  readonly listen: Address;
  /** Whether nodes come that this process does not launch, and so must be told the token. */
  readonly strangers: boolean;
}

/** A meeting place. */
export interface Rendezvous {
  /** Where it listens. */
  readonly address: Address;
  /** Where nodes of this host find it. */
  readonly local: Address;
  readonly token: string;
  /** File that holds the token, where none was given and strangers need it. */
  readonly tokenFile: string | null;
  /** Folder for the sockets of this host's nodes; removed at the end. */
  readonly folder: string;
  close(): void;
}

/**
 * Opens a meeting place. Without a token one is made, and beyond this host that is refused, since
 * nobody else could know it. Throws `TokenError`, or what the system says of the address.
 */
export async function openRendezvous(
  { listen, strangers }: RendezvousOptions,
  listener: Omit<ListenerOptions, 'token'>
): Promise<Rendezvous> {
  const given = readToken(process.env);
  if (given === null && !isLoopback(listen)) {
    throw new TokenError(
      `listening on ${formatAddress(listen)} lets other hosts in: set ${tokenVariable} to a secret`
    );
  }
  const token = given ?? newToken();
  const folder = mkdtempSync(path.join(tmpdir(), 'slackline-'));
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const open = await Listener.open(listen, { ...listener, token });
    const tokenFile = strangers && given === null ? path.join(folder, 'token') : null;
    if (tokenFile !== null) writeTokenFile(tokenFile, token);
    const { address } = open;
    return {
      address,
      local: localAddress(address),
      token,
      tokenFile,
      folder,
      close() {
        open.close();
        remove();
      }
    };
  } catch (error) {
    remove();
    throw error;
  }
}

function localAddress(address: Address): Address {
  if (address.kind === 'unix' || !isWildcard(address)) return address;
  return { ...address, host: '127.0.0.1' };
}
