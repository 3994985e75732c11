/**
 * Eight bits a value: blocks of values share a float32 scale s = max|x| / 127, and each value
 * becomes the integer q nearest to x / s. |x - q s| <= s / 2.
 *
 *   payload: u32 block size | float32 scale by block | int8 q by value
 *
 * A block with a value that is NaN or infinite gets the scale NaN and decodes to NaN altogether: a
 * run that has diverged is seen to have.
 */

import { z } from 'zod';
import { inWords } from '../issue-text.ts';
import type { Compressor, CompressorKind, EncodeKey } from './compressor.ts';
import { ditherState, ditherWords } from './dither.ts';
import { type MemoryConfig, MemorySchema, noMemory } from './memory.ts';
import { checkPayload, payloadError, wordAligned } from './payload.ts';
import { formatMemory, memoryUsage, parseMemory, Words } from './short-form.ts';

const BLOCK_MIN = 16;
const BLOCK_MAX = 65_536;
const DEFAULT_BLOCK = 128;

const schema = z.strictObject({
  kind: z.literal('int8'),
  /** Values that share a scale. */
  block: z
    .int()
    .min(BLOCK_MIN)
    .max(BLOCK_MAX)
    .multipleOf(BLOCK_MIN, { error: `a block is a multiple of ${BLOCK_MIN} values` }),
  /** To the nearest integer (ties to even), or up and down at random so that the mean is right. */
  rounding: z.enum(['nearest', 'stochastic']),
  memory: MemorySchema
});
export type Int8Config = z.infer<typeof schema>;

/** Eight bits a value and 32 a block. `block` is a multiple of 16, 128 by default. */
export function int8(
  options: {
    readonly block?: number;
    readonly rounding?: Int8Config['rounding'];
    readonly memory?: MemoryConfig;
  } = {}
): Int8Config {
  const block = options.block ?? DEFAULT_BLOCK;
  const rounding = options.rounding ?? 'nearest';
  const memory = options.memory ?? noMemory;
  return schema.parse({ kind: 'int8', block, rounding, memory }, inWords);
}

export const int8Kind: CompressorKind<Int8Config> = {
  kind: 'int8',
  schema,
  parse(argument) {
    const words = new Words(argument, `int8[:<block>][:stochastic]${memoryUsage}`);
    const block = words.number() ?? DEFAULT_BLOCK;
    const rounding = words.flag('stochastic') ? 'stochastic' : 'nearest';
    const memory = parseMemory(words, noMemory);
    words.end();
    return int8({ block, rounding, memory });
  },
  format({ block, rounding, memory }) {
    const size = block === DEFAULT_BLOCK ? '' : `:${block}`;
    const random = rounding === 'stochastic' ? ':stochastic' : '';
    return `int8${size}${random}${formatMemory(memory, noMemory)}`;
  },
  create: config => ({
    format: 'int8',
    lossless: false,
    rounds: 1,
    valueDependentLength: false,
    byteLength: slice => encodedBytes(slice.length, config.block),
    encode: (values, _slice, key) => encode(values, config, key),
    decode
  })
};

const HEADER_BYTES = 4;
const LEVELS = 127;
/** All bits of a float32 but the sign. */
const MAGNITUDE = 0x7fffffff;
/** Bits of the least float32 that is not finite. */
const INFINITE = 0x7f800000;
/** Adding and subtracting 1.5 * 2^52 rounds a double to the nearest integer, ties to even. */
const ROUNDER = 6755399441055744;
const WORD_STEP = 1 / 4294967296;
/** Scales above are of values next to the largest float32. */
const ALMOST_ONE = 1 - 1 / 4194304;
const HUGE_SCALE = 3.4e38 / LEVELS;

const FLOAT = new Float32Array(1);
const FLOAT_BITS = new Int32Array(FLOAT.buffer);

function encodedBytes(length: number, block: number): number {
  return HEADER_BYTES + 4 * Math.ceil(length / block) + length;
}

function encode(values: Float32Array, config: Int8Config, key: EncodeKey): Uint8Array {
  const { block } = config;
  const { length } = values;
  const blocks = Math.ceil(length / block);
  const bytes = new Uint8Array(encodedBytes(length, block));
  new DataView(bytes.buffer).setUint32(0, block, true);
  const scales = new Float32Array(bytes.buffer, HEADER_BYTES, blocks);
  const levels = new Int8Array(bytes.buffer, HEADER_BYTES + 4 * blocks, length);
  writeScales(new Int32Array(values.buffer, values.byteOffset, length), block, scales);
  if (config.rounding === 'nearest') roundNearest(values, block, scales, levels);
  else roundStochastic(values, block, scales, levels, ditherState(key, 'int8'));
  return bytes;
}

/**
 * Writes the scale of each block, from the bits of its values: without their signs they order like
 * magnitudes. The maximum is taken without a comparison (the sign of a difference is its mask),
 * since a branch for it would be mispredicted a few times in every block.
 */
function writeScales(bits: Int32Array, block: number, scales: Float32Array): void {
  for (let index = 0, i = 0; index < scales.length; index++) {
    const end = Math.min(i + block, bits.length);
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    for (; i + 4 <= end; i += 4) {
      const moreA = (bits[i]! & MAGNITUDE) - a;
      const moreB = (bits[i + 1]! & MAGNITUDE) - b;
      const moreC = (bits[i + 2]! & MAGNITUDE) - c;
      const moreD = (bits[i + 3]! & MAGNITUDE) - d;
      a = (a + (moreA & ~(moreA >> 31))) | 0;
      b = (b + (moreB & ~(moreB >> 31))) | 0;
      c = (c + (moreC & ~(moreC >> 31))) | 0;
      d = (d + (moreD & ~(moreD >> 31))) | 0;
    }
    for (; i < end; i++) a = Math.max(a, bits[i]! & MAGNITUDE);
    scales[index] = scaleOf(Math.max(a, b, c, d));
  }
}

/**
 * The scale of a block: 0 for zeros, NaN where a value is not finite, else max / 127 rounded up to
 * a float32, so that no level passes 127. Next to the largest float32 it is rounded down instead,
 * lest 127 s overflow.
 */
function scaleOf(largest: number): number {
  if (largest === 0) return 0;
  if (largest >= INFINITE) return Number.NaN;
  FLOAT_BITS[0] = largest;
  const max = FLOAT[0]!;
  FLOAT[0] = max / LEVELS;
  if (LEVELS * FLOAT[0]! < max) FLOAT_BITS[0] = FLOAT_BITS[0]! + 1;
  if (Math.fround(LEVELS * FLOAT[0]!) === Number.POSITIVE_INFINITY) {
    FLOAT_BITS[0] = FLOAT_BITS[0]! - 1;
  }
  return FLOAT[0]!;
}

/** What the values of a block are multiplied by. 0 makes zeros, which a scale of NaN makes NaN. */
function inverseOf(scale: number): number {
  return scale > 0 ? 1 / scale : 0;
}

function roundNearest(
  values: Float32Array,
  block: number,
  scales: Float32Array,
  levels: Int8Array
): void {
  for (let index = 0, i = 0; index < scales.length; index++) {
    const inverse = inverseOf(scales[index]!);
    const end = Math.min(i + block, values.length);
    for (; i + 4 <= end; i += 4) {
      levels[i] = (values[i]! * inverse + ROUNDER - ROUNDER) | 0;
      levels[i + 1] = (values[i + 1]! * inverse + ROUNDER - ROUNDER) | 0;
      levels[i + 2] = (values[i + 2]! * inverse + ROUNDER - ROUNDER) | 0;
      levels[i + 3] = (values[i + 3]! * inverse + ROUNDER - ROUNDER) | 0;
    }
    for (; i < end; i++) levels[i] = (values[i]! * inverse + ROUNDER - ROUNDER) | 0;
  }
}

/** The level below, or the one above with the probability that makes the mean right. */
function roundStochastic(
  values: Float32Array,
  block: number,
  scales: Float32Array,
  levels: Int8Array,
  state: Uint32Array
): void {
  const words = new Uint32Array(block);
  for (let index = 0; index < scales.length; index++) {
    const begin = index * block;
    const end = Math.min(begin + block, values.length);
    const scale = scales[index]!;
    // Zeros are what the levels are made of, and what a scale of NaN makes NaN.
    if (!(scale > 0)) continue;
    // A scale that was rounded down would let 127 become 128.
    const inverse = (1 / scale) * (scale > HUGE_SCALE ? ALMOST_ONE : 1);
    ditherWords(state, words);
    for (let i = begin; i < end; i++) {
      // Truncation rounds down where all is above zero: 128 is added for that, and taken off.
      const raised = values[i]! * inverse + words[i - begin]! * WORD_STEP + 128;
      levels[i] = (raised | 0) - 128;
    }
  }
}

const decode: Compressor['decode'] = (payload, into) => {
  const bytes = wordAligned(checkPayload(payload, 'int8', into));
  const { elements } = payload;
  if (bytes.length < HEADER_BYTES) throw payloadError(payload, 'no header');
  const block = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (block < BLOCK_MIN || block > BLOCK_MAX || block % BLOCK_MIN !== 0) {
    throw payloadError(payload, `blocks of ${block}`);
  }
  const length = encodedBytes(elements, block);
  if (bytes.length !== length) {
    throw payloadError(payload, `${bytes.length} bytes where ${length} are right`);
  }
  const blocks = Math.ceil(elements / block);
  const scales = new Float32Array(bytes.buffer, bytes.byteOffset + HEADER_BYTES, blocks);
  const begin = bytes.byteOffset + HEADER_BYTES + 4 * blocks;
  const levels = new Int8Array(bytes.buffer, begin, elements);
  const words = new Int32Array(bytes.buffer, begin, elements >>> 2);
  for (let index = 0; index < blocks; index++) {
    const scale = scales[index]!;
    if (scale < 0 || scale === Number.POSITIVE_INFINITY) {
      throw payloadError(payload, `the scale ${scale}`);
    }
    const first = index * block;
    const clean = dequantize(levels, words, first, Math.min(first + block, elements), scale, into);
    if (!clean) throw payloadError(payload, 'a level of -128 where -127 is the least');
  }
  return into.subarray(0, elements);
};

/**
 * Fills in the values of a block, reading four levels at once. Returns whether all levels are ones
 * that an encoder writes.
 */
function dequantize(
  levels: Int8Array,
  words: Int32Array,
  begin: number,
  end: number,
  scale: number,
  into: Float32Array
): boolean {
  let bad = 0;
  let i = begin;
  for (; i + 4 <= end; i += 4) {
    const word = words[i >>> 2]!;
    into[i] = ((word << 24) >> 24) * scale;
    into[i + 1] = ((word << 16) >> 24) * scale;
    into[i + 2] = ((word << 8) >> 24) * scale;
    into[i + 3] = (word >> 24) * scale;
    // A byte of 0x80 becomes zero, and only a zero byte borrows into its top bit.
    const flipped = word ^ LEAST_BYTES;
    bad |= (flipped - ONE_BYTES) & ~flipped & LEAST_BYTES;
  }
  for (; i < end; i++) {
    const level = levels[i]!;
    if (level < -LEVELS) bad = 1;
    into[i] = level * scale;
  }
  return bad === 0;
}

const ONE_BYTES = 0x01010101;
const LEAST_BYTES = 0x80808080 | 0;
