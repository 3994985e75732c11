/** Sessions between two processes: large messages answered by small ones, and small by small. */
import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Message } from '../../core/message.ts';
import type { NodeId } from '../../core/node.ts';
import { Clock } from '../../exec/clock.ts';
import { frameMemory } from '../../exec/frame-memory.ts';
import { type Address, formatAddress, parseAddress } from '../../exec/transport/address.ts';
import { Sessions, type SessionsOwner } from '../../exec/transport/sessions.ts';
import { Traffic } from '../../exec/transport/traffic.ts';
import type { Measurement } from '../harness/bench.ts';

const largeElements = 1_048_576;
const smallElements = 256;
const largeCount = 150;
const smallCount = 3000;
const repetitions = 3;
const gigabytes = (4 * largeElements) / 1e9;
/** What ps-lite (C++, ZeroMQ) takes on a machine of two cores. */
const largeTarget = '<= 3.5 ms';
const target = '<= 135 us';

export async function bench(): Promise<readonly Measurement[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'slackline-bench-'));
  const addresses: Address[] = [
    { kind: 'tcp', host: '127.0.0.1', port: 0 },
    { kind: 'unix', path: path.join(folder, 's0.sock') }
  ];
  try {
    const measurements: Measurement[] = [];
    for (const address of addresses) measurements.push(...(await measure(address)));
    return measurements;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function measure(address: Address): Promise<Measurement[]> {
  const over = address.kind === 'tcp' ? 'TCP' : 'a Unix socket';
  const child = fork(fileURLToPath(import.meta.url), [formatAddress(address)]);
  const bound = await told(child);
  const link = new Link();
  await link.connect(parseAddress(bound));
  const best = async (count: number, elements: number, inFlight: number): Promise<number> => {
    const times: number[] = [];
    for (let i = 0; i < repetitions; i++)
      times.push(await link.exchange(count, elements, inFlight));
    return Math.min(...times) / count;
  };
  await link.exchange(20, largeElements, 1);
  const alone = await best(largeCount, largeElements, 1);
  const piped = await best(largeCount, largeElements, 4);
  await link.exchange(300, smallElements, 1);
  const small = await best(smallCount, smallElements, 1);
  link.close();
  child.kill();
  return [
    {
      name: `4 MiB pushed over ${over} and answered`,
      value: alone,
      unit: 'ms',
      target: largeTarget
    },
    { name: 'the same, four under way', value: gigabytes / (piped / 1000), unit: 'GB/s' },
    { name: `1 KiB pushed over ${over} and answered`, value: 1000 * small, unit: 'us', target }
  ];
}

/** The pushing end. */
class Link {
  #up: () => void = () => {};
  #answered: () => void = () => {};
  readonly #sessions = sessions('w0', 's0', 'dials', {
    up: () => this.#up(),
    message: () => this.#answered()
  });

  connect(address: Address): Promise<void> {
    return new Promise(resolve => {
      this.#up = resolve;
      this.#sessions.connect(new Map([['s0', [address]]]), null);
    });
  }

  /** Milliseconds that `count` pushes take, with at most `inFlight` unanswered. */
  exchange(count: number, elements: number, inFlight: number): Promise<number> {
    const message = push(elements);
    let sent = 0;
    let answered = 0;
    const begun = performance.now();
    return new Promise(resolve => {
      const send = (): void => {
        sent += 1;
        this.#sessions.send('s0', message, 0);
      };
      this.#answered = () => {
        answered += 1;
        if (answered === count) resolve(performance.now() - begun);
        else if (sent < count) send();
      };
      while (sent < Math.min(inFlight, count)) send();
    });
  }

  close(): void {
    this.#sessions.close();
  }
}

function sessions(
  id: NodeId,
  peer: NodeId,
  role: 'dials' | 'accepts',
  owner: Partial<SessionsOwner>
): Sessions {
  const nothing = (): void => {};
  const options = {
    id,
    incarnation: 0,
    life: '0'.repeat(16),
    configuration: '0'.repeat(64),
    token: 'a benchmark has no secrets',
    peers: new Map([[peer, role]]),
    clock: new Clock(),
    traffic: new Traffic(),
    maxFrameBytes: 2 ** 30,
    allocate: frameMemory
  };
  return new Sessions(options, {
    up: nothing,
    down: nothing,
    message: nothing,
    drained: nothing,
    lost: nothing,
    refused: nothing,
    ...owner
  });
}

function push(elements: number): Message {
  const bytes = new Uint8Array(4 * elements).fill(1);
  const payload = { format: 'none', elements, byteLength: bytes.length, bytes };
  return {
    kind: 'push',
    view: 1,
    incarnation: 0,
    clock: 0,
    round: 0,
    cut: 0,
    base: 0,
    contribution: { kind: 'gradient', keys: { kind: 'all' }, payload, samples: 1 },
    want: null,
    origins: null
  };
}

function told(child: ChildProcess): Promise<string> {
  return new Promise(resolve => child.once('message', address => resolve(String(address))));
}

// The answering end: a process of its own, which listens at the address in argv.
if (process.send !== undefined && process.argv[1] === fileURLToPath(import.meta.url)) {
  const end: Sessions = sessions('s0', 'w0', 'accepts', {
    message: () => end.send('w0', { kind: 'heartbeat', progress: 0 }, 0)
  });
  const bound = await end.listen(parseAddress(process.argv[2] ?? ''));
  end.connect(new Map(), null);
  process.send(formatAddress(bound));
  process.once('disconnect', () => process.exit());
}
