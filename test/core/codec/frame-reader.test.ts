import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FrameReader } from '../../../core/codec/frame-reader.ts';
import { decode, encode } from '../../../core/codec.ts';
import type { Message } from '../../../core/message.ts';
import { alike } from '../../twice.ts';
import { messages } from '../message-arbitrary.ts';
import { joined } from './frames.ts';

const test = suite('frame reader');
const runs = { numRuns: 100, seed: 22 };
const reader = (maxFrameBytes = 2 ** 24): FrameReader => new FrameReader({ maxFrameBytes });

/** A frame with a payload of this many bytes. */
function part(bytes: number): Message {
  const content = Uint8Array.from({ length: bytes }, (_, i) => i * 7);
  return {
    kind: 'part',
    number: bytes,
    version: 2,
    gradients: 3,
    payload: { format: 'none', elements: bytes / 4, byteLength: bytes, bytes: content }
  };
}

test('frames come whole, however the stream is cut', () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(
      fc.array(messages, { maxLength: 8 }),
      cuts,
      alike((sent, chunks) => {
        const stream = joined(sent.map(message => joined(encode(message))));
        const frames = reader();
        const received: Message[] = [];
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const length = chunks[turn % chunks.length]!;
          for (const frame of frames.push(stream.subarray(at, at + length))) {
            received.push(decode(frame));
          }
          at += length;
        }
        assert.equal(received, sent);
        assert.is(frames.pending, 0);
        return received.map(message => encode(message));
      })
    ),
    runs
  );
});

test('frames come whole when their bytes come one at a time', () => {
  fc.assert(
    fc.property(
      fc.array(messages, { maxLength: 3 }),
      alike(sent => {
        const frames = reader();
        const received: Message[] = [];
        for (const byte of joined(sent.map(message => joined(encode(message))))) {
          frames.target()[0] = byte;
          for (const frame of frames.filled(1) ?? []) received.push(decode(frame));
        }
        assert.equal(received, sent);
        return received.map(message => encode(message));
      })
    ),
    runs
  );
});

test('small and large frames in one stream come whole', () => {
  const sizes = [0, 100_000, 4, 16_000, 16_400, 65_536, 65_440, 1_000_000, 8];
  const stream = joined(sizes.map(size => joined(encode(part(size)))));
  for (const chunk of [7919, 65_536, 262_144, stream.length]) {
    const frames = reader();
    const received: Message[] = [];
    for (let at = 0; at < stream.length; at += chunk) {
      received.push(...frames.push(stream.subarray(at, at + chunk)).map(frame => decode(frame)));
    }
    assert.equal(received, sizes.map(part));
  }
});

test('the rest of a large frame is received where it stays', () => {
  const frame = joined(encode(part(1_000_000)));
  const frames = reader();
  frames.push(frame.subarray(0, 1000));
  const target = frames.target();
  assert.is(target.length, frame.length - 1000);
  target.set(frame.subarray(1000));
  const [whole] = frames.filled(target.length) ?? [];
  assert.is(whole!.buffer, target.buffer);
  assert.is(whole!.byteOffset % 16, 0);
  assert.equal(decode(whole!), part(1_000_000));
});

test('memory for frames comes from who knows better', () => {
  const asked: number[] = [];
  const frames = new FrameReader({
    maxFrameBytes: 2 ** 20,
    allocate(length) {
      asked.push(length);
      return new Uint8Array(new SharedArrayBuffer(length));
    }
  });
  const sent = [part(40), part(100_000)].map(message => joined(encode(message)));
  const received = frames.push(joined(sent));
  assert.equal(
    asked,
    sent.map(frame => frame.length)
  );
  assert.ok(received.every(frame => frame.buffer instanceof SharedArrayBuffer));
});

test('a frame above the limit is refused by its header, before memory is taken for it', () => {
  const frame = joined(encode(part(100_000)));
  const frames = new FrameReader({
    maxFrameBytes: 4096,
    allocate: () => assert.unreachable() as never
  });
  assert.is(frames.push(frame.subarray(0, 23)).length, 0);
  assert.throws(
    () => frames.push(frame.subarray(23, 24)),
    /100064 bytes long where 4096 are allowed/
  );
  // The stream has lost its frames for good.
  assert.throws(() => frames.target(), /bad frame: 100064/);
  assert.throws(() => frames.filled(0), /bad frame/);
});

test('the limit can be raised when the other end is known', () => {
  const frames = reader(4096);
  frames.push(joined(encode(part(40))));
  frames.maxFrameBytes = 2 ** 20;
  assert.is(frames.push(joined(encode(part(100_000)))).length, 1);
});

test('a stranger is known by the first bytes', () => {
  assert.throws(() => reader().push(new TextEncoder().encode('GET / HTTP/1.1\r\n')), /47 45/);
  assert.throws(() => reader().push(Uint8Array.from([0x53, 0x4c, 2])), /version 2/);
  assert.throws(() => reader().push(Uint8Array.from([0x53, 0x4d])), /at byte 1/);
});

test('a stream that ends inside a frame has bytes pending', () => {
  const frames = reader();
  frames.push(joined(encode(part(40))).subarray(0, 30));
  assert.is(frames.pending, 30);
  const large = reader();
  large.push(joined(encode(part(100_000))).subarray(0, 50_000));
  assert.is(large.pending, 50_000);
});

test('more bytes than there was room for are a mistake of the caller', () => {
  const frames = reader();
  assert.throws(() => frames.filled(frames.target().length + 1), /in room for/);
  assert.throws(() => frames.filled(-1), /in room for/);
});

test.run();
