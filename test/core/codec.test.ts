import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FrameError, type FrameOptions, plainFrames } from '../../core/codec/frame.ts';
import {
  decode,
  decodeTransport,
  encode,
  encodedLength,
  encodeTransport,
  frameKind,
  isTransportKind
} from '../../core/codec.ts';
import type { Message } from '../../core/message.ts';
import type { Payload } from '../../core/params.ts';
import { allKeys } from '../../core/tensors.ts';
import { joined } from './codec/frames.ts';
import { messages, messagesOf } from './message-arbitrary.ts';

const test = suite('codec');
const runs = { numRuns: 200, seed: 21 };
const checked: FrameOptions = { ...plainFrames, payloadChecksum: true };

/** The message with its payloads' bytes left out, as in a timing-only run. */
function withoutBytes<T>(value: T): T {
  return JSON.parse(
    JSON.stringify(value, (name, part) =>
      part instanceof Uint32Array ? { rows: [...part] } : name === 'bytes' ? null : part
    ),
    (_, part) => (Array.isArray(part?.rows) ? Uint32Array.from(part.rows) : part)
  );
}

const push = (payload: Payload): Message => ({
  kind: 'push',
  view: 1,
  incarnation: 0,
  clock: 7,
  round: 0,
  cut: 0,
  base: 6,
  contribution: { kind: 'gradient', keys: allKeys, payload, samples: 32 },
  want: { keys: allKeys, base: 6 },
  origins: null
});

const floats = (values: Float32Array): Payload => ({
  format: 'none',
  elements: values.length,
  byteLength: values.byteLength,
  bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
});

for (const [kind, arbitrary] of Object.entries(messagesOf)) {
  test(`a message "${kind}" comes back as it was sent`, () => {
    fc.assert(
      fc.property(arbitrary, fc.boolean(), (message, payloadChecksum) => {
        const options = { ...plainFrames, payloadChecksum };
        assert.equal(decode(joined(encode(message, options)), options), message);
      }),
      runs
    );
  });
}

test('the length told for a message is the length of its frame', () => {
  fc.assert(
    fc.property(messages, message => {
      assert.is(joined(encode(message)).length, encodedLength(message));
      assert.is(joined(encode(message, checked)).length, encodedLength(message, true));
    }),
    { ...runs, numRuns: 2000 }
  );
});

test('a timing-only message has the length of the real one', () => {
  fc.assert(
    fc.property(messages, message => {
      assert.is(encodedLength(withoutBytes(message)), encodedLength(message));
    }),
    { ...runs, numRuns: 2000 }
  );
});

test('a timing-only message has no bytes to encode', () => {
  const payload = { format: 'none', elements: 3, byteLength: 12, bytes: null };
  assert.throws(() => encode(push(payload)), /timing-only payload has no bytes/);
  const lying = { format: 'none', elements: 3, byteLength: 12, bytes: new Uint8Array(8) };
  assert.throws(() => encode(push(lying)), /says 12 bytes and has 8/);
});

test('a payload is neither copied when sent nor when received', () => {
  const values = Float32Array.from({ length: 100 }, (_, i) => i / 7);
  const parts = encode(push(floats(values)));
  assert.is(parts.length, 2);
  assert.is(parts[1]!.buffer, values.buffer);
  const frame = joined(parts);
  const message = decode(frame);
  const contribution = message.kind === 'push' && message.contribution;
  const { bytes } =
    contribution && contribution.kind === 'gradient' ? contribution.payload : never();
  assert.is(bytes?.buffer, frame.buffer);
  assert.is(bytes!.byteOffset % 16, 0);
  assert.equal(new Float32Array(bytes!.buffer, bytes!.byteOffset, 100), values);
});

test('a frame that lies at any address is read all the same', () => {
  fc.assert(
    fc.property(messages, fc.integer({ min: 1, max: 15 }), (message, shift) => {
      const frame = joined(encode(message));
      const moved = new Uint8Array(frame.length + shift).subarray(shift);
      moved.set(frame);
      assert.equal(decode(moved), message);
    }),
    runs
  );
});

test('numbers that the format cannot hold are refused when encoding', () => {
  for (const clock of [-1, 0.5, Number.NaN, 2 ** 32]) {
    const message: Message = { kind: 'heartbeat', progress: clock };
    assert.throws(() => encode(message), /"heartbeat" holds .* whole number from 0 to 4294967295/);
  }
  const pull: Message = { kind: 'pull', view: 1, clock: 0, keys: allKeys, base: 0xffffffff };
  assert.throws(() => encode(pull), /from 0 to 4294967294/);
});

test('a flipped bit anywhere in a frame with checksums is found', () => {
  fc.assert(
    fc.property(messages, message => {
      const frame = joined(encode(message, checked));
      for (let bit = 0; bit < frame.length * 8; bit++) {
        frame[bit >> 3]! ^= 1 << (bit & 7);
        assert.throws(() => decode(frame), isFrameError, `bit ${bit}`);
        frame[bit >> 3]! ^= 1 << (bit & 7);
      }
      assert.equal(decode(frame), message);
    }),
    { ...runs, numRuns: 40 }
  );
});

test('without a payload checksum, a flipped bit is found wherever it is not a value', () => {
  const frame = joined(encode(push(floats(new Float32Array(8)))));
  const payload = frame.length - 32;
  for (let bit = 0; bit < payload * 8; bit++) {
    frame[bit >> 3]! ^= 1 << (bit & 7);
    assert.throws(() => decode(frame), isFrameError, `bit ${bit}`);
    frame[bit >> 3]! ^= 1 << (bit & 7);
  }
});

test('a frame cut short or grown anywhere is refused', () => {
  fc.assert(
    fc.property(messages, message => {
      const frame = joined(encode(message));
      for (let length = 0; length < frame.length; length++) {
        assert.throws(() => decode(frame.subarray(0, length)), isFrameError);
      }
      assert.throws(() => decode(joined([frame, new Uint8Array(1)])), isFrameError);
    }),
    { ...runs, numRuns: 60 }
  );
});

test('fields that lie, under good checksums, are refused and allocate nothing', () => {
  fc.assert(
    fc.property(
      messages,
      fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 }),
      (message, edits) => {
        const parts = encode(message);
        const body = joined(parts).subarray(24);
        for (const [at, byte] of edits) if (body.length > 0) body[at % body.length] = byte;
        const forged = joined([joined(parts).subarray(0, 24), body]);
        reseal(forged);
        try {
          const read = decode(forged);
          // What is read as a message is one that the encoder can write.
          assert.is(joined(encode(read)).length, forged.length);
        } catch (error) {
          assert.ok(error instanceof FrameError, String(error));
        }
      }
    ),
    { ...runs, numRuns: 5000 }
  );
});

test('an error says what is wrong, where, and what would be right', () => {
  const frame = joined(encode({ kind: 'heartbeat', progress: 3 }));
  const edited = (at: number, byte: number): (() => Message) => {
    const copy = frame.slice();
    copy[at] = byte;
    if (at > 3) return () => decode(copy);
    reseal(copy);
    return () => decode(copy);
  };
  assert.throws(edited(0, 71), /begins with 47 4c where a Slackline frame has 53 4c .*at byte 0/);
  assert.throws(edited(2, 9), /version 9 where this program speaks 1 \(at byte 2/);
  assert.throws(edited(3, 99), /unknown kind 99; messages have 1 to 22 \(at byte 3/);
  assert.throws(edited(3, 201), /a frame of the transport \(kind 201\) where a message is right/);
  assert.throws(edited(24, 9), /checksum of the body says \w{8}, its bytes make \w{8}/);
  assert.throws(edited(12, 9), /checksum of the header says/);
  assert.throws(() => decode(frame.subarray(0, 10)), /10 bytes where a header has 24/);
  assert.throws(() => decode(frame.subarray(0, 26)), /26 bytes where its header says 28/);
});

test('frames of the transport carry their bytes unread', () => {
  for (const kind of [200, 255]) {
    const bytes = Uint8Array.from([1, 2, 3]);
    const frame = encodeTransport(kind, bytes);
    assert.is(frameKind(frame), kind);
    assert.ok(isTransportKind(frameKind(frame)));
    assert.equal(decodeTransport(frame), { kind, bytes });
    frame[25]! ^= 1;
    assert.throws(() => decodeTransport(frame), /checksum of the body/);
  }
  assert.throws(() => encodeTransport(199, new Uint8Array()), /199 is no kind/);
  const message = joined(encode({ kind: 'halted' }));
  assert.throws(() => decodeTransport(message), /kind 17 where a transport frame has 200 to 255/);
});

function isFrameError(error: unknown): boolean {
  return error instanceof FrameError;
}

function never(): never {
  throw new Error('a push of a gradient was decoded as something else');
}

/** Puts checksums right after an edit: what a liar would do. */
function reseal(frame: Uint8Array): void {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const bulk = view.getUint32(12, true);
  view.setUint32(16, plainFrames.crc32(frame.subarray(24, frame.length - bulk)), true);
  view.setUint32(20, plainFrames.crc32(frame.subarray(0, 20)), true);
}

test.run();
