/**
 * Chance, all of it from one seed. A `Stream` is a sequence of draws under a name; keyed draws
 * (`uniformAt` ...) have no order at all: the same key gives the same number whenever it is asked
 * for, so that the same worker's same iteration meets the same luck in every cell of a sweep.
 */
import seedrandom from 'seedrandom';
import { log } from './math.ts';
import { normalQuantile } from './normal.ts';

/** A sequence of draws. Its place in the sequence is data: `state()`. */
export interface Stream {
  /** Uniform in [0, 1), 53 bits. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Exponential with mean 1. */
  exponential(): number;
  /** Uniform integer in [0, n), for n from 1 to 2^32. */
  integer(n: number): number;
  /** Shuffles in place (Fisher-Yates) and returns the same array. */
  shuffle<A extends Shuffled>(array: A): A;
  state(): StreamState;
}

/** What can be shuffled: arrays and typed arrays. */
export type Shuffled = unknown[] | Int32Array | Uint32Array | Float32Array | Float64Array;

/** The state of seedrandom's `alea`: JSON, fit to be part of a snapshot. */
export type StreamState = {
  readonly c: number;
  readonly s0: number;
  readonly s1: number;
  readonly s2: number;
};

/**
 * The stream of this name under `seed` (a safe integer). Streams of different names are independent:
 * `stream(1, 'batch', 3)` knows nothing of `stream(1, 'batch', 4)`, nor of `stream(1, 'batch', '3')`.
 */
export function stream(seed: number, ...names: readonly (string | number)[]): Stream {
  if (!Number.isSafeInteger(seed)) throw new Error(`a seed is a whole number, not ${seed}`);
  return streamOver(seedrandom.alea(JSON.stringify([seed, ...names]), { state: true }));
}

/** A stream that goes on where `state()` was taken. */
export function restoreStream(state: StreamState): Stream {
  return streamOver(seedrandom.alea('', { state }));
}

/** A 32-bit word for a name, to use as one of the words of a key (FNV-1a and a final mix). */
export function nameKey(name: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return hash ^ (hash >>> 16);
}

/**
 * The uniform number in [0, 1) of this key, 53 bits. Each of the four words counts modulo 2^32, and
 * may be (worker, iteration, what for, ...). Allocates nothing; costs about five draws of a stream.
 */
export function uniformAt(seed: number, a: number, b: number, c: number, d: number): number {
  wordsAt(WORDS, seed, a, b, c, d);
  return (WORDS[0]! >>> 5) * STEP_27 + (WORDS[1]! >>> 6) * STEP_53;
}

/** The standard normal number of this key. */
export function normalAt(seed: number, a: number, b: number, c: number, d: number): number {
  return normalQuantile(uniformAt(seed, a, b, c, d) + HALF_STEP);
}

/** The exponential number (mean 1) of this key. */
export function exponentialAt(seed: number, a: number, b: number, c: number, d: number): number {
  return -log(1 - uniformAt(seed, a, b, c, d));
}

/**
 * The four words of this key: Threefry-4x32-20 (Salmon, Moraes, Dror, Shaw: Parallel random
 * numbers: as easy as 1, 2, 3; SC 2011) with the seed's low and high word as the key and a, b, c, d
 * as the counter. Four independent 32-bit draws for the price of one `uniformAt`.
 */
export function wordsAt(
  into: Uint32Array,
  seed: number,
  a: number,
  b: number,
  c: number,
  d: number
): void {
  // The key words of the schedule take turns: `key0` is the one that x0 gets next.
  let key0 = seed | 0;
  let key1 = Math.floor(seed / TWO_32) | 0;
  let key2 = 0;
  let key3 = 0;
  let key4 = 0x1bd11bda ^ key0 ^ key1;
  let x0 = (a + key0) | 0;
  let x1 = (b + key1) | 0;
  let x2 = c | 0;
  let x3 = d | 0;
  for (let round = 0; round < 20; round += 2) {
    const at = (round & 6) << 1;
    x0 = (x0 + x1) | 0;
    x1 = rotate(x1, ROTATIONS[at]!) ^ x0;
    x2 = (x2 + x3) | 0;
    x3 = rotate(x3, ROTATIONS[at + 1]!) ^ x2;
    x0 = (x0 + x3) | 0;
    x3 = rotate(x3, ROTATIONS[at + 2]!) ^ x0;
    x2 = (x2 + x1) | 0;
    x1 = rotate(x1, ROTATIONS[at + 3]!) ^ x2;
    if ((round & 2) === 0) continue;
    const first = key0;
    key0 = key1;
    key1 = key2;
    key2 = key3;
    key3 = key4;
    key4 = first;
    x0 = (x0 + key0) | 0;
    x1 = (x1 + key1) | 0;
    x2 = (x2 + key2) | 0;
    x3 = (x3 + key3 + ((round + 2) >> 2)) | 0;
  }
  into[0] = x0;
  into[1] = x1;
  into[2] = x2;
  into[3] = x3;
}

const TWO_32 = 4294967296;
const STEP_27 = 1 / 134217728;
const STEP_53 = 1 / 9007199254740992;
/** Moves a draw of [0, 1) off 0, where the quantile is infinite, and leaves most others alone. */
const HALF_STEP = STEP_53 / 2;
const WORDS = new Uint32Array(4);
/** Threefry's rotations for the eight rounds of its cycle, two a round. */
const ROTATIONS = new Int32Array([10, 26, 11, 21, 13, 27, 23, 5, 6, 20, 17, 11, 25, 10, 18, 20]);

function rotate(x: number, by: number): number {
  return (x << by) | (x >>> (32 - by));
}

/** `alea` (Baagøe) is the fastest generator of seedrandom and passes BigCrush. */
function streamOver(alea: seedrandom.StatefulPRNG<seedrandom.State.Alea>): Stream {
  const uniform = alea.double;
  const integer = (n: number): number => Math.floor(uniform() * n);
  return {
    uniform,
    normal: () => normalQuantile(uniform() + HALF_STEP),
    exponential: () => -log(1 - uniform()),
    integer,
    shuffle: array => {
      for (let i = array.length - 1; i > 0; i--) {
        const j = integer(i + 1);
        const last = array[i];
        array[i] = array[j]!;
        array[j] = last!;
      }
      return array;
    },
    state: () => alea.state()
  };
}
