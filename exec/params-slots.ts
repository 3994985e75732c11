/**
 * Shared memory through which params reach the compute thread. A worker's sockets read large frames
 * into it, so that the params in them are where the thread can see them; params that lie elsewhere
 * are copied. It is used again when the thread is done with the job: fresh shared memory would cost
 * ten times the copy into a used one.
 */
import type { Job } from '../core/node.ts';
import type { Part } from '../core/params.ts';
import { frameMemory, sharedMemory } from './frame-memory.ts';

/** Smaller frames hold no params that are worth sparing a copy. */
const frameBytesMin = 16_384;
/** Slots are multiples of this: answers differ in some bytes of their fields. */
const slotBytesUnit = 4096;

export class ParamsSlots {
  /** Slots that no job uses. */
  readonly #free: SharedArrayBuffer[] = [];
  /** Slots of frames that no job has taken along yet. */
  readonly #frames = new WeakSet<SharedArrayBuffer>();
  readonly #used = new Map<number, readonly SharedArrayBuffer[]>();

  /**
   * Memory for one frame: see `FrameReader`. A job whose params lie in it takes it along: nobody
   * but its device may read them once it has been packed.
   */
  readonly frame = (length: number): Uint8Array => {
    if (length < frameBytesMin) return frameMemory(length);
    const slot = this.#take(length);
    this.#frames.add(slot);
    return new Uint8Array(slot, 0, length);
  };

  /** The job `id` with its params in shared memory, which is kept until `release`. */
  pack(id: number, job: Job): Job {
    if (!('params' in job)) return job;
    const { keys, parts } = job.params;
    const used: SharedArrayBuffer[] = [];
    const shared = parts.map((part): Part => {
      const { values } = part;
      if (values === null || values.length === 0) return part;
      const { buffer } = values;
      if (buffer instanceof SharedArrayBuffer && this.#frames.delete(buffer)) {
        used.push(buffer);
        return part;
      }
      const slot = this.#take(values.byteLength);
      used.push(slot);
      const copy = new Float32Array(slot, 0, values.length);
      copy.set(values);
      return { ...part, values: copy };
    });
    if (used.length === 0) return job;
    this.#used.set(id, used);
    return { ...job, params: { keys, parts: shared } };
  }

  /** The thread does not look at the params of `id` any more. */
  release(id: number): void {
    const slots = this.#used.get(id);
    this.#used.delete(id);
    if (slots !== undefined) this.#free.push(...slots);
  }

  // The smallest that is large enough: servers may have shards of different sizes.
  #take(bytes: number): SharedArrayBuffer {
    let best = -1;
    for (const [at, { byteLength }] of this.#free.entries()) {
      if (byteLength < bytes) continue;
      if (best < 0 || byteLength < this.#free[best]!.byteLength) best = at;
    }
    if (best >= 0) return this.#free.splice(best, 1)[0]!;
    // A larger one takes the place of one that was too small, so that there are never more of them.
    this.#free.pop();
    return sharedMemory(Math.ceil(bytes / slotBytesUnit) * slotBytesUnit);
  }
}
