import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { PayloadError } from '../../../core/compression/compressor.ts';
import { createCompressor, parseCompressor } from '../../../core/compression/registry.ts';
import type { Payload } from '../../../core/params.ts';
import { type Stream, stream } from '../../../core/random.ts';
import { drawn, sent } from './vectors.ts';

const test = suite('decoders and hostile payloads');

/** SLACKLINE_LONG=1 tries ten times as many. */
const trials = process.env['SLACKLINE_LONG'] === '1' ? 100_000 : 10_000;
const forms = [
  'none',
  'int8',
  'int8:16:stochastic',
  'topk:0.05',
  'topk:0.5',
  'topk:0.05:smallest',
  'topk:1'
];

/** A payload with some bytes changed, lost or added, or another number of elements. */
function mutated(payload: Payload, chance: Stream): Payload {
  const bytes = payload.bytes!;
  const length = Math.max(0, bytes.length + [0, 0, 0, -1, 1, -5, 9, -40][chance.integer(8)]!);
  const copy = new Uint8Array(length);
  copy.set(bytes.subarray(0, length));
  for (let edits = chance.integer(4); edits > 0 && length > 0; edits--) {
    // Headers are at the front: half of the edits go there.
    const at = chance.integer(chance.uniform() < 0.5 ? Math.min(12, length) : length);
    copy[at] = [0, 255, 128, 1, chance.integer(256)][chance.integer(5)]!;
  }
  const elements =
    chance.uniform() < 0.8
      ? payload.elements
      : [0, 1, payload.elements - 1, payload.elements + 1, 0xffffffff][chance.integer(5)]!;
  return { ...payload, elements, byteLength: length, bytes: copy };
}

for (const form of forms) {
  test(`${form} decodes what an encoder may have written, and refuses the rest`, () => {
    const compressor = createCompressor(parseCompressor(form));
    const chance = stream(37, form);
    const into = new Float32Array(400);
    const payloads = [0, 1, 17, 300].map(length => sent(compressor, drawn('gaussian', length)));
    let refused = 0;
    for (let trial = 0; trial < trials; trial++) {
      const hostile = mutated(payloads[trial % payloads.length]!, chance);
      into.fill(7);
      try {
        const values = compressor.decode(hostile, into);
        assert.is(values.length, hostile.elements);
        assert.is(into[values.length], 7);
        assert.is(into[399], 7);
      } catch (error) {
        assert.instance(error, PayloadError);
        refused++;
      }
    }
    assert.ok(refused > trials / 10 && refused < trials, `${refused} of ${trials}`);
  });
}

test('a payload that cannot be decoded here says why', () => {
  const int8 = createCompressor(parseCompressor('int8'));
  const payload = sent(int8, drawn('gaussian', 10));
  const decoding = (other: Partial<Payload>, room = 10) => {
    return () => int8.decode({ ...payload, ...other }, new Float32Array(room));
  };
  assert.throws(decoding({ format: 'topk' }), /bad payload "topk" of 10 values: not one of "int8"/);
  assert.throws(decoding({ bytes: null }), /timing-only, it has no values/);
  assert.throws(decoding({}, 9), /room for 9 values only/);
  assert.throws(decoding({ elements: 9 }), /18 bytes where 17 are right/);
});

test('a payload at an odd address decodes to the same values', () => {
  for (const form of forms) {
    const compressor = createCompressor(parseCompressor(form));
    const payload = sent(compressor, drawn('gaussian', 300));
    const shifted = new Uint8Array(payload.byteLength + 1).subarray(1);
    shifted.set(payload.bytes!);
    const values = compressor.decode(payload, new Float32Array(300));
    const others = compressor.decode({ ...payload, bytes: shifted }, new Float32Array(300));
    assert.equal(others, values);
  }
});

test.run();
