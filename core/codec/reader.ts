/** Reads the fields of a message out of a frame: every step is checked against the frame's end. */
import { aligned, bulkBegin, FrameError, type Header, headerBytes } from './frame.ts';
import { absent } from './writer.ts';

/** A cursor over a whole frame. Throws `FrameError` where the fields don't fit the frame. */
export class BodyReader {
  readonly #frame: Uint8Array;
  readonly #view: DataView;
  readonly #bodyEnd: number;
  readonly #bulkBegin: number;
  readonly #bulkEnd: number;
  #offset = headerBytes;
  #bulk: number;

  constructor(frame: Uint8Array, header: Header) {
    this.#frame = frame;
    this.#view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
    this.#bodyEnd = headerBytes + header.bodyLength;
    this.#bulkBegin = bulkBegin(header.bodyLength, header.bulkLength);
    this.#bulkEnd = this.#bulkBegin + header.bulkLength;
    this.#bulk = this.#bulkBegin;
  }

  u8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  flag(): boolean {
    const value = this.u8();
    if (value > 1) throw this.error(`${value} where 0 or 1 is right`);
    return value === 1;
  }

  u32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  u32OrNull(): number | null {
    const value = this.u32();
    return value === absent ? null : value;
  }

  f64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  /** How many things of at least `bytesEach` bytes follow: checked before any is made. */
  count(bytesEach: number): number {
    const count = this.u32();
    const left = this.#bodyEnd - this.#offset;
    if (count * bytesEach > left) {
      throw this.error(`${count} entries of ${bytesEach} bytes where ${left} bytes are left`);
    }
    return count;
  }

  ascii(): string {
    const length = this.u8();
    const begin = this.#take(length);
    let text = '';
    for (let i = begin; i < begin + length; i++) {
      const code = this.#frame[i]!;
      if (code > 127) throw this.error('a name that is not ASCII');
      text += String.fromCharCode(code);
    }
    return text;
  }

  /** The next part of the bulk, a view. */
  part(length: number): Uint8Array {
    if (length === 0) return this.#frame.subarray(this.#bulkBegin, this.#bulkBegin);
    const begin = this.#bulkBegin + aligned(this.#bulk - this.#bulkBegin);
    if (length > this.#bulkEnd - begin) {
      throw this.error(`a payload of ${length} bytes where ${this.#bulkEnd - begin} are left`);
    }
    this.#bulk = begin + length;
    return this.#frame.subarray(begin, begin + length);
  }

  /** What is left of the body. */
  rest(): Uint8Array {
    return this.#frame.subarray(this.#take(this.#bodyEnd - this.#offset), this.#bodyEnd);
  }

  /** Throws unless everything in the frame has been read. */
  finish(): void {
    if (this.#offset !== this.#bodyEnd) {
      throw this.error(`${this.#bodyEnd - this.#offset} bytes of the body are left over`);
    }
    if (this.#bulk !== this.#bulkEnd) {
      throw this.error(`${this.#bulkEnd - this.#bulk} bytes of the payload are left over`);
    }
  }

  error(what: string): FrameError {
    return new FrameError(what, this.#offset);
  }

  #take(length: number): number {
    const begin = this.#offset;
    if (length > this.#bodyEnd - begin) {
      throw this.error(`ends in the middle of a field of ${length} bytes`);
    }
    this.#offset = begin + length;
    return begin;
  }
}
