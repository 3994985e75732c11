/**
 * Codings of a set of k indices out of n, ascending. The cheapest is chosen before encoding:
 *
 *   all          nothing: k = n
 *   words        32 bits an index
 *   bitmap       n bits
 *   elias-fano   within 0.6 bits an index of the entropy
 *   rice         within 1.5 % of the entropy for random sets, and below it for clustered ones
 *
 * The length of all but rice follows from n and k alone: with those a message's length does not
 * depend on values, and a timing-only run charges exactly what a real one sends.
 */
import { bitsMax, log2Floor, setBit, zerosFrom } from './bits.ts';
import { eliasFanoBytes, readEliasFano, writeEliasFano } from './elias-fano.ts';
import { bestRice, readRice, writeRice } from './rice.ts';

const modes = ['all', 'words', 'bitmap', 'elias-fano', 'rice'] as const;
export type IndexMode = (typeof modes)[number];

/** A coding, its parameter (low bits of elias-fano and rice, else 0), and its exact length. */
export interface IndexCoding {
  readonly mode: IndexMode;
  readonly parameter: number;
  readonly bytes: number;
}

/** The cheapest coding among those whose length follows from `n` and `k`, 1 <= k <= n. */
export function fixedCoding(n: number, k: number): IndexCoding {
  if (k === n) return { mode: 'all', parameter: 0, bytes: 0 };
  let best: IndexCoding = { mode: 'words', parameter: 0, bytes: 4 * k };
  const bitmap = Math.ceil(n / 8);
  if (bitmap < best.bytes) best = { mode: 'bitmap', parameter: 0, bytes: bitmap };
  const middle = log2Floor(n / k);
  const most = Math.min(bitsMax, middle + 1);
  for (let parameter = Math.max(0, middle - 1); parameter <= most; parameter++) {
    const bytes = eliasFanoBytes(n, k, parameter);
    if (bytes < best.bytes) best = { mode: 'elias-fano', parameter, bytes };
  }
  return best;
}

/** The cheapest coding of all for these very indices, the first `k` of `indices`. */
export function cheapestCoding(n: number, k: number, indices: Uint32Array): IndexCoding {
  const fixed = fixedCoding(n, k);
  if (fixed.mode === 'all') return fixed;
  const rice = bestRice(n, k, indices);
  return rice.bytes < fixed.bytes ? { mode: 'rice', ...rice } : fixed;
}

/** The code of a mode on the wire. */
export function modeCode(mode: IndexMode): number {
  return modes.indexOf(mode);
}

/** Writes the first `k` of `indices` into `bytes`: zeros, as many as the coding says. */
export function writeIndices(
  { mode, parameter }: IndexCoding,
  k: number,
  indices: Uint32Array,
  bytes: Uint8Array
): void {
  switch (mode) {
    case 'all':
      return;
    case 'words': {
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      for (let i = 0; i < k; i++) view.setUint32(4 * i, indices[i]!, true);
      return;
    }
    case 'bitmap':
      for (let i = 0; i < k; i++) setBit(bytes, indices[i]!);
      return;
    case 'elias-fano':
      writeEliasFano(parameter, k, indices, bytes);
      return;
    case 'rice':
      writeRice(parameter, k, indices, bytes);
  }
}

/**
 * Reads `k` indices below `n` into `into`, ascending. Returns what is wrong with bytes that no
 * encoder wrote, or null.
 */
export function readIndices(
  code: number,
  parameter: number,
  n: number,
  k: number,
  bytes: Uint8Array,
  into: Uint32Array
): string | null {
  const mode = modes[code];
  if (mode === undefined) return `index coding ${code} where 0 to ${modes.length - 1} are known`;
  if (parameter > bitsMax) return `${parameter} low bits where ${bitsMax} are the most`;
  const length = lengthOf(mode, parameter, n, k);
  if (length !== null && bytes.length !== length) {
    return `${bytes.length} bytes of indices where ${mode} takes ${length}`;
  }
  return readMode(mode, parameter, n, k, bytes, into) ? null : `${mode} indices that are none`;
}

/** The length that a mode has for n and k; null where it depends on the indices. */
function lengthOf(mode: IndexMode, parameter: number, n: number, k: number): number | null {
  switch (mode) {
    case 'all':
      return 0;
    case 'words':
      return 4 * k;
    case 'bitmap':
      return Math.ceil(n / 8);
    case 'elias-fano':
      return eliasFanoBytes(n, k, parameter);
    case 'rice':
      return null;
  }
}

function readMode(
  mode: IndexMode,
  parameter: number,
  n: number,
  k: number,
  bytes: Uint8Array,
  into: Uint32Array
): boolean {
  switch (mode) {
    case 'all':
      for (let i = 0; i < k; i++) into[i] = i;
      return k === n;
    case 'words':
      return readWords(n, k, bytes, into);
    case 'bitmap':
      return readBitmap(n, k, bytes, into);
    case 'elias-fano':
      return readEliasFano(n, parameter, k, bytes, into);
    case 'rice':
      return readRice(n, parameter, k, bytes, into);
  }
}

function readWords(n: number, k: number, bytes: Uint8Array, into: Uint32Array): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let before = -1;
  for (let i = 0; i < k; i++) {
    const index = view.getUint32(4 * i, true);
    if (index <= before || index >= n) return false;
    into[i] = index;
    before = index;
  }
  return true;
}

function readBitmap(n: number, k: number, bytes: Uint8Array, into: Uint32Array): boolean {
  let found = 0;
  for (let at = 0; at < bytes.length; at++) {
    for (let ones = bytes[at]!; ones !== 0; ones &= ones - 1) {
      if (found === k) return false;
      into[found++] = 8 * at + 31 - Math.clz32(ones & -ones);
    }
  }
  return found === k && zerosFrom(bytes, n);
}
