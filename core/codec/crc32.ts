/** CRC-32 (IEEE 802.3, reflected, polynomial 0xEDB88320): what zlib, gzip and Ethernet use. */

/**
 * Continues a CRC-32 over more bytes: `crc32(b, crc32(a))` is the CRC of a followed by b, and 0 is
 * the CRC of nothing. An unsigned 32-bit integer. `zlib.crc32` fits.
 */
export type Checksum = (bytes: Uint8Array, before?: number) => number;

/** Bytes that the main loop takes in one turn, each through its own table ("slicing by 8"). */
const SLICES = 8;
const TABLES = makeTables();

/**
 * CRC-32 by eight tables of 256 words (Kounavis and Berry, "Novel table lookup-based algorithms for
 * high-performance CRC generation", 2008).
 */
export const crc32: Checksum = (bytes, before = 0) => {
  const t = TABLES;
  const whole = bytes.length - (bytes.length % SLICES);
  let crc = ~before;
  let i = 0;
  for (; i < whole; i += SLICES) {
    const word =
      crc ^ (bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24));
    crc =
      t[1792 + (word & 255)]! ^
      t[1536 + ((word >>> 8) & 255)]! ^
      t[1280 + ((word >>> 16) & 255)]! ^
      t[1024 + (word >>> 24)]! ^
      t[768 + bytes[i + 4]!]! ^
      t[512 + bytes[i + 5]!]! ^
      t[256 + bytes[i + 6]!]! ^
      t[bytes[i + 7]!]!;
  }
  for (; i < bytes.length; i++) crc = (crc >>> 8) ^ t[(crc ^ bytes[i]!) & 255]!;
  return ~crc >>> 0;
};

/** Table k maps a byte to what it does to the CRC after k more zero bytes. */
function makeTables(): Int32Array {
  const tables = new Int32Array(256 * SLICES);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    tables[byte] = crc;
  }
  for (let i = 256; i < tables.length; i++) {
    const before = tables[i - 256]!;
    tables[i] = (before >>> 8) ^ tables[before & 255]!;
  }
  return tables;
}
