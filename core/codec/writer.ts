/** Writes the fields of a message into a frame's head, and gathers its bulk without copying it. */
import { bulkAlignment, headerBytes } from './frame.ts';

/** Stands for null where a version may be missing. */
export const absent = 0xffffffff;

const PADDING = new Uint8Array(bulkAlignment);

/**
 * A cursor over a head of known size. Throws `RangeError` on numbers that the format cannot hold:
 * they are mistakes of the caller.
 */
export class BodyWriter {
  readonly head: Uint8Array;
  readonly bulk: Uint8Array[] = [];
  readonly #kind: string;
  readonly #view: DataView;
  #offset = headerBytes;
  #bulkLength = 0;

  /** `bodyLength` is the exact length of the body, `begin` where bulk begins (the head's size). */
  constructor(kind: string, begin: number) {
    this.#kind = kind;
    this.head = new Uint8Array(begin);
    this.#view = new DataView(this.head.buffer);
  }

  /** Bytes of the body written so far. */
  get bodyLength(): number {
    return this.#offset - headerBytes;
  }

  u8(value: number): void {
    this.#view.setUint8(this.#offset, value);
    this.#offset += 1;
  }

  flag(value: boolean): void {
    this.u8(value ? 1 : 0);
  }

  u32(value: number): void {
    if (value >>> 0 !== value) throw this.#unfit(value, '4294967295');
    this.#view.setUint32(this.#offset, value, true);
    this.#offset += 4;
  }

  /** A number below 2^32 - 1, or null. */
  u32OrNull(value: number | null): void {
    if (value === absent) throw this.#unfit(value, '4294967294');
    this.u32(value ?? absent);
  }

  f64(value: number): void {
    this.#view.setFloat64(this.#offset, value, true);
    this.#offset += 8;
  }

  bytes(value: Uint8Array): void {
    this.head.set(value, this.#offset);
    this.#offset += value.length;
  }

  /** At most 255 ASCII characters. */
  ascii(value: string): void {
    if (value.length > 255) throw new RangeError(`"${value}" is too long to send`);
    this.u8(value.length);
    for (let i = 0; i < value.length; i++) {
      const code = value.charCodeAt(i);
      if (code > 127) throw new RangeError(`"${value}" is not ASCII`);
      this.u8(code);
    }
  }

  /** Adds a part to the bulk, as a view, at the next aligned place. Nothing for an empty one. */
  append(part: Uint8Array): void {
    if (part.length === 0) return;
    const gap = -this.#bulkLength & (bulkAlignment - 1);
    if (gap > 0) this.bulk.push(PADDING.subarray(0, gap));
    this.bulk.push(part);
    this.#bulkLength += gap + part.length;
  }

  #unfit(value: number, most: string): RangeError {
    return new RangeError(
      `a message "${this.#kind}" holds ${value} where a whole number from 0 to ${most} is right`
    );
  }
}
