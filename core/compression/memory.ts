/**
 * What a worker remembers of what compression lost: the other half of every biased compressor, and
 * an object of its own, so that any memory goes with any compressor.
 */
import { z } from 'zod';
import type { Snapshot, SnapshotValue } from '../node.ts';
import type { Memory } from './compressor.ts';

/** What becomes of a payload that the server dropped: gone, or owed again with the next update. */
const OnDropSchema = z.enum(['discard', 'return'], {
  error: 'what is dropped is gone (discard) or owed again (return)'
});

/** The memory of a compressor, as its configuration carries it. */
export const MemorySchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('none') }),
  z.strictObject({
    kind: z.literal('feedback'),
    /** Factor on the residual when it is owed: 1 loses nothing, below it forgets. */
    decay: z
      .number()
      .gt(0, { error: 'a residual decays by a factor above 0' })
      .max(1, { error: 'a residual decays by a factor of 1 at most' }),
    onDrop: OnDropSchema
  })
]);
export type MemoryConfig = z.infer<typeof MemorySchema>;
type FeedbackConfig = Extract<MemoryConfig, { kind: 'feedback' }>;

/** No memory: what compression loses is lost. */
export const noMemory: MemoryConfig = { kind: 'none' };

/** Error feedback. `decay` in (0, 1] is 1 by default, `onDrop` is `return`: nothing is lost. */
export function feedback(options: Partial<Omit<FeedbackConfig, 'kind'>> = {}): MemoryConfig {
  return { kind: 'feedback', decay: options.decay ?? 1, onDrop: options.onDrop ?? 'return' };
}

/** A fresh memory, or the one of a snapshot; null where there is nothing to remember. */
export function memoryOf(config: MemoryConfig, restored: Snapshot | null = null): Memory | null {
  return config.kind === 'none' ? null : new ErrorFeedback(config, restored);
}

/**
 * Error feedback in units of the update (Seide et al. 2014; Karimireddy et al. 2019, algorithm 1):
 *
 *   a = g + decay e      what is encoded
 *   e = a - C(a)         what is owed from now on
 *
 * The residual takes effect at once, before the server has said what became of C(a): with several
 * iterations in flight none waits. A drop that is heard of later gives C(a) back to e, or not.
 * Invariant (decay 1, `return`): applied + pending + residual = the sum of all updates.
 */
class ErrorFeedback implements Memory {
  readonly #config: FeedbackConfig;
  readonly #residuals = new Map<number, Float32Array>();
  /** By server and clock: what was sent and may come back; null where a drop is for good. */
  readonly #pending = new Map<number, Map<number, Float32Array | null>>();

  constructor(config: FeedbackConfig, restored: Snapshot | null) {
    this.#config = config;
    if (restored !== null) this.#restore(restored);
  }

  /** Returns the memory's own vector, which `update` makes the residual; leaves `values` alone. */
  compensate(server: number, _clock: number, values: Float32Array): Float32Array {
    const owed = this.#residuals.get(server);
    if (owed === undefined) {
      const first = values.slice();
      this.#residuals.set(server, first);
      return first;
    }
    if (owed.length !== values.length) {
      throw new Error(
        `error feedback owes ${owed.length} values to server ${server} and got ${values.length}: ` +
          'it needs the same keys in every iteration (no-feedback where batches choose rows)'
      );
    }
    const { decay } = this.#config;
    for (let i = 0; i < owed.length; i++) owed[i] = values[i]! + decay * owed[i]!;
    return owed;
  }

  /** Copies what it keeps: `sent` may be used again. */
  update(server: number, clock: number, compensated: Float32Array, sent: Float32Array): void {
    // Invariant: `compensated` is what `compensate` returned for this server.
    const residual = this.#residuals.get(server)!;
    for (let i = 0; i < residual.length; i++) residual[i] = compensated[i]! - sent[i]!;
    let pending = this.#pending.get(server);
    if (pending === undefined) {
      pending = new Map();
      this.#pending.set(server, pending);
    }
    const kept = this.#config.onDrop === 'return' ? sent.slice(0, residual.length) : null;
    pending.set(clock, kept);
  }

  /** A fate that is told twice counts once. */
  settle(server: number, clock: number, applied: boolean): void {
    const pending = this.#pending.get(server);
    const sent = pending?.get(clock);
    if (pending === undefined || sent === undefined) return;
    pending.delete(clock);
    if (applied || sent === null) return;
    const residual = this.#residuals.get(server)!;
    for (let i = 0; i < residual.length; i++) residual[i] = residual[i]! + sent[i]!;
  }

  snapshot(): Snapshot {
    const residuals = [...this.#residuals].map(([server, values]) => [server, values.slice()]);
    const pending = [...this.#pending].flatMap(([server, clocks]) =>
      [...clocks].map(([clock, sent]) => [server, clock, sent])
    );
    return { residuals, pending };
  }

  #restore({ residuals, pending }: Snapshot): void {
    for (const [server, values] of entries(residuals)) {
      if (typeof server !== 'number' || !(values instanceof Float32Array)) throw unfit();
      this.#residuals.set(server, values.slice());
    }
    for (const [server, clock, sent] of entries(pending)) {
      if (typeof server !== 'number' || typeof clock !== 'number') throw unfit();
      if (sent !== null && !(sent instanceof Float32Array)) throw unfit();
      const clocks = this.#pending.get(server) ?? new Map<number, Float32Array | null>();
      this.#pending.set(server, clocks.set(clock, sent));
    }
  }
}

function entries(value: SnapshotValue | undefined): readonly (readonly SnapshotValue[])[] {
  if (!Array.isArray(value)) throw unfit();
  return value.map(entry => {
    if (!Array.isArray(entry)) throw unfit();
    return entry;
  });
}

function unfit(): Error {
  return new Error('this is no snapshot of an error feedback memory');
}
