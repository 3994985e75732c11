/**
 * Bytes <-> messages: the only encoder. The layout of frames is in `codec/frame.ts`, that of each
 * message beside its relatives in `codec/`. Bytes off a socket are read by `codec/frame-reader.ts`.
 */
import { cutForm, markForm, partForm, progressForm } from './codec/cuts.ts';
import { arrivedForm, decidedForm, reduceForm } from './codec/decisions.ts';
import {
  abortForm,
  answerForm,
  offerForm,
  pullForm,
  pushForm,
  segmentForm
} from './codec/exchange.ts';
import type { Form } from './codec/form.ts';
import {
  bulkBegin,
  FrameError,
  type FrameOptions,
  frameLength,
  openFrame,
  plainFrames,
  sealFrame,
  transportKinds
} from './codec/frame.ts';
import {
  failedForm,
  finishedForm,
  haltedForm,
  haltForm,
  heartbeatForm,
  joinForm,
  viewForm
} from './codec/membership.ts';
import { BodyReader } from './codec/reader.ts';
import { replicatedForm, replicateForm } from './codec/replication.ts';
import { BodyWriter } from './codec/writer.ts';
import type { Message } from './message.ts';

type Kind = Message['kind'];

/** The layout of every kind of message. */
const forms = {
  join: joinForm,
  view: viewForm,
  pull: pullForm,
  push: pushForm,
  answer: answerForm,
  offer: offerForm,
  abort: abortForm,
  arrived: arrivedForm,
  decided: decidedForm,
  reduce: reduceForm,
  cut: cutForm,
  mark: markForm,
  part: partForm,
  progress: progressForm,
  finished: finishedForm,
  failed: failedForm,
  halt: haltForm,
  halted: haltedForm,
  heartbeat: heartbeatForm,
  replicate: replicateForm,
  replicated: replicatedForm,
  segment: segmentForm
} satisfies { [K in Kind]: Form<Extract<Message, { kind: K }>> };

/** The code of every kind on the wire: never reused, below the transport's 200. */
const codes = {
  join: 1,
  view: 2,
  pull: 3,
  push: 4,
  answer: 5,
  offer: 6,
  abort: 7,
  arrived: 8,
  decided: 9,
  reduce: 10,
  cut: 11,
  mark: 12,
  part: 13,
  progress: 14,
  finished: 15,
  halt: 16,
  halted: 17,
  heartbeat: 18,
  replicate: 19,
  replicated: 20,
  segment: 21,
  failed: 22
} as const satisfies Record<Kind, number>;

const formByCode: (Form<Message> | undefined)[] = [];
for (const kind in codes) formByCode[codes[kind as Kind]] = formOf(kind as Kind);

/**
 * Exact length in bytes of the frame that `encode` would write, without writing it: what the
 * simulator charges for a message. Allocates nothing; timing-only payloads count with their length.
 */
export function encodedLength(message: Message, payloadChecksum = false): number {
  // Nearly all messages are of two kinds, whose layouts are found without a look at the table.
  switch (message.kind) {
    case 'push':
      return frameLength(
        pushForm.bodyLength(message),
        pushForm.bulkLength(message, 0),
        payloadChecksum
      );
    case 'answer':
      return frameLength(
        answerForm.bodyLength(message),
        answerForm.bulkLength(message, 0),
        payloadChecksum
      );
    default: {
      const form = formOf(message.kind);
      return frameLength(form.bodyLength(message), form.bulkLength(message, 0), payloadChecksum);
    }
  }
}

/**
 * A message as the parts of one frame, in order, for one gathering write. Float payloads and row
 * keys are views on the message's own memory: it must stay as it is until they are written.
 *
 * Throws on a timing-only payload and on numbers that the format cannot hold.
 */
export function encode(
  message: Message,
  options: FrameOptions = plainFrames
): readonly Uint8Array[] {
  const form = formOf(message.kind);
  const bodyLength = form.bodyLength(message);
  const begin = bulkBegin(bodyLength, form.bulkLength(message, 0));
  const writer = new BodyWriter(message.kind, begin);
  form.write(writer, message);
  if (writer.bodyLength !== bodyLength) {
    throw new Error(`${message.kind}: wrote ${writer.bodyLength} bytes, announced ${bodyLength}`);
  }
  return sealFrame(codes[message.kind], writer.head, bodyLength, writer.bulk, options);
}

/**
 * The message of one whole frame, payloads as views on it (the frame belongs to the message from
 * now on). Throws `FrameError` on anything that `encode` would not have written; what its checksums
 * cover is found out for certain.
 */
export function decode(frame: Uint8Array, options: FrameOptions = plainFrames): Message {
  const header = openFrame(frame, options.crc32);
  const form = formByCode[header.kind];
  if (form === undefined) {
    throw new FrameError(
      header.kind >= transportKinds
        ? `a frame of the transport (kind ${header.kind}) where a message is right`
        : `unknown kind ${header.kind}; messages have 1 to ${formByCode.length - 1}`,
      3
    );
  }
  const reader = new BodyReader(frame, header);
  const message = form.read(reader);
  reader.finish();
  return message;
}

/**
 * A frame of the transport's own: a kind from 200 to 255 and bytes that the codec does not read,
 * checksum included.
 */
export function encodeTransport(
  kind: number,
  bytes: Uint8Array,
  options: FrameOptions = plainFrames
): Uint8Array {
  if (!isTransportKind(kind)) throw new RangeError(`${kind} is no kind of a transport frame`);
  const writer = new BodyWriter('transport', bulkBegin(bytes.length, 0));
  writer.bytes(bytes);
  sealFrame(kind, writer.head, bytes.length, [], options);
  return writer.head;
}

/** Kind and bytes (a view) of a whole frame of the transport; throws `FrameError` on any other. */
export function decodeTransport(
  frame: Uint8Array,
  options: FrameOptions = plainFrames
): { readonly kind: number; readonly bytes: Uint8Array } {
  const header = openFrame(frame, options.crc32);
  if (!isTransportKind(header.kind)) {
    throw new FrameError(`kind ${header.kind} where a transport frame has 200 to 255`, 3);
  }
  const reader = new BodyReader(frame, header);
  const bytes = reader.rest();
  reader.finish();
  return { kind: header.kind, bytes };
}

/** The kind of a frame, unchecked: `isTransportKind` tells which decoder takes it. */
export function frameKind(frame: Uint8Array): number {
  return frame[3] ?? 0;
}

/** Whether frames of this kind are the transport's. */
export function isTransportKind(kind: number): boolean {
  return Number.isInteger(kind) && kind >= transportKinds && kind <= 255;
}

/** The form of a kind, for a message of that kind: which is what the table's type says. */
function formOf(kind: Kind): Form<Message> {
  return forms[kind] as unknown as Form<Message>;
}
