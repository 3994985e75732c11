import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { crc32 } from '../../../core/codec/crc32.ts';
import { sealFrame } from '../../../core/codec/frame.ts';
import { encode, encodeTransport } from '../../../core/codec.ts';
import type { Message } from '../../../core/message.ts';
import { hostNanos } from '../../../exec/clock.ts';
import { type Address, formatAddress } from '../../../exec/transport/address.ts';
import type { Connection } from '../../../exec/transport/connection.ts';
import { dial } from '../../../exec/transport/dial.ts';
import { DialingHandshake } from '../../../exec/transport/handshake.ts';
import type { HandshakeError } from '../../../exec/transport/handshake-error.ts';
import { type Introduction, openHandshake } from '../../../exec/transport/handshake-frame.ts';
import { Listener, type ListenerOptions } from '../../../exec/transport/listener.ts';
import { Inbox } from './inbox.ts';
import { type End, end, linked, onEachTransport } from './link.ts';

const listener = suite('listener');

const token = 'the token of this test';
const self: Introduction = {
  name: 's0',
  incarnation: 0,
  life: '00000000000000aa',
  configuration: 'ab'.repeat(32),
  session: 0
};
const worker: Introduction = { ...self, name: 'w0', life: '00000000000000bb' };
const heartbeat = (progress: number): Message => ({ kind: 'heartbeat', progress });

interface Open {
  readonly address: Address;
  readonly refused: Inbox<HandshakeError>;
  close(): void;
}

async function open(address: Address, options: Partial<ListenerOptions> = {}): Promise<Open> {
  const refused = new Inbox<HandshakeError>();
  const opened = await Listener.open(address, {
    self,
    token,
    now: hostNanos,
    admit: () => null,
    maxFrameBytes: 1_000_000,
    opened: () => {
      throw new Error('a stranger was let in');
    },
    refused: error => refused.put(error),
    ...options
  });
  return { address: opened.address, refused, close: () => opened.close() };
}

function raw(address: Address): Socket {
  if (address.kind === 'unix') return connect(address.path);
  return connect(address.port, address.host);
}

/** What the other end says before it closes. */
async function lastWords(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on('data', chunk => chunks.push(chunk));
  socket.on('error', () => {});
  await once(socket, 'close');
  return Buffer.concat(chunks);
}

/** The objection in the frame that these bytes are. */
function objection(bytes: Buffer): HandshakeError {
  try {
    openHandshake(bytes, 'welcome', z.unknown());
  } catch (error) {
    return error as HandshakeError;
  }
  throw new Error('no objection');
}

/** Dials as `introduction` and returns how the handshake failed. */
function refusalOf(address: Address, introduction: Introduction, secret = token) {
  return new Promise<HandshakeError>((resolve, reject) => {
    dial(address, {
      self: introduction,
      token: secret,
      now: hostNanos,
      expected: 's0',
      maxFrameBytes: 1000,
      opened: () => {
        reject(new Error('the handshake succeeded'));
        throw new Error('the handshake succeeded');
      },
      refused: resolve
    });
  });
}

listener('each fault is found by one end and told to the other', async () => {
  await onEachTransport(async any => {
    const { address, refused, close } = await open(any);
    const cases = [
      ['token', await refusalOf(address, worker, 'the wrong token')],
      ['configuration', await refusalOf(address, { ...worker, configuration: 'cd'.repeat(32) })]
    ] as const;
    for (const [fault, told] of cases) {
      assert.is(told.fault, fault);
      assert.ok(told.told);
      assert.is((await refused.take()).fault, fault);
    }
    close();
  });
});

listener('bytes that are no handshake are answered with what is wrong', async () => {
  const { address, refused, close } = await open({ kind: 'tcp', host: '127.0.0.1', port: 0 });
  const socket = raw(address);
  socket.end('GET / HTTP/1.0\r\n\r\n');
  const told = objection(await lastWords(socket));
  assert.is(told.fault, 'malformed');
  assert.match(told.message, /begins with 47 45 where a Slackline frame has/);
  assert.is((await refused.take()).fault, 'malformed');
  close();
});

listener('a frame above the limit for strangers is refused by its header', async () => {
  const { address, refused, close } = await open({ kind: 'tcp', host: '127.0.0.1', port: 0 });
  const socket = raw(address);
  socket.write(encodeTransport(200, new Uint8Array(5000)).subarray(0, 24));
  const told = objection(await lastWords(socket));
  assert.match(told.message, /5024 bytes long where 4120 are allowed/);
  assert.is((await refused.take()).fault, 'malformed');
  close();
});

listener('an announced bulk of gigabytes is refused and not allocated', async () => {
  const { address, refused, close } = await open({ kind: 'tcp', host: '127.0.0.1', port: 0 });
  const head = new Uint8Array(32);
  const huge = { length: 0xfffffff0 } as Uint8Array;
  sealFrame(200, head, 8, [huge], { payloadChecksum: false, crc32 });
  const socket = raw(address);
  socket.write(head);
  assert.match(objection(await lastWords(socket)).message, /4294967312 bytes long/);
  await refused.take();
  close();
});

listener('a stranger that says nothing is sent away at the deadline', async () => {
  const { address, refused, close } = await open(
    { kind: 'tcp', host: '127.0.0.1', port: 0 },
    { deadlineMillis: 20 }
  );
  const told = objection(await lastWords(raw(address)));
  assert.is(told.fault, 'deadline');
  assert.is((await refused.take()).fault, 'deadline');
  close();
});

listener('strangers above the cap are told to come back', async () => {
  const { address, refused, close } = await open(
    { kind: 'tcp', host: '127.0.0.1', port: 0 },
    { unprovedMax: 2 }
  );
  const silent = [raw(address), raw(address)];
  for (const socket of silent) await once(socket, 'connect');
  const told = objection(await lastWords(raw(address)));
  assert.is(told.fault, 'busy');
  assert.is((await refused.take()).fault, 'busy');
  for (const socket of silent) socket.destroy();
  for (const _ of silent) assert.is((await refused.take()).fault, 'closed');
  assert.is((await refusalOf(address, worker, 'the wrong token')).fault, 'token');
  close();
});

listener('hostile bytes on some connections lose nothing on another', async () => {
  const { worker, server, address, close } = await linked({
    kind: 'tcp',
    host: '127.0.0.1',
    port: 0
  });
  const seed = 7;
  let state = seed;
  const draw = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 4294967296) * below);
  };
  const hello = (): Uint8Array => {
    const introduction: Introduction = { ...self, name: 'w0', life: '00000000000000cc' };
    return new DialingHandshake({ self: introduction, token, now: hostNanos }, 's0').begin();
  };
  const attacks: (() => Promise<unknown>)[] = [];
  for (let i = 0; i < 60; i++) {
    attacks.push(async () => {
      const socket = raw(address);
      const frame = hello();
      if (i % 3 === 0) socket.end(frame.subarray(0, draw(frame.length)));
      if (i % 3 === 1) {
        frame[draw(frame.length)]! ^= 1 << draw(8);
        socket.end(frame);
      }
      if (i % 3 === 2) socket.end(Buffer.from(Array.from({ length: 300 }, () => draw(256))));
      await lastWords(socket);
    });
  }
  const attacked = Promise.all(attacks.map(attack => attack()));
  for (let i = 0; i < 500; i++) worker.sessions.send('s0', heartbeat(i), 0);
  let next = 0;
  let refusals = 0;
  while (next < 500 || refusals < attacks.length) {
    const event = await server.events.take();
    if (event.kind === 'message') assert.is(event.sequence, next++, `seed ${seed}`);
    else if (event.kind === 'refused') refusals += 1;
    else throw new Error(`${event.kind} (seed ${seed})`);
  }
  await attacked;
  assert.is(worker.events.size, 0);
  close();
});

listener('a proved peer that sends garbage loses its session, and may come back', async () => {
  const server = end('s0', new Map([['w0', 'accepts']]), { token });
  const address = await server.sessions.listen({ kind: 'tcp', host: '127.0.0.1', port: 0 });
  server.sessions.connect(new Map(), null);
  for (let session = 0; session < 2; session++) {
    const connection = await opened(address);
    assert.equal(await kindsOf(server, 1), ['up']);
    connection.write([encode(heartbeat(1))[0]!]);
    assert.equal(await kindsOf(server, 1), ['message']);
    connection.write([new Uint8Array(100)]);
    const event = await server.events.take();
    assert.is(event.kind, 'down');
    if (event.kind === 'down')
      assert.match(event.error?.message ?? '', /bad frame: begins with 00/);
  }
  server.sessions.close();
});

/** Dials as `w0`, to say what no session would. */
function opened(address: Address): Promise<Connection> {
  const nothing = () => {};
  const owner = { received: nothing, frame: nothing, failed: nothing, flushed: nothing };
  return new Promise((resolve, reject) => {
    dial(address, {
      self: worker,
      token,
      now: hostNanos,
      expected: 's0',
      maxFrameBytes: 1000,
      opened: connection => {
        resolve(connection);
        return { ...owner, closed: nothing };
      },
      refused: reject
    });
  });
}

async function kindsOf({ events }: End, count: number): Promise<string[]> {
  return (await events.takeMany(count)).map(event => event.kind);
}

listener('an address that is taken is an error that names it', async () => {
  const { address, close } = await open({ kind: 'tcp', host: '127.0.0.1', port: 0 });
  try {
    await open(address);
    assert.unreachable();
  } catch (error) {
    assert.match(
      (error as Error).message,
      new RegExp(formatAddress(address).replace(/\./g, '\\.'))
    );
  }
  close();
});

listener.run();
