/**
 * Cuts a byte stream into frames. Bytes may be handed over (`push`), or received where they belong:
 * `target()` is the memory that the next bytes go to, `filled(n)` says how many came. The rest of a
 * large frame is received straight into memory of its own, where its payloads lie aligned.
 */
import { type Checksum, crc32 } from './crc32.ts';
import { checkMagic, FrameError, frameLength, headerBytes, openHeader } from './frame.ts';

/** How a stream is read. */
export interface FrameReaderOptions {
  /** Longest frame that is accepted. */
  readonly maxFrameBytes: number;
  readonly crc32?: Checksum;
  /** Memory for one frame: exactly `length` bytes that begin at a multiple of 16. */
  readonly allocate?: (length: number) => Uint8Array;
}

/** Where headers and small frames land. */
const STAGING_BYTES = 65_536;
/** An unfinished frame longer than this gets memory of its own at once. */
const LARGE_FRAME_BYTES = 16_384;

/** The reader of one stream. Once it has thrown a `FrameError`, every later call throws it too. */
export class FrameReader {
  /** May be raised once the other end has proved who it is. Concerns headers not read yet. */
  maxFrameBytes: number;
  readonly #checksum: Checksum;
  readonly #allocate: (length: number) => Uint8Array;
  readonly #staging = new Uint8Array(STAGING_BYTES);
  #staged = 0;
  /** The large frame under way. */
  #frame: Uint8Array | null = null;
  #received = 0;
  #failure: FrameError | null = null;

  constructor(options: FrameReaderOptions) {
    this.maxFrameBytes = options.maxFrameBytes;
    this.#checksum = options.crc32 ?? crc32;
    this.#allocate = options.allocate ?? (length => new Uint8Array(length));
  }

  /** Bytes of an unfinished frame: not 0 at the end of a stream that was cut short. */
  get pending(): number {
    return this.#frame === null ? this.#staged : this.#received;
  }

  /** Where the next bytes go; never empty. Fill it from its beginning, then call `filled`. */
  target(): Uint8Array {
    if (this.#failure !== null) throw this.#failure;
    return this.#frame === null
      ? this.#staging.subarray(this.#staged)
      : this.#frame.subarray(this.#received);
  }

  /**
   * The first `count` bytes of `target()` are there. Returns the frames that they complete, each in
   * memory of its own, or null if none. Throws `FrameError` on a header that is none or is over the
   * limit; bodies are for the decoder to check.
   */
  filled(count: number): readonly Uint8Array[] | null {
    if (this.#failure !== null) throw this.#failure;
    const room = (this.#frame?.length ?? STAGING_BYTES) - this.pending;
    if (!(count >= 0 && count <= room)) throw new RangeError(`${count} bytes in room for ${room}`);
    if (this.#frame === null) {
      this.#staged += count;
      return this.#cut();
    }
    this.#received += count;
    if (this.#received < this.#frame.length) return null;
    const whole = this.#frame;
    this.#frame = null;
    return [whole];
  }

  /** Takes the next bytes of the stream, copying them. Returns the frames that they complete. */
  push(chunk: Uint8Array): readonly Uint8Array[] {
    const frames: Uint8Array[] = [];
    let taken = 0;
    while (taken < chunk.length) {
      const target = this.target();
      const part = chunk.subarray(taken, taken + target.length);
      target.set(part);
      taken += part.length;
      frames.push(...(this.filled(part.length) ?? []));
    }
    return frames;
  }

  /** Takes the frames out of the staging memory. */
  #cut(): readonly Uint8Array[] | null {
    const frames: Uint8Array[] = [];
    let begin = 0;
    while (begin < this.#staged) {
      const rest = this.#staging.subarray(begin, this.#staged);
      const length = this.#lengthOf(rest);
      if (length === null) break;
      if (rest.length >= length) {
        const frame = this.#allocate(length);
        frame.set(rest.subarray(0, length));
        frames.push(frame);
        begin += length;
        continue;
      }
      if (length <= LARGE_FRAME_BYTES) break;
      this.#frame = this.#allocate(length);
      this.#frame.set(rest);
      this.#received = rest.length;
      begin = this.#staged;
    }
    // Invariant: what is left is shorter than LARGE_FRAME_BYTES, so the staging memory has room.
    this.#staging.copyWithin(0, begin, this.#staged);
    this.#staged -= begin;
    return frames.length === 0 ? null : frames;
  }

  /** Length of the frame that begins here, or null while its header is not complete. */
  #lengthOf(rest: Uint8Array): number | null {
    try {
      if (rest.length < headerBytes) {
        checkMagic(rest);
        return null;
      }
      const header = openHeader(rest, this.#checksum);
      const length = frameLength(header.bodyLength, header.bulkLength, header.payloadChecksum);
      if (length <= this.maxFrameBytes) return length;
      throw new FrameError(`${length} bytes long where ${this.maxFrameBytes} are allowed`, 8);
    } catch (error) {
      if (error instanceof FrameError) this.#failure = error;
      throw error;
    }
  }
}
