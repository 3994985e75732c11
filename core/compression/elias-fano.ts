/**
 * Elias-Fano coding of an ascending set (Elias 1974; Fano 1971): the low l bits of each index one
 * after another, then the high bits as a row of buckets, each index a one and each bucket's end a
 * zero. Its length follows from n, k and l alone.
 */
import { getBits, setBit, zerosFrom } from './bits.ts';

/** Length for `k` indices below `n`. */
export function eliasFanoBytes(n: number, k: number, low: number): number {
  return lowBytes(k, low) + Math.ceil((k + ((n - 1) >>> low)) / 8);
}

/** Writes `indices[0, k)` onto zeros. */
export function writeEliasFano(
  low: number,
  k: number,
  indices: Uint32Array,
  bytes: Uint8Array
): void {
  const mask = (1 << low) - 1;
  const high = 8 * lowBytes(k, low);
  let at = 0;
  let word = 0;
  let filled = 0;
  for (let i = 0; i < k; i++) {
    const index = indices[i]!;
    setBit(bytes, high + (index >>> low) + i);
    // The low bits follow each other: whole bytes of them leave the word.
    word |= (index & mask) << filled;
    for (filled += low; filled >= 8; filled -= 8) {
      bytes[at++] = word;
      word >>>= 8;
    }
  }
  if (filled > 0) bytes[at] = word;
}

/** Reads `k` indices below `n`; false if the bytes (of the right length) are none of an encoder. */
export function readEliasFano(
  n: number,
  low: number,
  k: number,
  bytes: Uint8Array,
  into: Uint32Array
): boolean {
  const begin = lowBytes(k, low);
  let found = 0;
  let before = -1;
  for (let at = begin; at < bytes.length; at++) {
    let ones = bytes[at]!;
    for (; ones !== 0; ones &= ones - 1) {
      if (found === k) return false;
      const bit = 31 - Math.clz32(ones & -ones);
      const bucket = 8 * (at - begin) + bit - found;
      const index = bucket * (1 << low) + getBits(bytes, found * low, low);
      if (index <= before || index >= n) return false;
      into[found++] = index;
      before = index;
    }
  }
  return found === k && zerosFrom(bytes.subarray(0, begin), k * low);
}

function lowBytes(k: number, low: number): number {
  return Math.ceil((k * low) / 8);
}
