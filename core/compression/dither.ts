/**
 * Random words for stochastic rounding: many, fast, and named by the encoding they are for. The key
 * is turned into a state by a counter-based generator, and the words then follow in order.
 */
import { nameKey, wordsAt } from '../random.ts';
import type { EncodeKey } from './compressor.ts';

/** The state of the words of one encoding; `what` tells methods apart that share a key. */
export function ditherState(key: EncodeKey, what: string): Uint32Array {
  const state = new Uint32Array(4);
  const { seed, worker, server, clock, round } = key;
  wordsAt(state, seed, worker, server, clock, nameKey(what) + round);
  // All zeros is the one state that xoshiro never leaves.
  if ((state[0]! | state[1]! | state[2]! | state[3]!) === 0) state[0] = 1;
  return state;
}

/** The next words: xoshiro128++ (Blackman and Vigna 2019), which passes BigCrush. */
export function ditherWords(state: Uint32Array, into: Uint32Array): void {
  let s0 = state[0]! | 0;
  let s1 = state[1]! | 0;
  let s2 = state[2]! | 0;
  let s3 = state[3]! | 0;
  for (let i = 0; i < into.length; i++) {
    const sum = (s0 + s3) | 0;
    into[i] = (((sum << 7) | (sum >>> 25)) + s0) | 0;
    const shifted = s1 << 9;
    s2 ^= s0;
    s3 ^= s1;
    s1 ^= s2;
    s0 ^= s3;
    s2 ^= shifted;
    s3 = (s3 << 11) | (s3 >>> 21);
  }
  state[0] = s0;
  state[1] = s1;
  state[2] = s2;
  state[3] = s3;
}
