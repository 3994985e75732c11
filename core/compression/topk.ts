/**
 * Top-k: the k values of largest magnitude, exactly, and zeros for the others. Loses the energy of
 * the tail and nothing else: |x - C(x)|^2 <= (1 - k / n) |x|^2 (Stich et al. 2018, definition 2.1).
 *
 *   payload: u32 k | u8 index coding | u8 its parameter | u16 0 | float32 values | indices
 *
 * Ties go to the lowest index. A NaN counts as larger than infinity: it is sent before anything
 * else, so that a run that has diverged is seen to have.
 */

import { z } from 'zod';
import { inWords } from '../issue-text.ts';
import type { Compressor, CompressorKind, Slice } from './compressor.ts';
import { cheapestCoding, fixedCoding, modeCode, readIndices, writeIndices } from './indices.ts';
import { feedback, type MemoryConfig, MemorySchema } from './memory.ts';
import { checkPayload, payloadError, wordAligned } from './payload.ts';
import { selectLargest } from './select.ts';
import { formatMemory, memoryUsage, parseMemory, Words } from './short-form.ts';

const schema = z.strictObject({
  kind: z.literal('topk'),
  /** Share of the values that is sent: k = max(1, ceil(ratio n)). */
  ratio: z
    .number()
    .gt(0, { error: 'the ratio is the share of values that is sent: above 0' })
    .max(1, { error: 'the ratio is the share of values that is sent: 1 at most' }),
  /** Whether k are chosen of every tensor, or of all that one server gets. */
  by: z.enum(['tensor', 'slice']),
  /**
   * `fixed`: codings of indices whose length follows from n and k, so that timing-only runs charge
   * the exact length. `smallest`: any coding, about 1 % of the payload less.
   */
  indices: z.enum(['fixed', 'smallest']),
  memory: MemorySchema
});
export type TopKConfig = z.infer<typeof schema>;

/** Sparsification needs the memory: without it what is never large is never sent. */
const usualMemory: MemoryConfig = feedback();

/** Top-k of `ratio` in (0, 1], by tensor, with error feedback unless said otherwise. */
export function topK(options: {
  readonly ratio: number;
  readonly by?: TopKConfig['by'];
  readonly indices?: TopKConfig['indices'];
  /** `false` for none, or a memory. */
  readonly feedback?: boolean | MemoryConfig;
}): TopKConfig {
  const { ratio, by = 'tensor', indices = 'fixed', feedback: wanted = true } = options;
  const memory = typeof wanted === 'boolean' ? (wanted ? usualMemory : { kind: 'none' }) : wanted;
  return schema.parse({ kind: 'topk', ratio, by, indices, memory }, inWords);
}

export const topKKind: CompressorKind<TopKConfig> = {
  kind: 'topk',
  schema,
  parse(argument) {
    const words = new Words(argument, `topk:<ratio>[:slice][:smallest]${memoryUsage}`);
    const ratio = words.number();
    if (ratio === null) throw words.error('topk takes the share of values that is sent');
    const by = words.flag('slice') ? 'slice' : 'tensor';
    const indices = words.flag('smallest') ? 'smallest' : 'fixed';
    const memory = parseMemory(words, usualMemory);
    words.end();
    return topK({ ratio, by, indices, feedback: memory });
  },
  format({ ratio, by, indices, memory }) {
    const words = (by === 'slice' ? ':slice' : '') + (indices === 'smallest' ? ':smallest' : '');
    return `topk:${ratio}${words}${formatMemory(memory, usualMemory)}`;
  },
  create: config => ({
    format: 'topk',
    lossless: false,
    rounds: 1,
    valueDependentLength: config.indices === 'smallest',
    byteLength: slice => encodedBytes(slice, config),
    encode: (values, slice) => encode(values, slice, config),
    decode
  })
};

const HEADER_BYTES = 8;

/** Indices of the values chosen: scratch, of no meaning between two calls. */
let chosen = new Uint32Array(1024);

function scratch(length: number): Uint32Array {
  // The selection writes one place further than it keeps.
  if (chosen.length <= length) chosen = new Uint32Array(2 * length + 1);
  return chosen;
}

/** How many of `length` values are sent. A rounding error above a whole number counts as that. */
export function keptOf(length: number, ratio: number): number {
  if (length === 0) return 0;
  const exact = ratio * length;
  const whole = Math.round(exact);
  const near = Math.abs(exact - whole) <= 1e-9 * whole;
  return Math.min(length, Math.max(1, near ? whole : Math.ceil(exact)));
}

function encodedBytes(slice: Slice, config: TopKConfig): number {
  const k = forEachRun(slice, config, null);
  return HEADER_BYTES + 4 * k + (k === 0 ? 0 : fixedCoding(slice.length, k).bytes);
}

/**
 * Visits the runs that k is chosen of, with their k: the tensor pieces and what no piece covers
 * (rows chosen by a batch), or the slice. Returns the sum of the k.
 */
function forEachRun(
  { pieces, length }: Slice,
  { by, ratio }: TopKConfig,
  visit: ((begin: number, end: number, k: number, at: number) => void) | null
): number {
  let at = 0;
  let covered = 0;
  if (by === 'tensor') {
    for (const piece of pieces) {
      const k = keptOf(piece.length, ratio);
      covered = piece.offset + piece.length;
      visit?.(piece.offset, covered, k, at);
      at += k;
    }
  }
  const rest = keptOf(length - covered, ratio);
  if (rest > 0) visit?.(covered, length, rest, at);
  return at + rest;
}

function encode(values: Float32Array, slice: Slice, config: TopKConfig): Uint8Array {
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  const indices = scratch(forEachRun(slice, config, null));
  const k = forEachRun(slice, config, (begin, end, some, at) =>
    selectLargest(bits, begin, end, some, indices, at)
  );
  if (k === 0) return new Uint8Array(HEADER_BYTES);
  const coding =
    config.indices === 'fixed'
      ? fixedCoding(slice.length, k)
      : cheapestCoding(slice.length, k, indices);
  const bytes = new Uint8Array(HEADER_BYTES + 4 * k + coding.bytes);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, k, true);
  view.setUint8(4, modeCode(coding.mode));
  view.setUint8(5, coding.parameter);
  const kept = new Float32Array(bytes.buffer, HEADER_BYTES, k);
  for (let i = 0; i < k; i++) kept[i] = values[indices[i]!]!;
  writeIndices(coding, k, indices, bytes.subarray(HEADER_BYTES + 4 * k));
  return bytes;
}

const decode: Compressor['decode'] = (payload, into) => {
  const bytes = wordAligned(checkPayload(payload, 'topk', into));
  const { elements } = payload;
  if (bytes.length < HEADER_BYTES) throw payloadError(payload, 'no header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const k = view.getUint32(0, true);
  const end = HEADER_BYTES + 4 * k;
  if (k > elements || (k === 0 && elements > 0) || end > bytes.length) {
    throw payloadError(payload, `${k} values in ${bytes.length} bytes`);
  }
  if (view.getUint16(6, true) !== 0) throw payloadError(payload, 'a header that is none');
  const indices = scratch(k);
  const wrong = readIndices(
    view.getUint8(4),
    view.getUint8(5),
    elements,
    k,
    bytes.subarray(end),
    indices
  );
  if (wrong !== null) throw payloadError(payload, wrong);
  const kept = new Float32Array(bytes.buffer, bytes.byteOffset + HEADER_BYTES, k);
  const values = into.subarray(0, elements);
  values.fill(0);
  for (let i = 0; i < k; i++) values[indices[i]!] = kept[i]!;
  return values;
};
