/** How one kind of message is laid out: its length, how it is written, how it is read. */
import { aligned } from './frame.ts';
import type { BodyReader } from './reader.ts';
import type { BodyWriter } from './writer.ts';

/** The layout of a thing `T`. All four speak of the same bytes, which a property test checks. */
export interface Form<T> {
  /** Exact bytes of the body, without encoding and without allocating. */
  bodyLength(value: T): number;
  /** Length of the bulk after this thing's parts, when it was `before` without them. */
  bulkLength(value: T, before: number): number;
  write(writer: BodyWriter, value: T): void;
  read(reader: BodyReader): T;
}

/** Length of the bulk after one more part: parts begin aligned, empty ones take no room. */
export function bulkAfter(before: number, length: number): number {
  return length === 0 ? before : aligned(before) + length;
}

/** For a thing that has no bulk. */
export function noBulk(_value: unknown, before: number): number {
  return before;
}

/** One of a few names, as a byte. */
export interface Choice<T extends string> {
  write(writer: BodyWriter, value: T): void;
  read(reader: BodyReader): T;
}

/** The names in the order of their codes. The record makes the compiler ask for all of them. */
export function choice<T extends string>(codes: Readonly<Record<T, number>>): Choice<T> {
  const names: T[] = [];
  for (const name in codes) names[codes[name]] = name;
  return {
    write: (writer, value) => writer.u8(codes[value]),
    read(reader) {
      const name = names[reader.u8()];
      if (name !== undefined) return name;
      throw reader.error(`an unknown choice where one of ${names.join(', ')} is right`);
    }
  };
}
