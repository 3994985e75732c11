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
  return schema.parse({
    kind: 'int8',
    block: options.block ?? DEFAULT_BLOCK,
    rounding: options.rounding ?? 'nearest',
    memory: options.memory ?? noMemory
  });
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
/** Bits of the least float32 that is not finite. */
const INFINITE = 0x7f800000;
/** Adding and subtracting 1.5 * 2^52 rounds a double to the nearest integer, ties to even. */
const ROUNDER = 6755399441055744;
const WORD_STEP = 1 / 4294967296;

const FLOAT = new Float32Array(1);
const FLOAT_BITS = new Int32Array(FLOAT.buffer);

function encodedBytes(length: number, block: number): number {
  return HEADER_BYTES + 4 * Math.ceil(length / block) + length;
}

function encode(values: Float32Array, config: Int8Config, key: EncodeKey): Uint8Array {
  const { block } = config;
  const blocks = Math.ceil(values.length / block);
  const bytes = new Uint8Array(encodedBytes(values.length, block));
  new DataView(bytes.buffer).setUint32(0, block, true);
  const scales = new Float32Array(bytes.buffer, HEADER_BYTES, blocks);
  const levels = new Int8Array(bytes.buffer, HEADER_BYTES + 4 * blocks);
  const bits = new Int32Array(values.buffer, values.byteOffset, values.length);
  const state = config.rounding === 'stochastic' ? ditherState(key, 'int8') : null;
  const words = new Uint32Array(state === null ? 0 : block);
  for (let index = 0; index < blocks; index++) {
    const begin = index * block;
    const end = Math.min(begin + block, values.length);
    const scale = scaleOf(largestBits(bits, begin, end));
    scales[index] = scale;
    // Zeros, which the levels are made of, decode to NaN under the scale NaN.
    if (!(scale > 0)) continue;
    if (state === null) {
      roundNearest(values, begin, end, 1 / scale, levels);
    } else {
      ditherWords(state, words);
      roundStochastic(values, begin, end, 1 / scale, levels, words);
    }
  }
  return bytes;
}

/** Magnitude of the largest value, as bits: those of floats order like their magnitudes. */
function largestBits(bits: Int32Array, begin: number, end: number): number {
  let largest = 0;
  for (let i = begin; i < end; i++) {
    const magnitude = bits[i]! & 0x7fffffff;
    largest = Math.max(largest, magnitude);
  }
  return largest;
}

/**
 * The scale of a block: 0 for zeros, NaN where a value is not finite. Rounding it to float32 must
 * neither push the largest level beyond 127 (with subnormal scales it could) nor let 127 s overflow.
 */
function scaleOf(largest: number): number {
  if (largest === 0) return 0;
  if (largest >= INFINITE) return Number.NaN;
  FLOAT_BITS[0] = largest;
  const max = FLOAT[0]!;
  FLOAT[0] = max / LEVELS;
  if (max >= (LEVELS + 0.5) * FLOAT[0]!) FLOAT_BITS[0] = FLOAT_BITS[0]! + 1;
  else if (Math.fround(LEVELS * FLOAT[0]!) > Number.MAX_VALUE) FLOAT_BITS[0] = FLOAT_BITS[0]! - 1;
  return FLOAT[0]!;
}

function roundNearest(
  values: Float32Array,
  begin: number,
  end: number,
  inverse: number,
  levels: Int8Array
): void {
  for (let i = begin; i < end; i++) {
    levels[i] = (values[i]! * inverse + ROUNDER - ROUNDER) | 0;
  }
}

/** The level below, or the one above with the probability that makes the mean right. */
function roundStochastic(
  values: Float32Array,
  begin: number,
  end: number,
  inverse: number,
  levels: Int8Array,
  words: Uint32Array
): void {
  for (let i = begin; i < end; i++) {
    const level = Math.floor(values[i]! * inverse + words[i - begin]! * WORD_STEP);
    // x / s passes 127 by the rounding of s.
    levels[i] = Math.max(-LEVELS, Math.min(LEVELS, level));
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
  const levels = new Int8Array(
    bytes.buffer,
    bytes.byteOffset + HEADER_BYTES + 4 * blocks,
    elements
  );
  for (let index = 0; index < blocks; index++) {
    const scale = scales[index]!;
    if (scale < 0 || scale === Number.POSITIVE_INFINITY) {
      throw payloadError(payload, `the scale ${scale}`);
    }
    const begin = index * block;
    const least = dequantize(levels, begin, Math.min(begin + block, elements), scale, into);
    if (least < -LEVELS) throw payloadError(payload, `the level ${least}`);
  }
  return into.subarray(0, elements);
};

/** Fills in the values of a block; returns the least level. */
function dequantize(
  levels: Int8Array,
  begin: number,
  end: number,
  scale: number,
  into: Float32Array
): number {
  let least = 0;
  for (let i = begin; i < end; i++) {
    const level = levels[i]!;
    least = Math.min(least, level);
    into[i] = level * scale;
  }
  return least;
}
