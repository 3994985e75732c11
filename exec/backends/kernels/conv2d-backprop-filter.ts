/**
 * Conv2DBackpropFilter, which the backend lacks: the patches under the filter as the rows of one
 * matrix ("im2col", written transposed), multiplied with dy by the backend's fast matMul.
 */
import type { KernelFunc, Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../tf.ts';
import { attribute, input, type Numbers, produce } from './arrays.ts';

type ConvShape = ReturnType<Tf['backend_util']['computeConv2DInfo']>;

export function conv2dBackpropFilter(tf: Tf): KernelFunc {
  return call => {
    const channelsFirst = attribute<string>(call, 'dataFormat') === 'NCHW';
    return tf.tidy(() => {
      const x = channelsLast(tf, input(call, 'x') as Tensor, channelsFirst);
      const dy = channelsLast(tf, input(call, 'dy') as Tensor, channelsFirst);
      const shape = tf.backend_util.computeConv2DInfo(
        x.shape as [number, number, number, number],
        attribute(call, 'filterShape'),
        attribute(call, 'strides'),
        1,
        attribute(call, 'pad'),
        attribute(call, 'dimRoundingMode')
      );
      const places = shape.batchSize * shape.outHeight * shape.outWidth;
      const taps = shape.filterHeight * shape.filterWidth * shape.inChannels;
      const info = produce(call, [taps, places], [x], (out, [values]) => {
        patches(out, values!, shape, places);
      });
      const rows = tf.engine().makeTensorFromTensorInfo(info);
      const product = tf.matMul(rows, tf.reshape(dy, [places, shape.outChannels]));
      return tf.reshape(product, shape.filterShape);
    });
  };
}

function channelsLast(tf: Tf, x: Tensor, channelsFirst: boolean): Tensor {
  return channelsFirst ? tf.transpose(x, [0, 2, 3, 1]) : x;
}

/** One row of `out` for each (filter row, filter column, channel), one column for each output. */
function patches(out: Float32Array, x: Numbers, shape: ConvShape, places: number): void {
  const { inChannels: channels, inHeight, inWidth, outHeight, outWidth } = shape;
  let tap = 0;
  for (let filterRow = 0; filterRow < shape.filterHeight; filterRow++) {
    for (let filterColumn = 0; filterColumn < shape.filterWidth; filterColumn++) {
      for (let batch = 0; batch < shape.batchSize; batch++) {
        for (let outRow = 0; outRow < outHeight; outRow++) {
          const row = outRow * shape.strideHeight - shape.padInfo.top + filterRow;
          if (row < 0 || row >= inHeight) continue;
          for (let outColumn = 0; outColumn < outWidth; outColumn++) {
            const column = outColumn * shape.strideWidth - shape.padInfo.left + filterColumn;
            if (column < 0 || column >= inWidth) continue;
            const from = ((batch * inHeight + row) * inWidth + column) * channels;
            const to = tap * places + (batch * outHeight + outRow) * outWidth + outColumn;
            for (let channel = 0; channel < channels; channel++) {
              out[to + channel * places] = x[from + channel]!;
            }
          }
        }
      }
      tap += channels;
    }
  }
}
