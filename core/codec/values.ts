/** Key sets, payloads and replies: the parts that messages share. */
import type { Reply } from '../message.ts';
import type { Payload } from '../params.ts';
import { allKeys, type KeyRange, type KeySet } from '../tensors.ts';
import { bulkAfter, choice, type Form } from './form.ts';
import type { BodyReader } from './reader.ts';

/** A key set: one byte for all keys; ranges in the body, rows in the bulk. */
export const keySetForm: Form<KeySet> = {
  bodyLength: keys => (keys.kind === 'all' ? 1 : 13 + 8 * keys.ranges.length),
  bulkLength: (keys, before) =>
    keys.kind === 'all' ? before : bulkAfter(before, keys.rows.byteLength),
  write(writer, keys) {
    writer.flag(keys.kind === 'some');
    if (keys.kind === 'all') return;
    writer.u32(keys.width);
    writer.u32(keys.rows.length);
    writer.u32(keys.ranges.length);
    for (const { begin, end } of keys.ranges) {
      writer.u32(begin);
      writer.u32(end);
    }
    const { buffer, byteOffset, byteLength } = keys.rows;
    writer.append(new Uint8Array(buffer, byteOffset, byteLength));
  },
  read(reader) {
    if (!reader.flag()) return allKeys;
    const width = reader.u32();
    const rowBytes = reader.u32() * 4;
    const ranges: KeyRange[] = [];
    let last = 0;
    for (let left = reader.count(8); left > 0; left--) {
      const range = { begin: reader.u32(), end: reader.u32() };
      if (range.begin < last || range.end <= range.begin) {
        throw reader.error(`keys ${range.begin} to ${range.end} where ranges ascend`);
      }
      ranges.push(range);
      last = range.end;
    }
    const rows = wordsOf(reader.part(rowBytes));
    checkRows(reader, rows, width);
    return { kind: 'some', ranges, rows, width };
  }
};

/** A payload: format and sizes in the body, bytes in the bulk. A timing-only one has lengths too. */
export const payloadForm: Form<Payload> = {
  bodyLength: payload => 9 + payload.format.length,
  bulkLength: (payload, before) => bulkAfter(before, payload.byteLength),
  write(writer, { format, elements, byteLength, bytes }) {
    if (bytes === null) throw new Error('a timing-only payload has no bytes to encode');
    if (bytes.length !== byteLength) {
      throw new Error(`a payload says ${byteLength} bytes and has ${bytes.length}`);
    }
    writer.ascii(format);
    writer.u32(elements);
    writer.u32(byteLength);
    writer.append(bytes);
  },
  read(reader) {
    const format = reader.ascii();
    const elements = reader.u32();
    const byteLength = reader.u32();
    return { format, elements, byteLength, bytes: reader.part(byteLength) };
  }
};

const whatChoice = choice<Reply['what']>({ params: 0, aggregate: 1 });

/** What a pull brings back. */
export const replyForm: Form<Reply> = {
  bodyLength: ({ keys, payload }) =>
    25 + keySetForm.bodyLength(keys) + payloadForm.bodyLength(payload),
  bulkLength: ({ keys, payload }, before) =>
    keySetForm.bulkLength(keys, payloadForm.bulkLength(payload, before)),
  write(writer, reply) {
    whatChoice.write(writer, reply.what);
    writer.u32(reply.clock);
    writer.u32(reply.version);
    writer.u32(reply.slowest);
    writer.u32OrNull(reply.base);
    writer.f64(reply.parkedNanos);
    payloadForm.write(writer, reply.payload);
    keySetForm.write(writer, reply.keys);
  },
  read: reader => ({
    what: whatChoice.read(reader),
    clock: reader.u32(),
    version: reader.u32(),
    slowest: reader.u32(),
    base: reader.u32OrNull(),
    parkedNanos: reader.f64(),
    payload: payloadForm.read(reader),
    keys: keySetForm.read(reader)
  })
};

/** Little-endian words: a view where the frame is aligned, else a copy. */
function wordsOf(bytes: Uint8Array): Uint32Array {
  const { buffer, byteOffset, byteLength } = bytes;
  if (byteOffset % 4 === 0) return new Uint32Array(buffer, byteOffset, byteLength / 4);
  return new Uint32Array(bytes.slice().buffer);
}

function checkRows(reader: BodyReader, rows: Uint32Array, width: number): void {
  if (rows.length > 0 && width === 0) throw reader.error('rows of no keys');
  let next = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (row < next) throw reader.error(`row ${row} where rows ascend without overlapping`);
    next = row + width;
  }
}
