/**
 * The compute thread's side: loads the backend and the problem, then computes job after job. It
 * blocks in kernels as long as they take, and the sockets of the process don't notice.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { Result } from '../core/node.ts';
import { openBackend } from './backends/backend.ts';
import type { ComputeReply, ComputeRequest, ComputeSetup } from './compute-thread.ts';
import { createLearner, type Learner } from './learning/learner.ts';
import { loadPlugins } from './plugins.ts';
import { importUserModule } from './user-module.ts';

const port = parentPort;
if (port === null) throw new Error('compute-worker runs in a thread of a node process');

try {
  const learner = await prepare(workerData as ComputeSetup);
  // Jobs come one at a time, but for one that was cancelled while it ran: they are taken in turn.
  let last: Promise<void> = Promise.resolve();
  port.on('message', (request: ComputeRequest) => {
    last = last.then(() => answer(learner, request));
  });
} catch (error) {
  reply({ kind: 'unready', reason: error instanceof Error ? error.message : String(error) });
}

async function prepare({ config, backend }: ComputeSetup): Promise<Learner> {
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

async function answer(learner: Learner, { id, job }: ComputeRequest): Promise<void> {
  const began = process.hrtime.bigint();
  const result = await learner.compute(job);
  const nanos = Number(process.hrtime.bigint() - began);
  reply({ kind: 'computed', id, result, nanos }, buffersOf(result));
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
