import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Job } from '../../core/node.ts';
import { ParamsSlots } from '../../exec/params-slots.ts';

const paramsSlots = suite('params slots');

const elements = 10_000;
const frameBytes = 4 * elements + 64;

function job(...parts: Float32Array[]): Job {
  const all = parts.map((values, server) => ({ server, version: 0, values }));
  return {
    kind: 'gradient',
    worker: 0,
    clock: 0,
    params: { keys: { kind: 'all' }, parts: all }
  };
}

function valuesOf(packed: Job): Float32Array[] {
  assert.ok('params' in packed);
  return 'params' in packed ? packed.params.parts.map(part => part.values!) : [];
}

/** Params in a frame of their own, as a decoder leaves them. */
function framed(slots: ParamsSlots, value: number): Float32Array {
  const { buffer, byteOffset } = slots.frame(frameBytes);
  return new Float32Array(buffer, byteOffset + 64, elements).fill(value);
}

paramsSlots('params in a frame are not copied, others are, into shared memory', () => {
  const slots = new ParamsSlots();
  const inFrame = framed(slots, 1);
  const own = new Float32Array(elements).fill(2);
  const [first, second] = valuesOf(slots.pack(0, job(inFrame, own)));
  assert.is(first, inFrame);
  assert.ok(first!.buffer instanceof SharedArrayBuffer);
  assert.is.not(second!.buffer, own.buffer);
  assert.ok(second!.buffer instanceof SharedArrayBuffer);
  assert.equal(second, own);
});

paramsSlots('a frame is used again when its job has ended, and not before', () => {
  const slots = new ParamsSlots();
  const params = framed(slots, 1);
  assert.is.not(framed(slots, 2).buffer, params.buffer);
  slots.pack(7, job(params));
  assert.is.not(framed(slots, 3).buffer, params.buffer);
  slots.release(7);
  assert.is(framed(slots, 4).buffer, params.buffer);
  assert.is.not(framed(slots, 5).buffer, params.buffer);
});

paramsSlots('params of two jobs are copied for the second', () => {
  const slots = new ParamsSlots();
  const params = framed(slots, 1);
  slots.pack(0, job(params));
  const [second] = valuesOf(slots.pack(1, job(params)));
  assert.is.not(second!.buffer, params.buffer);
  assert.equal(second, params);
  slots.release(0);
  slots.release(1);
  assert.is.not(framed(slots, 2).buffer, framed(slots, 3).buffer);
});

paramsSlots('frames of two sizes take turns without fresh memory', () => {
  const slots = new ParamsSlots();
  const frames = (): ArrayBufferLike[] =>
    [frameBytes, 3 * frameBytes].map(n => slots.frame(n).buffer);
  const paramsIn = (buffers: ArrayBufferLike[]): Float32Array[] =>
    buffers.map(buffer => new Float32Array(buffer, 64, elements));
  const first = frames();
  slots.pack(0, job(...paramsIn(first)));
  slots.release(0);
  const second = frames();
  assert.is(second[0], first[0]);
  assert.is(second[1], first[1]);
});

paramsSlots('small frames have memory that is not shared', () => {
  const slots = new ParamsSlots();
  const small = slots.frame(100);
  assert.not.ok(small.buffer instanceof SharedArrayBuffer);
});

paramsSlots.run();
