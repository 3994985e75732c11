/** No compression: the values themselves, sent and received without a copy. */
import { z } from 'zod';
import type { Compressor, CompressorKind } from './compressor.ts';
import { checkPayload, payloadError } from './payload.ts';

const schema = z.strictObject({ kind: z.literal('none') });
export type NoneConfig = z.infer<typeof schema>;

/** Uncompressed float32. */
export function none(): NoneConfig {
  return { kind: 'none' };
}

export const noneKind: CompressorKind<NoneConfig> = {
  kind: 'none',
  schema,
  parse(argument) {
    if (argument !== null) throw new Error('none takes no argument: write "none"');
    return none();
  },
  format: () => 'none',
  create: () => compressor
};

const compressor: Compressor = {
  format: 'none',
  lossless: true,
  rounds: 1,
  valueDependentLength: false,
  encode: values => new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
  byteLength: slice => 4 * slice.length,
  decode(payload, into) {
    const bytes = checkPayload(payload, 'none', into);
    const { elements } = payload;
    if (bytes.length !== 4 * elements) {
      throw payloadError(payload, `${bytes.length} bytes where ${4 * elements} are right`);
    }
    if (bytes.byteOffset % 4 === 0) {
      return new Float32Array(bytes.buffer, bytes.byteOffset, elements);
    }
    new Uint8Array(into.buffer, into.byteOffset, bytes.length).set(bytes);
    return into.subarray(0, elements);
  }
};
