/**
 * Shared memory through which params reach the compute thread: a slot a job, used again when the
 * thread is done with it. Fresh shared memory would cost ten times the copy into a used one.
 */
import type { Job } from '../core/node.ts';
import type { Part } from '../core/params.ts';

export class ParamsSlots {
  /** Slots that no job uses. */
  readonly #free: SharedArrayBuffer[] = [];
  readonly #used = new Map<number, SharedArrayBuffer>();

  /** The job `id` with its params copied into shared memory; kept until `release`. */
  pack(id: number, job: Job): Job {
    if (!('params' in job)) return job;
    const { keys, parts } = job.params;
    const length = parts.reduce((sum, part) => sum + (part.values?.length ?? 0), 0);
    if (length === 0) return job;
    const slot = this.#take(length * Float32Array.BYTES_PER_ELEMENT);
    this.#used.set(id, slot);
    let offset = 0;
    const shared = parts.map((part): Part => {
      if (part.values === null) return part;
      const values = new Float32Array(slot, offset, part.values.length);
      values.set(part.values);
      offset += values.byteLength;
      return { ...part, values };
    });
    return { ...job, params: { keys, parts: shared } };
  }

  /** The thread does not look at the params of `id` any more. */
  release(id: number): void {
    const slot = this.#used.get(id);
    this.#used.delete(id);
    if (slot !== undefined) this.#free.push(slot);
  }

  #take(bytes: number): SharedArrayBuffer {
    const slot = this.#free.pop();
    return slot !== undefined && slot.byteLength >= bytes ? slot : new SharedArrayBuffer(bytes);
  }
}
