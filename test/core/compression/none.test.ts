import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { createCompressor } from '../../../core/compression/registry.ts';
import { anyKey, awkward, bareSlice, drawn, edgeLengths, roundTrip, sent } from './vectors.ts';

const test = suite('none');
const none = createCompressor({ kind: 'none' });

test('values come back as they are, bit for bit', () => {
  for (const length of edgeLengths) {
    const values = drawn('gaussian', length);
    assert.equal(roundTrip(none, values), values);
    assert.is(none.byteLength(bareSlice(length)), 4 * length);
  }
  for (const values of Object.values(awkward)) {
    const bits = (x: Float32Array): Uint8Array => new Uint8Array(x.slice().buffer);
    assert.equal(bits(roundTrip(none, values)), bits(values));
  }
  const diverged = Float32Array.from([1, Number.NaN, Number.POSITIVE_INFINITY]);
  assert.equal([...roundTrip(none, diverged)], [...diverged]);
});

test('nothing is copied on either side', () => {
  const values = drawn('gaussian', 100).subarray(10, 90);
  const bytes = none.encode(values, bareSlice(80), anyKey);
  assert.is(bytes.buffer, values.buffer);
  const payload = { format: 'none', elements: 80, byteLength: 320, bytes };
  assert.is(none.decode(payload, new Float32Array(80)).buffer, values.buffer);
});

test('bytes at an odd address are copied into the room for values', () => {
  const values = drawn('gaussian', 10);
  const payload = sent(none, values);
  const shifted = new Uint8Array(41).subarray(1);
  shifted.set(payload.bytes!);
  const into = new Float32Array(10);
  assert.equal(none.decode({ ...payload, bytes: shifted }, into), values);
  assert.equal(into, values);
});

test.run();
