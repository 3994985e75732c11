/** What computes for a node: a thread that may still be loading, which jobs wait for. */
import { type ComputeSetup, ComputeThread } from '../compute-thread.ts';
import { ParamsSlots } from '../params-slots.ts';
import type { Device } from '../process.ts';

export class NodeDevice implements Device {
  /** Through which params reach the thread. */
  readonly slots = new ParamsSlots();
  readonly #setup: ComputeSetup | null;
  #thread: Promise<ComputeThread> | null = null;
  #loaded: ComputeThread | null = null;

  /** `setup` is null for a node that has nothing to compute. */
  constructor(setup: ComputeSetup | null) {
    this.#setup = setup;
  }

  /** The thread, once it has loaded. */
  get loaded(): ComputeThread | null {
    return this.#loaded;
  }

  /** Loads, or goes on loading. Rejects with what keeps the backend or the problem from loading. */
  async load(): Promise<ComputeThread> {
    if (this.#setup === null) throw new Error('this node has nothing to compute');
    this.#thread ??= ComputeThread.start(this.#setup, this.slots);
    this.#loaded = await this.#thread;
    return this.#loaded;
  }

  async compute(...job: Parameters<Device['compute']>): ReturnType<Device['compute']> {
    try {
      return await (await this.load()).compute(...job);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { result: { kind: 'failure', reason }, nanos: 0 };
    }
  }

  cancel(id: number): void {
    this.#loaded?.cancel(id);
  }

  /** Ends the thread, whatever it is at. */
  async end(): Promise<void> {
    try {
      await (await this.#thread)?.end();
    } catch {
      // It never began.
    }
  }
}
