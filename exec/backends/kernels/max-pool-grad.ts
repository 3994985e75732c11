/**
 * MaxPoolGrad. The original starts its search for the maximum at 0 and so loses every window without
 * a positive value: its gradient goes to element 0 of the tensor.
 */
import type { KernelFunc } from '@tensorflow/tfjs-core';
import type { Tf } from '../tf.ts';
import { attribute, input, type Numbers, produce } from './heap.ts';

type PoolShape = ReturnType<Tf['backend_util']['computePool2DInfo']>;

export function maxPoolGrad(tf: Tf): KernelFunc {
  return call => {
    const x = input(call, 'input');
    const shape = tf.backend_util.computePool2DInfo(
      x.shape as [number, number, number, number],
      attribute(call, 'filterSize'),
      attribute(call, 'strides'),
      1,
      attribute(call, 'pad'),
      attribute(call, 'dimRoundingMode')
    );
    return produce(call, x.shape, [input(call, 'dy'), x], (dx, [dy, values]) => {
      scatter(dx, dy!, values!, shape);
    });
  };
}

/** Adds each dy to the first of the largest values of its window. */
function scatter(dx: Float32Array, dy: Numbers, x: Numbers, shape: PoolShape): void {
  const { inChannels: channels, inWidth, inHeight, outHeight, outWidth } = shape;
  let at = 0;
  for (let batch = 0; batch < shape.batchSize; batch++) {
    const image = batch * inHeight * inWidth;
    for (let outRow = 0; outRow < outHeight; outRow++) {
      const top = outRow * shape.strideHeight - shape.padInfo.top;
      const rowBegin = Math.max(0, top);
      const rowEnd = Math.min(inHeight, top + shape.filterHeight);
      for (let outColumn = 0; outColumn < outWidth; outColumn++) {
        const left = outColumn * shape.strideWidth - shape.padInfo.left;
        const columnBegin = Math.max(0, left);
        const columnEnd = Math.min(inWidth, left + shape.filterWidth);
        for (let channel = 0; channel < channels; channel++) {
          let best = -1;
          let largest = -Infinity;
          for (let row = rowBegin; row < rowEnd; row++) {
            for (let column = columnBegin; column < columnEnd; column++) {
              const index = (image + row * inWidth + column) * channels + channel;
              const value = x[index]!;
              if (value > largest) {
                largest = value;
                best = index;
              }
            }
          }
          if (best >= 0) dx[best]! += dy[at]!;
          at += 1;
        }
      }
    }
  }
}
