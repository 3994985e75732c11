import * as zlib from 'node:zlib';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { crc32 } from '../../../core/codec/crc32.ts';

const test = suite('CRC-32');

test('the check value of the standard', () => {
  assert.is(crc32(new TextEncoder().encode('123456789')), 0xcbf43926);
  assert.is(crc32(new Uint8Array()), 0);
});

test('the checksum of two parts is that of the whole', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 99 }), fc.nat(99), (bytes, at) => {
      const whole = crc32(bytes.subarray(at), crc32(bytes.subarray(0, at)));
      assert.is(whole, crc32(bytes));
    }),
    { seed: 23 }
  );
});

test('zlib computes the same', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 99 }), fc.nat(0xffffffff), (bytes, before) => {
      assert.is(crc32(bytes, before), zlib.crc32(bytes, before));
    }),
    { seed: 24 }
  );
});

test.run();
