import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodedLength } from '../../../core/codec.ts';
import type { Message } from '../../../core/message.ts';
import type { NodeId } from '../../../core/node.ts';
import { viewValues } from '../../../core/values.ts';
import { peersOf } from '../../../exec/transport/sessions.ts';
import { type End, type Event, end, linked, onEachTransport, push } from './link.ts';

const sessions = suite('sessions');

const anyPort = { kind: 'tcp', host: '127.0.0.1', port: 0 } as const;
const heartbeat = (progress: number): Message => ({ kind: 'heartbeat', progress });

async function taken<K extends Event['kind']>(
  { events }: End,
  kind: K
): Promise<Extract<Event, { kind: K }>> {
  const event = await events.take();
  if (event.kind === kind) return event as Extract<Event, { kind: K }>;
  throw new Error(`${event.kind} where ${kind} is expected`);
}

function valuesOf(message: Message): Float32Array {
  if (message.kind !== 'push' || message.contribution.kind === 'empty') throw new Error('no push');
  return viewValues(message.contribution.payload)!;
}

sessions('messages arrive in order, numbered, over TCP and over a Unix socket', async () => {
  await onEachTransport(async address => {
    const { worker, server, close } = await linked(address);
    for (let i = 0; i < 100; i++) worker.sessions.send('s0', heartbeat(i), 0);
    for (let i = 0; i < 100; i++) {
      const { sequence, message, peer } = await taken(server, 'message');
      assert.is(peer.id, 'w0');
      assert.is(sequence, i);
      assert.equal(message, heartbeat(i));
    }
    close();
  });
});

sessions('large payloads of both directions at once arrive bit for bit', async () => {
  await onEachTransport(async address => {
    const { worker, server, close } = await linked(address);
    const values = Float32Array.from({ length: 500_000 }, (_, i) => Math.fround(i * 1.1));
    for (let clock = 0; clock < 4; clock++) {
      worker.sessions.send('s0', push(clock, values.subarray(clock)), 1);
      server.sessions.send('w0', push(clock, values.subarray(10 + clock)), 1);
    }
    for (let clock = 0; clock < 4; clock++) {
      const up = await taken(server, 'message');
      const down = await taken(worker, 'message');
      assert.ok(Buffer.from(bytesOf(valuesOf(up.message))).equals(bytesOf(values.subarray(clock))));
      const read = bytesOf(valuesOf(down.message));
      assert.ok(Buffer.from(read).equals(bytesOf(values.subarray(10 + clock))));
    }
    close();
  });
});

sessions(
  'a message of a lower priority overtakes those that wait, and keeps its number',
  async () => {
    const { worker, server, close } = await linked(anyPort);
    worker.sessions.send('s0', push(0, new Float32Array(8_000_000)), 1);
    worker.sessions.send('s0', heartbeat(1), 2);
    worker.sessions.send('s0', heartbeat(2), 2);
    worker.sessions.send('s0', heartbeat(3), 0);
    const order: number[] = [];
    for (let i = 0; i < 4; i++) order.push((await taken(server, 'message')).sequence);
    assert.equal(order, [0, 3, 1, 2]);
    worker.sessions.send('s0', heartbeat(4), 0);
    assert.is((await taken(server, 'message')).sequence, 4);
    close();
  }
);

sessions('a queue that was above its high mark says when it has drained', async () => {
  const marks = { highBytes: 1_000_000, lowBytes: 100_000 };
  const { worker, server, close } = await linked(anyPort, { worker: { marks } });
  for (let clock = 0; clock < 16; clock++) {
    worker.sessions.send('s0', push(clock, new Float32Array(250_000)), 1);
  }
  const { credit } = await taken(worker, 'drained');
  assert.ok(credit >= 900_000 && credit <= 1_000_000, `credit ${credit}`);
  for (let clock = 0; clock < 16; clock++) await taken(server, 'message');
  assert.is(worker.events.size, 0);
  close();
});

sessions('bytes counted are the bytes that the codec says a message has', async () => {
  const { worker, server, close } = await linked(anyPort);
  const messages = [push(0, new Float32Array(1000)), heartbeat(1), push(1, new Float32Array(3))];
  for (const message of messages) worker.sessions.send('s0', message, 0);
  for (const _ of messages) await taken(server, 'message');
  const row = worker.traffic.row('w0', 0);
  assert.is(row.trainingMessages, 2);
  assert.is(row.trainingBytes, encodedLength(messages[0]!) + encodedLength(messages[2]!));
  assert.is(row.controlBytes, encodedLength(messages[1]!));
  const total = messages.reduce((sum, message) => sum + encodedLength(message), 0);
  const [up] = worker.traffic.links('w0', null, null);
  const [, down] = server.traffic.links('s0', null, null);
  const sum = (bytes: readonly number[]) => bytes.reduce((all, some) => all + some, 0);
  assert.is(sum(up!.bytes), total);
  assert.is(sum(down!.bytes), total);
  close();
});

sessions('a session that is cut is dialed again, under the next number', async () => {
  await onEachTransport(async address => {
    const { worker, server, close } = await linked(address);
    for (const side of ['w0', 's0'] as const) {
      if (side === 'w0') worker.sessions.cut('s0');
      else server.sessions.cut('w0');
      const downs = [await taken(worker, 'down'), await taken(server, 'down')];
      const ups = [await taken(worker, 'up'), await taken(server, 'up')];
      assert.is(ups[0]!.peer.session, downs[0]!.peer.session + 1);
      assert.is(ups[1]!.peer.session, ups[0]!.peer.session);
      worker.sessions.send('s0', heartbeat(7), 0);
      assert.is((await taken(server, 'message')).sequence, 0);
    }
    close();
  });
});

sessions('what is queued when a node closes still arrives', async () => {
  const { worker, server } = await linked(anyPort);
  for (let clock = 0; clock < 8; clock++) {
    worker.sessions.send('s0', push(clock, new Float32Array(250_000)), 1);
  }
  worker.sessions.close();
  for (let clock = 0; clock < 8; clock++)
    assert.is((await taken(server, 'message')).sequence, clock);
  const { error } = await taken(server, 'down');
  assert.is(error, null);
  server.sessions.close();
});

sessions('a second process of the same name is told that the node is taken', async () => {
  const { worker, server, address, close } = await linked(anyPort);
  const double = end('w0', new Map([['s0', 'dials']]), { life: 'd0d0d0d0d0d0d0d0' });
  double.sessions.connect(new Map([['s0', [address]]]), null);
  const { reason } = await taken(double, 'lost');
  assert.match(reason, /s0 has met another process that is w0/);
  assert.is((await taken(server, 'refused')).error.fault, 'taken-node');
  worker.sessions.send('s0', heartbeat(1), 0);
  await taken(server, 'message');
  double.sessions.close();
  close();
});

sessions('a node that the run does not have is told so', async () => {
  const { server, address, close } = await linked(anyPort);
  const stranger = end('w9', new Map([['s0', 'dials']]));
  stranger.sessions.connect(new Map([['s0', [address]]]), null);
  assert.match((await taken(stranger, 'lost')).reason, /s0 has no peer w9/);
  assert.is((await taken(server, 'refused')).error.fault, 'unknown-node');
  stranger.sessions.close();
  close();
});

sessions(
  'peers that come before a node knows them come back, and try its other addresses',
  async () => {
    const server = end('s0', new Map([['w0', 'accepts']]));
    const worker = end('w0', new Map([['s0', 'dials']]));
    const bound = await server.sessions.listen(anyPort);
    const nowhere = { kind: 'unix', path: '/nowhere/at-all.sock' } as const;
    worker.sessions.connect(new Map([['s0', [nowhere, bound]]]), null);
    assert.is((await taken(server, 'refused')).error.fault, 'busy');
    server.sessions.connect(new Map(), null);
    await taken(worker, 'up');
    worker.sessions.close();
    server.sessions.close();
  }
);

sessions('a peer that does not come back is given up, with the reason', async () => {
  const away = { awayMillisMax: 30 };
  const { worker, server } = await linked(anyPort, { worker: away, server: away });
  server.sessions.close();
  await taken(worker, 'down');
  assert.match(
    (await taken(worker, 'lost')).reason,
    /s0 at 127\.0\.0\.1:\d+: connect ECONNREFUSED/
  );
  worker.sessions.close();
});

sessions('workers dial servers, and all dial the coordinator', () => {
  const nodes: NodeId[] = ['c', 's0', 's1', 'w0', 'w1'];
  assert.equal(
    [...peersOf('w1', nodes)],
    [
      ['c', 'dials'],
      ['s0', 'dials'],
      ['s1', 'dials']
    ]
  );
  assert.equal(
    [...peersOf('s0', nodes)],
    [
      ['c', 'dials'],
      ['w0', 'accepts'],
      ['w1', 'accepts']
    ]
  );
  assert.equal(new Set(peersOf('c', nodes).values()), new Set(['accepts']));
});

function bytesOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

sessions.run();
