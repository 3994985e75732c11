/**
 * Rice coding of an ascending set (Rice 1979; Golomb 1966): the gaps between indices, the high part
 * of each in unary (zeros ended by a one) and its low b bits as they are.
 */
import { bitsMax, getBits, log2Floor, putBits, setBit, zerosFrom } from './bits.ts';

/** The parameter b that makes `indices[0, k)` out of `n` shortest, and the length with it. */
export function bestRice(
  n: number,
  k: number,
  indices: Uint32Array
): { readonly parameter: number; readonly bytes: number } {
  // Right for a random set: 2^b near ln 2 times the mean gap. Cost is convex in b, so that going
  // downhill from there finds the least for any set.
  const guess = Math.min(bitsMax, log2Floor((Math.LN2 * (n - k)) / k + 1));
  let best = { parameter: guess, bytes: riceBytes(k, indices, guess) };
  for (const step of [-1, 1]) {
    for (let next = best.parameter + step; next >= 0 && next <= bitsMax; next += step) {
      const bytes = riceBytes(k, indices, next);
      if (bytes >= best.bytes) break;
      best = { parameter: next, bytes };
    }
  }
  return best;
}

/** Writes `indices[0, k)` onto zeros. */
export function writeRice(low: number, k: number, indices: Uint32Array, bytes: Uint8Array): void {
  const mask = (1 << low) - 1;
  let position = 0;
  let next = 0;
  for (let i = 0; i < k; i++) {
    const gap = indices[i]! - next;
    position += gap >>> low;
    setBit(bytes, position);
    putBits(bytes, position + 1, gap & mask);
    position += 1 + low;
    next = indices[i]! + 1;
  }
}

/** Reads `k` indices below `n`; false if the bytes are none of an encoder. */
export function readRice(
  n: number,
  low: number,
  k: number,
  bytes: Uint8Array,
  into: Uint32Array
): boolean {
  const end = 8 * bytes.length;
  let position = 0;
  let next = 0;
  for (let i = 0; i < k; i++) {
    const begin = position;
    while (position < end && (bytes[position >>> 3]! & (1 << (position & 7))) === 0) position++;
    if (position + 1 + low > end) return false;
    const gap = (position - begin) * (1 << low) + getBits(bytes, position + 1, low);
    const index = next + gap;
    if (index >= n) return false;
    into[i] = index;
    next = index + 1;
    position += 1 + low;
  }
  return Math.ceil(position / 8) === bytes.length && zerosFrom(bytes, position);
}

function riceBytes(k: number, indices: Uint32Array, low: number): number {
  let unary = 0;
  let next = 0;
  for (let i = 0; i < k; i++) {
    unary += (indices[i]! - next) >>> low;
    next = indices[i]! + 1;
  }
  return Math.ceil((unary + k * (1 + low)) / 8);
}
