/**
 * The frame: what one message is on the wire.
 *
 *   offset  0  'S' 'L'             magic
 *           2  u8                  version of the format
 *           3  u8                  kind: a message's code, or 200 to 255 for the transport's frames
 *           4  u8                  flags: 1 = a payload checksum follows the bulk
 *           5  u8[3]               zero
 *           8  u32                 length of the body
 *          12  u32                 length of the bulk
 *          16  u32                 CRC-32 of the body and its padding
 *          20  u32                 CRC-32 of the bytes 0 to 20
 *          24  body                the message's fields, unaligned
 *              zeros               up to a multiple of 16, if there is bulk
 *              bulk                float payloads and row keys, each at a multiple of 16
 *              u32                 CRC-32 of the bulk, if flagged
 *
 * Little endian. Where a frame begins at a multiple of 16 in memory, so does every payload: a
 * decoder takes views and copies nothing.
 */
import { type Checksum, crc32 } from './crc32.ts';

/** Version of the format: a change of any message's fields is a new one. */
export const formatVersion = 1;
/** Bytes of the fixed header. */
export const headerBytes = 24;
/** Alignment of payloads. */
export const bulkAlignment = 16;
/** Kinds from here to 255 are the transport's own frames: the codec carries their bytes unread. */
export const transportKinds = 200;

/** How frames are written and checked. Both ends need not agree: the flag is in the frame. */
export interface FrameOptions {
  /** Whether the bulk gets a checksum too; for links beyond the host. */
  readonly payloadChecksum: boolean;
  /** `crc32` of this package, or a faster one with the same result. */
  readonly crc32: Checksum;
}

/** Frames as they travel within a host. */
export const plainFrames: FrameOptions = { payloadChecksum: false, crc32 };

/** A frame that no encoder of this version wrote: what is wrong, where, and what would be right. */
export class FrameError extends Error {
  /** Byte of the frame where it shows. */
  readonly offset: number;

  constructor(what: string, offset: number) {
    super(`bad frame: ${what} (at byte ${offset} of the frame)`);
    this.name = 'FrameError';
    this.offset = offset;
  }
}

/** The fields of a header. */
export interface Header {
  readonly kind: number;
  readonly payloadChecksum: boolean;
  readonly bodyLength: number;
  readonly bulkLength: number;
}

const MAGIC = [0x53, 0x4c] as const;
const CHECKSUM_BYTES = 4;
const FLAG_PAYLOAD_CHECKSUM = 1;

/** The least multiple of the alignment that is not below `offset`. */
export function aligned(offset: number): number {
  return offset + (-offset & (bulkAlignment - 1));
}

/** Where the bulk begins in a frame; the end of the body if there is none. */
export function bulkBegin(bodyLength: number, bulkLength: number): number {
  return bulkLength === 0 ? headerBytes + bodyLength : aligned(headerBytes + bodyLength);
}

/** Length of a whole frame. */
export function frameLength(
  bodyLength: number,
  bulkLength: number,
  payloadChecksum: boolean
): number {
  const trailer = payloadChecksum && bulkLength > 0 ? CHECKSUM_BYTES : 0;
  return bulkBegin(bodyLength, bulkLength) + bulkLength + trailer;
}

/**
 * Completes a frame. `head` has room for the header, then the body, then zeros up to the bulk;
 * `bulk` follows in parts whose lengths include padding. Returns the parts to write, in order,
 * without copying any.
 */
export function sealFrame(
  kind: number,
  head: Uint8Array,
  bodyLength: number,
  bulk: readonly Uint8Array[],
  options: FrameOptions
): readonly Uint8Array[] {
  const bulkLength = bulk.reduce((sum, part) => sum + part.length, 0);
  const checked = options.payloadChecksum && bulkLength > 0;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  head.set(MAGIC);
  view.setUint8(2, formatVersion);
  view.setUint8(3, kind);
  view.setUint8(4, checked ? FLAG_PAYLOAD_CHECKSUM : 0);
  view.setUint32(8, bodyLength, true);
  view.setUint32(12, bulkLength, true);
  view.setUint32(16, options.crc32(head.subarray(headerBytes)), true);
  view.setUint32(20, options.crc32(head.subarray(0, 20)), true);
  if (bulkLength === 0) return [head];
  if (!checked) return [head, ...bulk];
  const trailer = new Uint8Array(CHECKSUM_BYTES);
  const crc = bulk.reduce((before, part) => options.crc32(part, before), 0);
  new DataView(trailer.buffer).setUint32(0, crc, true);
  return [head, ...bulk, trailer];
}

/**
 * Reads and checks a header: at least 24 bytes. Throws `FrameError`; the lengths of a header that
 * passes are what its sender wrote, and are for the caller to hold against a limit.
 */
export function openHeader(bytes: Uint8Array, checksum: Checksum = crc32): Header {
  if (bytes.length < headerBytes) {
    throw new FrameError(`${bytes.length} bytes where a header has ${headerBytes}`, bytes.length);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, headerBytes);
  checkMagic(bytes);
  const found = view.getUint32(20, true);
  const computed = checksum(bytes.subarray(0, 20));
  if (found !== computed) throw new FrameError(mismatch('header', found, computed), 20);
  const flags = view.getUint8(4);
  if (flags > FLAG_PAYLOAD_CHECKSUM || bytes[5]! + bytes[6]! + bytes[7]! > 0) {
    throw new FrameError('unknown flags: this program knows 0 and 1', 4);
  }
  return {
    kind: view.getUint8(3),
    payloadChecksum: flags === FLAG_PAYLOAD_CHECKSUM,
    bodyLength: view.getUint32(8, true),
    bulkLength: view.getUint32(12, true)
  };
}

/** Checks as much of magic and version as is there: a stranger is known by the first bytes. */
export function checkMagic(bytes: Uint8Array): void {
  for (let i = 0; i < Math.min(bytes.length, MAGIC.length); i++) {
    if (bytes[i] === MAGIC[i]) continue;
    throw new FrameError(
      `begins with ${hexadecimal(bytes.subarray(0, 2))} where a Slackline frame has 53 4c ("SL")`,
      i
    );
  }
  const version = bytes[2] ?? formatVersion;
  if (version !== formatVersion) {
    throw new FrameError(`version ${version} where this program speaks ${formatVersion}`, 2);
  }
}

/** Checks a whole frame against its header: length and checksums. Returns the header. */
export function openFrame(frame: Uint8Array, checksum: Checksum = crc32): Header {
  const header = openHeader(frame, checksum);
  const { bodyLength, bulkLength, payloadChecksum } = header;
  const length = frameLength(bodyLength, bulkLength, payloadChecksum);
  if (frame.length !== length) {
    throw new FrameError(`${frame.length} bytes where its header says ${length}`, 8);
  }
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const begin = bulkBegin(bodyLength, bulkLength);
  const body = view.getUint32(16, true);
  const computed = checksum(frame.subarray(headerBytes, begin));
  if (body !== computed) throw new FrameError(mismatch('body', body, computed), 16);
  if (payloadChecksum && bulkLength > 0) {
    const end = begin + bulkLength;
    const trailer = view.getUint32(end, true);
    const bulk = checksum(frame.subarray(begin, end));
    if (trailer !== bulk) throw new FrameError(mismatch('payload', trailer, bulk), end);
  }
  return header;
}

function mismatch(part: string, found: number, computed: number): string {
  const hex = (crc: number): string => crc.toString(16).padStart(8, '0');
  return `the checksum of the ${part} says ${hex(found)}, its bytes make ${hex(computed)}`;
}

function hexadecimal(bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join(' ');
}
