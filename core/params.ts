/** Values that travel between nodes and devices: params as read, updates as computed. */
import type { KeySet } from './tensors.ts';

/**
 * What one server answered to a pull: its part of the params at one version. `values` holds the
 * server's share of the asked keys, in the order of its shard; it is never written again, and a
 * thousand workers may share it. Null in a timing-only run.
 */
export interface Part {
  readonly server: number;
  readonly version: number;
  readonly values: Float32Array | null;
}

/** Params as a worker read them: the parts of all servers, in the order of the servers. */
export interface Params {
  readonly keys: KeySet;
  readonly parts: readonly Part[];
}

/**
 * A gradient or delta over `keys`, ready to be cut by server. `values` has one element a key, in the
 * order that `KeySet` fixes; null in a timing-only run, where `length` alone is known.
 */
export interface Update {
  readonly keys: KeySet;
  readonly length: number;
  readonly values: Float32Array | null;
}

/**
 * Encoded values. The same bytes travel in both drivers; a timing-only payload has a `byteLength`
 * and no bytes, and the length equals what the encoder would have written.
 */
export interface Payload {
  /** Name of the compressor that decodes it. */
  readonly format: string;
  /** Number of float32 values it decodes to. */
  readonly elements: number;
  readonly byteLength: number;
  readonly bytes: Uint8Array | null;
}
