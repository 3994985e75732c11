import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { FrameError } from '../../../core/codec/frame.ts';
import type { Model } from '../../../core/setup.ts';
import { layout } from '../../../core/tensors.ts';
import { packModel, unpackModel } from '../../../exec/launch/model-frame.ts';

const modelFrame = suite('model frame');

const model: Model = {
  layout: layout([
    { name: 'table', shape: [4, 3], rows: true },
    { name: 'bias', shape: [3], rows: false }
  ]),
  sparse: true,
  initialParams: Float32Array.from({ length: 15 }, (_, i) => Math.fround(i / 7)),
  frequencies: new Map([['table', [0.1, 0.2, 1 / 3, 4]]])
};

modelFrame('a model arrives as it was sent, to the last bit', () => {
  const bytes = packModel(model);
  // At an odd place in memory, as it may lie in a frame.
  const shifted = new Uint8Array(bytes.length + 1);
  shifted.set(bytes, 1);
  const arrived = unpackModel(shifted.subarray(1));
  assert.equal(arrived.layout, model.layout);
  assert.equal(arrived.initialParams, model.initialParams);
  assert.equal([...arrived.frequencies!], [...model.frequencies!]);
  assert.is(arrived.sparse, true);
});

modelFrame('a model without values has none afterwards', () => {
  const bare = unpackModel(packModel({ ...model, initialParams: null, frequencies: null }));
  assert.is(bare.initialParams, null);
  assert.is(bare.frequencies, null);
});

modelFrame('bytes that are too few are refused', () => {
  const bytes = packModel(model);
  for (const length of [2, 50, bytes.length - 4]) {
    assert.throws(
      () => unpackModel(bytes.subarray(0, length)),
      (error: Error) => error instanceof FrameError
    );
  }
});

modelFrame.run();
