/** Two nodes of a run, with their sessions, in this process: for tests of the transport. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Message } from '../../../core/message.ts';
import type { NodeId } from '../../../core/node.ts';
import { Clock } from '../../../exec/clock.ts';
import type { Address } from '../../../exec/transport/address.ts';
import type { HandshakeError } from '../../../exec/transport/handshake-error.ts';
import type { SessionPeer } from '../../../exec/transport/session.ts';
import { Sessions, type SessionsOptions } from '../../../exec/transport/sessions.ts';
import type { Shaper } from '../../../exec/transport/shaper.ts';
import { Traffic } from '../../../exec/transport/traffic.ts';
import { Inbox } from './inbox.ts';

/** What a node was told, in order. */
export type Event =
  | { kind: 'up'; peer: SessionPeer }
  | { kind: 'down'; peer: SessionPeer; error: Error | null }
  | { kind: 'message'; peer: SessionPeer; sequence: number; message: Message }
  | { kind: 'drained'; credit: number }
  | { kind: 'lost'; peer: NodeId; reason: string }
  | { kind: 'refused'; error: HandshakeError };

export interface End {
  readonly sessions: Sessions;
  readonly events: Inbox<Event>;
  readonly traffic: Traffic;
}

/** The sessions of one node. */
export function end(
  id: NodeId,
  peers: ReadonlyMap<NodeId, 'dials' | 'accepts'>,
  options: Partial<SessionsOptions> = {}
): End {
  const events = new Inbox<Event>();
  const traffic = new Traffic();
  const sessions = new Sessions(
    {
      id,
      incarnation: 0,
      life: Buffer.from(id.padEnd(8)).toString('hex'),
      configuration: 'ab'.repeat(32),
      token: 'the token of this test',
      peers,
      clock: new Clock(),
      traffic,
      maxFrameBytes: 64 * 1024 * 1024,
      ...options
    },
    {
      up: peer => events.put({ kind: 'up', peer }),
      down: (peer, error) => events.put({ kind: 'down', peer, error }),
      message: (peer, sequence, message) =>
        events.put({ kind: 'message', peer, sequence, message }),
      drained: (_peer, credit) => events.put({ kind: 'drained', credit }),
      lost: (peer, reason) => events.put({ kind: 'lost', peer, reason }),
      refused: error => events.put({ kind: 'refused', error })
    }
  );
  return { sessions, events, traffic };
}

/** Runs `body` with a free address of each kind of transport. */
export async function onEachTransport(body: (address: Address) => Promise<void>): Promise<void> {
  await body({ kind: 'tcp', host: '127.0.0.1', port: 0 });
  const folder = mkdtempSync(join(tmpdir(), 'slackline-test-'));
  try {
    await body({ kind: 'unix', path: join(folder, 'end.sock') });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** `w0` has dialed `s0`, and both know it. */
export async function linked(
  address: Address,
  options: { worker?: Partial<SessionsOptions>; server?: Partial<SessionsOptions> } = {},
  shapers: { worker?: Shaper | null; server?: Shaper | null } = {}
): Promise<{ worker: End; server: End; address: Address; close(): void }> {
  const server = end('s0', new Map([['w0', 'accepts']]), options.server);
  const worker = end('w0', new Map([['s0', 'dials']]), options.worker);
  const bound = await server.sessions.listen(address);
  server.sessions.connect(new Map(), shapers.server ?? null);
  worker.sessions.connect(new Map([['s0', [bound]]]), shapers.worker ?? null);
  for (const { events } of [worker, server]) {
    const event = await events.take();
    if (event.kind !== 'up') throw new Error(`${event.kind} where a session comes up`);
  }
  const close = (): void => {
    worker.sessions.close();
    server.sessions.close();
  };
  return { worker, server, address: bound, close };
}

/** A push of one gradient. */
export function push(clock: number, values: Float32Array): Message {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const elements = values.length;
  const payload = { format: 'none', elements, byteLength: bytes.length, bytes };
  return {
    kind: 'push',
    view: 1,
    incarnation: 0,
    clock,
    round: 0,
    cut: 0,
    base: 0,
    contribution: { kind: 'gradient', keys: { kind: 'all' }, payload, samples: 1 },
    want: null,
    origins: null
  };
}
