/**
 * A compressor: float32 values to bytes and back. One file each; only bytes travel, and what a
 * worker must remember between iterations (a residual) is a *memory*, a separate object that
 * composes with any compressor (`memory.ts`).
 */
import type { z } from 'zod';
import type { Snapshot } from '../node.ts';
import type { Payload } from '../params.ts';
import type { PlacedTensor } from '../tensors.ts';

/** A compressor as it is registered (`registry.ts`). `C` is its configuration, `{ kind, ... }`. */
export interface CompressorKind<C extends { readonly kind: string }> {
  readonly kind: C['kind'];
  readonly schema: z.ZodType<C>;
  /** Reads the short form, what follows the colon (`0.01` of `topk:0.01`). */
  parse(argument: string | null): C;
  format(config: C): string;
  create(config: C): Compressor;
}

/**
 * A slice of the flat vector that one encode call covers: what one server gets of one worker's
 * update. Methods that work by tensor, block or row find the tensors in it. Positions are relative
 * to the slice.
 */
export interface Slice {
  /** Number of values. */
  readonly length: number;
  /** Tensor pieces in the slice, in order; empty when the keys are rows chosen by the batch. */
  readonly pieces: readonly Piece[];
}

/** A run of one tensor's elements inside a slice. */
export interface Piece {
  readonly tensor: PlacedTensor;
  /** Place in the slice. */
  readonly offset: number;
  readonly length: number;
}

/** Names the random choices of one encoding: the same bytes in any order of events. */
export interface EncodeKey {
  readonly seed: number;
  readonly worker: number;
  readonly server: number;
  readonly clock: number;
  readonly round: number;
}

/** A compressor at work. Stateless: the same values and key give the same bytes. */
export interface Compressor {
  /** Name on the wire: a decoder is found by it alone. At most 32 ASCII characters. */
  readonly format: string;
  /** Whether the bytes decode to the very values. Memories are pointless then. */
  readonly lossless: boolean;
  /** Rounds of push and answer that one update takes; 1 but for methods such as PowerSGD. */
  readonly rounds: number;
  /** Whether the length of an encoding depends on values; timing-only runs then use `byteLength`'s bound. */
  readonly valueDependentLength: boolean;
  /** Encodes `values` (length of the slice). May return a view on `values` (none does). */
  encode(values: Float32Array, slice: Slice, key: EncodeKey): Uint8Array;
  /** Exact length of the encoding in bytes (its bound where it depends on values). */
  byteLength(slice: Slice): number;
  /**
   * Decodes `payload.elements` values. Returns a view on the bytes where it can, or else fills and
   * returns `into` (at least as long). Throws `PayloadError` on bytes that no encoder wrote: never
   * reads out of bounds, never allocates by an unchecked length.
   */
  decode(payload: Payload, into: Float32Array): Float32Array;
}

/** Bytes that no encoder wrote. */
export class PayloadError extends Error {
  override readonly name = 'PayloadError';
}

/** Whether a decoder has thrown this: by its name, since a plugin may bring the class along. */
export function isPayloadError(error: unknown): error is Error {
  return error instanceof Error && error.name === 'PayloadError';
}

/**
 * What a worker remembers of what compression lost, by server. One step: `compensate` before the
 * encoding, `update` after it, `settle` when the fate of that clock is known.
 */
export interface Memory {
  /** Returns what to encode: the update plus what is owed. May write into and return `values`. */
  compensate(server: number, clock: number, values: Float32Array): Float32Array;
  /**
   * `sent` is what the server will decode, in a vector of the caller's that may be longer and is
   * written again. Opens a pending residual for (server, clock).
   */
  update(server: number, clock: number, compensated: Float32Array, sent: Float32Array): void;
  /** Closes it: applied commits; otherwise `onDrop` says whether the payload is owed again. */
  settle(server: number, clock: number, applied: boolean): void;
  snapshot(): Snapshot;
}
