/**
 * The real driver: what processes, sockets and the protocol leave of bare gradient loops; and what
 * the sockets alone would leave, where nothing but the bytes goes to a third process and back.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type OnReadOpts, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { median } from 'simple-statistics';
import { mlp, mnist } from '../../core/config/problem.ts';
import { type Config, resolve } from '../../core/config.ts';
import type { Job } from '../../core/node.ts';
import type { IterationRow } from '../../core/record.ts';
import { setupRun } from '../../core/setup.ts';
import { openBackend } from '../../exec/backends/backend.ts';
import { createLearner } from '../../exec/learning/learner.ts';
import { runReal } from '../../exec/supervisor.ts';
import { reopened } from '../../exec/transport/connection.ts';
import type { Measurement } from '../harness/bench.ts';

/** Always there, so that figures of different machines speak of the same kernels. */
const backend = 'wasm';
const workers = 2;
const iterations = 1000;
/** Steps at the start of either loop that do not count: compilers warm up. */
const warmup = 300;
const repetitions = 3;

export async function bench(): Promise<readonly Measurement[]> {
  const shares: number[] = [];
  const limits: number[] = [];
  const starts: number[] = [];
  const rates: number[] = [];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const bare = await sideBySide(null);
    const { rows, startSeconds } = await runReal(config(), { backend });
    const rate = stepsPerSecond(rows.filter(row => row.kind === 'iteration'));
    rates.push(rate);
    shares.push(rate / bare);
    limits.push((await throughThird()) / bare);
    starts.push(startSeconds ?? Number.NaN);
  }
  return [
    {
      name: 'worker-steps of 2 workers and 1 server, unpaced, of two bare gradient loops',
      value: median(shares),
      unit: 'of the steps',
      target: '>= 0.7 of the steps'
    },
    {
      name: 'what bare loops keep that send as many bytes to a third process and get them back',
      value: median(limits),
      unit: 'of the steps'
    },
    {
      name: 'worker-steps, of what the sockets leave',
      value: median(shares.map((share, repetition) => share / limits[repetition]!)),
      unit: 'of the steps'
    },
    { name: 'worker-steps, absolute', value: median(rates), unit: 'worker-steps/s' },
    {
      name: 'first real step after the call',
      value: median(starts),
      unit: 's',
      target: '<= 3 s'
    }
  ];
}

function config(): Config {
  return resolve({
    problem: mlp({ hidden: [128], data: mnist({ test: 1000 }) }),
    workers,
    servers: 1,
    consistency: 'asp',
    optimizer: 'sgd:0.2',
    environment: { compute: 'instant' },
    stopAt: { iterations }
  });
}

function stepsPerSecond(rows: readonly IterationRow[]): number {
  const counted = rows.filter(row => row.clock >= warmup);
  const first = Math.min(...counted.map(row => row.started));
  const last = Math.max(...counted.map(row => row.ended));
  return counted.length / ((last - first) / 1e9);
}

/** Steps a second of two gradient loops at once; null: without a third process. */
async function sideBySide(socket: string | null): Promise<number> {
  const call = `console.log(await loop(${JSON.stringify(socket)}))`;
  const loops = Array.from({ length: workers }, () => ended(inProcess(call)));
  return (await Promise.all(loops)).reduce((sum, rate) => sum + Number(rate), 0);
}

/** The same with a third process, which takes what they send and answers with as much. */
async function throughThird(): Promise<number> {
  const folder = mkdtempSync(path.join(tmpdir(), 'slackline-bench-'));
  const socket = path.join(folder, 'third.sock');
  const third = inProcess(`await answer(${JSON.stringify(socket)})`);
  try {
    await new Promise(resolve => third.stdout?.once('data', resolve));
    return await sideBySide(socket);
  } finally {
    third.kill();
    rmSync(folder, { recursive: true });
  }
}

/** A process of its own that does this with what this file exports. */
function inProcess(call: string): ChildProcess {
  const script = `
    const { loop, answer } = await import(${JSON.stringify(import.meta.url)});
    ${call};`;
  const args = [...process.execArgv, '--input-type=module', '--eval', script];
  return spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

/** What a process has printed when it ends. */
function ended(child: ChildProcess): Promise<string> {
  let output = '';
  child.stdout?.on('data', data => {
    output += data;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => {
      if (code === 0) resolve(output.trim());
      else reject(new Error(`a bare loop ended with code ${code}`));
    });
  });
}

/** The gradients of one worker, with nothing around them but, if asked for, a socket's bytes. */
export async function loop(socket: string | null): Promise<number> {
  const learner = await createLearner(config(), { backend: await openBackend(backend) });
  const { assignment, initialParams } = setupRun(config(), learner.model);
  const parts = assignment.shards.map(({ server }) => ({
    server,
    version: 0,
    values: initialParams
  }));
  const exchange = socket === null ? null : new Exchange(socket, learner.model.layout.size);
  let began = performance.now();
  for (let clock = 0; clock < iterations; clock++) {
    if (clock === warmup) began = performance.now();
    const params = { keys: { kind: 'all' }, parts } as const;
    const job: Job = { kind: 'gradient', worker: 0, clock, params };
    const result = await learner.compute(job);
    if (exchange === null || result.kind !== 'gradient') continue;
    await exchange.trip(result.update.values!);
  }
  exchange?.end();
  return (1000 * (iterations - warmup)) / (performance.now() - began);
}

/** Sends values and waits for as many bytes to come back. */
class Exchange {
  readonly #socket: Socket;
  #arrived: () => void = () => {};

  constructor(place: string, elements: number) {
    const onread = counted(4 * elements, () => this.#arrived());
    this.#socket = connect({ path: place, onread });
  }

  trip({ buffer, byteOffset, byteLength }: Float32Array): Promise<void> {
    return new Promise(resolve => {
      this.#arrived = resolve;
      this.#socket.write(new Uint8Array(buffer, byteOffset, byteLength));
    });
  }

  end(): void {
    this.#socket.destroy();
  }
}

/** The third process: answers every gradient with as many bytes. Prints a line when it listens. */
export async function answer(place: string): Promise<void> {
  const bytes = new Uint8Array(4 * (784 * 128 + 128 + 128 * 10 + 10));
  createServer({ pauseOnConnect: true }, accepted => {
    const onread = counted(bytes.length, () => socket.write(bytes));
    const socket = reopened(accepted, onread) ?? accepted;
    if (socket === accepted) throw new Error('an accepted socket without a handle');
    socket.on('error', () => {}).resume();
  }).listen(place, () => console.log('listening'));
}

/** Reads into memory of the right size, and tells when it is full. */
function counted(bytes: number, full: () => void): OnReadOpts {
  const memory = new Uint8Array(bytes);
  let filled = 0;
  return {
    buffer: () => memory.subarray(filled),
    callback: count => {
      filled += count;
      if (filled < bytes) return true;
      filled = 0;
      full();
      return true;
    }
  };
}
