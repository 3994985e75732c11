/**
 * The compute thread's side: loads the backend and the problem, then computes job after job. It
 * blocks in kernels as long as they take, and the sockets of the process don't notice.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { Result } from '../core/node.ts';
import { openBackend } from './backends/backend.ts';
import { hostNanos } from './clock.ts';
import type { ComputeReply, ComputeRequest, ComputeThreadData } from './compute-thread.ts';
import { createLearner, type Learner } from './learning/learner.ts';
import { loadPlugins } from './plugins.ts';
import { importUserModule } from './user-module.ts';

const nanosPerMilli = 1e6;

const port = parentPort;
if (port === null) throw new Error('compute-worker runs in a thread of a node process');
const data = workerData as ComputeThreadData;

try {
  const learner = await prepare(data);
  // Jobs come one at a time, but for one that was cancelled while it ran: they are taken in turn.
  let last: Promise<void> = Promise.resolve();
  port.on('message', (request: ComputeRequest) => {
    last = last.then(() => answer(learner, request));
  });
} catch (error) {
  reply({ kind: 'unready', reason: error instanceof Error ? error.message : String(error) });
}

async function prepare({ config, backend }: ComputeThreadData): Promise<Learner> {
  await loadPlugins(config.plugins);
  const opened = backend === null ? null : await openBackend(backend);
  const learner = await createLearner(config, { backend: opened, loadModule: importUserModule });
  const used = learner.backend;
  const device =
    used === null
      ? null
      : { name: used.name, version: used.version, device: used.device, threads: used.threads };
  reply({ kind: 'ready', model: learner.model, backend: device });
  return learner;
}

async function answer(learner: Learner, { id, job, due }: ComputeRequest): Promise<void> {
  if (Atomics.load(data.cancelled, 0) === id) {
    reply({ kind: 'given-up', id });
    return;
  }
  const began = hostNanos();
  const result = await learner.compute(job);
  const nanos = Number(hostNanos() - began);
  if (due === null || waitUntil(due, id)) {
    reply({ kind: 'computed', id, result, nanos }, buffersOf(result));
  } else reply({ kind: 'given-up', id });
}

/**
 * Sleeps until `due`: the device of the environment is that slow. A thread that sleeps on shared
 * memory is late by a fifth of a millisecond; a timer would be by a whole one. Returns false when
 * the computation was cancelled meanwhile.
 */
function waitUntil(due: bigint, id: number): boolean {
  for (;;) {
    const cancelled = Atomics.load(data.cancelled, 0);
    if (cancelled === id) return false;
    const left = Number(due - hostNanos());
    if (left <= 0) return true;
    Atomics.wait(data.cancelled, 0, cancelled, left / nanosPerMilli);
  }
}

function reply(message: ComputeReply, transfer: ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}

// Gradients are fresh arrays of the problem's: handed over without a copy where the array is whole.
function buffersOf(result: Result): ArrayBuffer[] {
  if (result.kind !== 'gradient' || result.update.values === null) return [];
  const { buffer, byteLength } = result.update.values;
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
}
