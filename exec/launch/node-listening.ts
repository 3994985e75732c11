/** Where a node listens for its peers: a Unix socket for those of its host, TCP for the others. */
import * as path from 'node:path';
import { type Address, formatAddress, isWildcard } from '../transport/address.ts';
import type { Sessions } from '../transport/sessions.ts';
import type { ToNode } from './control-message.ts';
import type { Membership } from './membership.ts';

export interface ListeningOptions {
  readonly membership: Membership;
  readonly run: Extract<ToNode, { kind: 'run' }>;
  /** The address by which this host reaches the supervisor; null for a Unix socket. */
  readonly localHost: string | null;
}

/** Listens as the run and the node's own options say. Returns the addresses, best first. */
export async function listenForPeers(
  sessions: Sessions,
  { membership, run, localHost }: ListeningOptions
): Promise<string[]> {
  const { id, listen, advertise } = membership;
  const { transport, socketFolder } = run;
  const addresses: string[] = [];
  // Workers are dialed by nobody.
  if (id.startsWith('w')) return addresses;
  if (transport !== 'tcp' && socketFolder !== null) {
    const socket: Address = { kind: 'unix', path: path.join(socketFolder, `${id}.sock`) };
    addresses.push(formatAddress(await sessions.listen(socket)));
  }
  if (transport === 'unix') {
    if (addresses.length > 0) return addresses;
    throw new Error('Unix sockets join nodes of one host, and this is another one');
  }
  const host = localHost ?? '127.0.0.1';
  const bound = await sessions.listen(listen ?? { kind: 'tcp', host, port: 0 });
  if (bound.kind === 'unix') throw new Error('--listen takes HOST:PORT');
  const reachable = isWildcard(bound) ? host : bound.host;
  const port = advertise?.port ?? bound.port;
  addresses.push(formatAddress({ kind: 'tcp', host: advertise?.host ?? reachable, port }));
  return addresses;
}
