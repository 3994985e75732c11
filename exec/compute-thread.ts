/**
 * The compute device of a node process, in a thread of its own: gradients and evaluations do not
 * keep the process from serving its sockets.
 */
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Config } from '../core/config.ts';
import type { Job, Result } from '../core/node.ts';
import type { Part } from '../core/params.ts';
import type { Model } from '../core/setup.ts';
import type { BackendName } from './backends/backend.ts';
import { projectRoot } from './project-root.ts';

/** What the thread is started with. */
export interface ComputeSetup {
  readonly config: Config;
  /** Null: the most preferred one that loads, if the problem needs any. */
  readonly backend: BackendName | null;
}

/** What computes in the thread; null for a problem in plain TypeScript or without values. */
export interface ComputeDevice {
  readonly name: BackendName;
  readonly version: string;
  readonly device: 'cpu' | 'gpu';
  readonly threads: string;
}

export interface ComputeRequest {
  readonly id: number;
  readonly job: Job;
}

export type ComputeReply =
  | { readonly kind: 'ready'; readonly model: Model; readonly backend: ComputeDevice | null }
  | { readonly kind: 'unready'; readonly reason: string }
  | {
      readonly kind: 'computed';
      readonly id: number;
      readonly result: Result;
      /** Time that the device took. */
      readonly nanos: number;
    };

/** A result and the time that the device took for it. */
export interface Computed {
  readonly result: Result;
  readonly nanos: number;
}

/** A thread that has loaded its backend and its problem. */
export class ComputeThread {
  readonly model: Model;
  readonly backend: ComputeDevice | null;
  readonly #worker: Worker;
  readonly #waiting = new Map<number, (computed: Computed) => void>();
  #broken: string | null = null;

  private constructor(worker: Worker, ready: Extract<ComputeReply, { kind: 'ready' }>) {
    this.#worker = worker;
    this.model = ready.model;
    this.backend = ready.backend;
    worker.on('message', (reply: ComputeReply) => {
      if (reply.kind !== 'computed') return;
      const resolve = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      resolve?.({ result: reply.result, nanos: reply.nanos });
    });
    worker.on('error', error => this.#break(error.message));
    worker.on('exit', code => this.#break(`the compute thread ended with code ${code}`));
  }

  /** Starts the thread. Rejects with what kept its backend or problem from loading. */
  static start(setup: ComputeSetup): Promise<ComputeThread> {
    const worker = new Worker(workerFile(), { workerData: setup });
    return new Promise((resolve, reject) => {
      worker.once('error', reject);
      worker.once('message', (reply: ComputeReply) => {
        worker.off('error', reject);
        if (reply.kind === 'ready') resolve(new ComputeThread(worker, reply));
        else reject(new Error(reply.kind === 'unready' ? reply.reason : 'unexpected reply'));
      });
    });
  }

  /** Computes a job. A device that fails gives a result of kind `failure`: never rejects. */
  compute(id: number, job: Job): Promise<Computed> {
    if (this.#broken !== null) return Promise.resolve(failed(this.#broken));
    return new Promise(resolve => {
      this.#waiting.set(id, resolve);
      const packed = packJob(job);
      this.#worker.postMessage({ id, job: packed.job }, packed.buffers);
    });
  }

  /** Ends the thread, whatever it is at. */
  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #break(reason: string): void {
    this.#broken ??= reason;
    for (const resolve of this.#waiting.values()) resolve(failed(this.#broken));
    this.#waiting.clear();
  }
}

function failed(reason: string): Computed {
  return { result: { kind: 'failure', reason }, nanos: 0 };
}

// Params are views on frames as they came from the sockets: posting a view would copy its whole
// buffer, so the parts are packed into one buffer, which is handed over.
function packJob(job: Job): { job: Job; buffers: ArrayBuffer[] } {
  if (!('params' in job)) return { job, buffers: [] };
  const { keys, parts } = job.params;
  const length = parts.reduce((sum, part) => sum + (part.values?.length ?? 0), 0);
  const packed = new Float32Array(length);
  let offset = 0;
  const moved = parts.map((part): Part => {
    if (part.values === null) return part;
    packed.set(part.values, offset);
    const values = packed.subarray(offset, offset + part.values.length);
    offset += part.values.length;
    return { ...part, values };
  });
  return { job: { ...job, params: { keys, parts: moved } }, buffers: [packed.buffer] };
}

/** The thread's code as built: no Node 20 loads TypeScript in a thread. */
function workerFile(): string {
  const file = path.join(projectRoot, 'dist', 'compute-worker.js');
  if (existsSync(file)) return file;
  throw new Error(`${file} is missing: node experiments/harness/build.js makes it`);
}
