/** The checksum of frames, by the fastest code there is. */
import * as zlib from 'node:zlib';
import { type Checksum, crc32 } from '../../core/codec/crc32.ts';

/** `zlib.crc32` (Node 20.15 and 22.2 brought it), or the one of core with the same result. */
export const checksum: Checksum =
  typeof Reflect.get(zlib, 'crc32') === 'function'
    ? (bytes, before = 0) => zlib.crc32(bytes, before)
    : crc32;
