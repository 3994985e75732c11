/** What every decoder checks of a payload before it reads a byte. */
import type { Payload } from '../params.ts';
import { PayloadError } from './compressor.ts';

/** The payload's bytes. Throws when it is another format's, has none, or `into` is too short. */
export function checkPayload(payload: Payload, format: string, into: Float32Array): Uint8Array {
  if (payload.format !== format) {
    throw payloadError(payload, `not one of "${format}"`);
  }
  if (payload.bytes === null) {
    throw payloadError(payload, 'timing-only, it has no values');
  }
  if (payload.elements > into.length) {
    throw payloadError(payload, `room for ${into.length} values only`);
  }
  return payload.bytes;
}

/** An error that says of which payload it speaks. */
export function payloadError({ format, elements }: Payload, what: string): PayloadError {
  return new PayloadError(`bad payload "${format}" of ${elements} values: ${what}`);
}

/** Bytes that begin at a multiple of 4, so that words can be viewed: themselves, or a copy. */
export function wordAligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
}
