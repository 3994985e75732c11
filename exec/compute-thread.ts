/**
 * The compute device of a node process, in a thread of its own: gradients and evaluations do not
 * keep the process from serving its sockets.
 */
import { Worker } from 'node:worker_threads';
import type { Config } from '../core/config.ts';
import type { Job, Result } from '../core/node.ts';
import type { Model } from '../core/setup.ts';
import type { BackendName } from './backends/backend.ts';
import { setEnvironment } from './backends/node.ts';
import { allocated } from './frame-memory.ts';
import { builtFile } from './launch/built-file.ts';
import { ParamsSlots } from './params-slots.ts';

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

/** To the thread. */
export interface ComputeRequest {
  readonly id: number;
  readonly job: Job;
  /** The result is not to be there before, on the host's clock; null: as soon as it can be. */
  readonly due: bigint | null;
}

/** From the thread. */
export type ComputeReply =
  | { readonly kind: 'ready'; readonly model: Model; readonly backend: ComputeDevice | null }
  | { readonly kind: 'unready'; readonly reason: string }
  /** It was cancelled, and has no result. */
  | { readonly kind: 'given-up'; readonly id: number }
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

/** What the thread has besides its setup: the id of the last computation that was cancelled. */
export interface ComputeThreadData extends ComputeSetup {
  readonly cancelled: Int32Array;
}

/** A thread that has loaded its backend and its problem. */
export class ComputeThread {
  readonly model: Model;
  readonly backend: ComputeDevice | null;
  readonly #worker: Worker;
  readonly #cancelled: Int32Array;
  readonly #slots: ParamsSlots;
  readonly #waiting = new Map<number, (computed: Computed) => void>();
  #broken: string | null = null;
  #ending = false;

  private constructor(
    worker: Worker,
    cancelled: Int32Array,
    slots: ParamsSlots,
    ready: Extract<ComputeReply, { kind: 'ready' }>
  ) {
    this.#worker = worker;
    this.#cancelled = cancelled;
    this.#slots = slots;
    this.model = ready.model;
    this.backend = ready.backend;
    worker.on('message', (reply: ComputeReply) => {
      if (reply.kind !== 'computed' && reply.kind !== 'given-up') return;
      this.#slots.release(reply.id);
      if (reply.kind === 'given-up') return;
      if (reply.result.kind === 'gradient') allocated(reply.result.update.values?.byteLength ?? 0);
      const resolve = this.#waiting.get(reply.id);
      this.#waiting.delete(reply.id);
      resolve?.({ result: reply.result, nanos: reply.nanos });
    });
    worker.on('error', error => this.#break(error.message));
    worker.on('exit', code => this.#break(`the compute thread ended with code ${code}`));
  }

  /**
   * Starts the thread; params go to it through `slots`. Rejects with what kept its backend or problem
   * from loading.
   */
  static async start(setup: ComputeSetup, slots = new ParamsSlots()): Promise<ComputeThread> {
    const file = await builtFile('compute-worker');
    setEnvironment();
    const cancelled = new Int32Array(new SharedArrayBuffer(4)).fill(-1);
    const data: ComputeThreadData = { ...setup, cancelled };
    const worker = new Worker(file, { workerData: data });
    return new Promise((resolve, reject) => {
      const leave = (code: number): void => {
        reject(new Error(`the compute thread ended with code ${code} before it was ready`));
      };
      worker.once('error', reject);
      worker.once('exit', leave);
      worker.once('message', (reply: ComputeReply) => {
        worker.off('error', reject);
        worker.off('exit', leave);
        if (reply.kind === 'ready') resolve(new ComputeThread(worker, cancelled, slots, reply));
        else reject(new Error(reply.kind === 'unready' ? reply.reason : 'unexpected reply'));
      });
    });
  }

  /**
   * Computes a job, and holds its result back until `due` (the host's clock; null: not at all). A
   * device that fails gives a result of kind `failure`: never rejects. A cancelled one never ends.
   */
  compute(id: number, job: Job, due: bigint | null): Promise<Computed> {
    if (this.#broken !== null) return Promise.resolve(failed(this.#broken));
    return new Promise(resolve => {
      this.#waiting.set(id, resolve);
      const request: ComputeRequest = { id, job: this.#slots.pack(id, job), due };
      this.#worker.postMessage(request);
    });
  }

  /**
   * Gives up a computation: at once if it waits to begin or to be due, else when its kernel ends.
   */
  cancel(id: number): void {
    this.#waiting.delete(id);
    Atomics.store(this.#cancelled, 0, id);
    Atomics.notify(this.#cancelled, 0);
  }

  /** Ends the thread, whatever it is at. */
  async end(): Promise<void> {
    this.#ending = true;
    await this.#worker.terminate();
  }

  #break(reason: string): void {
    if (this.#ending) return;
    this.#broken ??= reason;
    for (const resolve of this.#waiting.values()) resolve(failed(this.#broken));
    this.#waiting.clear();
  }
}

function failed(reason: string): Computed {
  return { result: { kind: 'failure', reason }, nanos: 0 };
}
