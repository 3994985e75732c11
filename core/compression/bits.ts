/** Bits in bytes, the lowest bit of a byte first. */

/** Most bits that one call writes or reads: with a shift of 7 they still fit a 32-bit word. */
export const bitsMax = 24;

/** Sets the bit at `position`. */
export function setBit(bytes: Uint8Array, position: number): void {
  bytes[position >>> 3]! |= 1 << (position & 7);
}

/** Writes the low `bitsMax` or fewer bits of a value, with nothing above them, onto zeros. */
export function putBits(bytes: Uint8Array, position: number, value: number): void {
  let shifted = value << (position & 7);
  for (let i = position >>> 3; shifted !== 0; i++) {
    bytes[i]! |= shifted & 255;
    shifted >>>= 8;
  }
}

/** Reads `width` bits, `bitsMax` at most. Bits beyond the end are zeros. */
export function getBits(bytes: Uint8Array, position: number, width: number): number {
  const i = position >>> 3;
  const word =
    (bytes[i] ?? 0) |
    ((bytes[i + 1] ?? 0) << 8) |
    ((bytes[i + 2] ?? 0) << 16) |
    ((bytes[i + 3] ?? 0) << 24);
  return (word >>> (position & 7)) & ((1 << width) - 1);
}

/** Whether all bits from `position` on are zeros. */
export function zerosFrom(bytes: Uint8Array, position: number): boolean {
  const first = position >>> 3;
  if (first < bytes.length && bytes[first]! >>> (position & 7) !== 0) return false;
  for (let i = first + 1; i < bytes.length; i++) if (bytes[i] !== 0) return false;
  return true;
}

/** The largest whole number not above log2(x), and 0 for x below 2. */
export function log2Floor(x: number): number {
  return x < 2 ? 0 : 31 - Math.clz32(x);
}
