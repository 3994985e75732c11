/**
 * The convolutions with padding 'same'. Where the stride leaves pixels out between two windows, the
 * originals return zeros; with the same padding in numbers they are right, so that is what they get.
 */
import type { KernelFunc } from '@tensorflow/tfjs-core';
import type { Tf } from '../tf.ts';
import { attribute, input } from './arrays.ts';

type Shape4D = [number, number, number, number];

export function conv2d(tf: Tf, original: KernelFunc | null): KernelFunc {
  return explicit(tf, original, false);
}

export function depthwiseConv2d(tf: Tf, original: KernelFunc | null): KernelFunc {
  return explicit(tf, original, true);
}

function explicit(tf: Tf, original: KernelFunc | null, depthwise: boolean): KernelFunc {
  if (original === null) throw new Error('the wasm backend has no convolution of this kind');
  return call => {
    if (attribute<unknown>(call, 'pad') !== 'same') return original(call);
    const { top, bottom, left, right } = tf.backend_util.computeConv2DInfo(
      input(call, 'x').shape as Shape4D,
      input(call, 'filter').shape as Shape4D,
      attribute(call, 'strides'),
      attribute(call, 'dilations'),
      'same',
      attribute(call, 'dimRoundingMode'),
      depthwise
    ).padInfo;
    const pad = [
      [0, 0],
      [top, bottom],
      [left, right],
      [0, 0]
    ];
    return original({ ...call, attrs: { ...call.attrs, pad } });
  };
}
