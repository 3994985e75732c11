/** Float32 values behind the bytes of a payload that is not compressed. */
import { payloadError } from './compression/payload.ts';
import type { Payload } from './params.ts';

/**
 * A view where the bytes are aligned, else a copy; null in a timing-only run. Throws `PayloadError`
 * where there are not as many bytes as values need.
 */
export function viewValues(payload: Payload): Float32Array | null {
  const { bytes, elements } = payload;
  if (bytes === null) return null;
  if (bytes.length !== 4 * elements) throw payloadError(payload, `in ${bytes.length} bytes`);
  if (bytes.byteOffset % 4 === 0) return new Float32Array(bytes.buffer, bytes.byteOffset, elements);
  return new Float32Array(bytes.slice().buffer, 0, elements);
}

/** Values as an uncompressed payload, without a copy; `elements` of them in a timing-only run. */
export function plainPayload(values: Float32Array | null, elements: number): Payload {
  const byteLength = 4 * elements;
  const bytes =
    values === null ? null : new Uint8Array(values.buffer, values.byteOffset, byteLength);
  return { format: 'none', elements, byteLength, bytes };
}
