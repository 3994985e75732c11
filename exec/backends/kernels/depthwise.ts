/** The gradients of the depthwise convolution, which the backend lacks: one pass over all products. */
import type { KernelFunc } from '@tensorflow/tfjs-core';
import type { Tf } from '../tf.ts';
import { attribute, input, produce } from './arrays.ts';

type ConvShape = ReturnType<Tf['backend_util']['computeConv2DInfo']>;
type Shape4D = [number, number, number, number];

export function depthwiseBackpropFilter(tf: Tf): KernelFunc {
  return call => {
    const x = input(call, 'x');
    const filterShape = attribute<Shape4D>(call, 'filterShape');
    const shape = depthwiseShape(tf, call, x.shape as Shape4D, filterShape);
    return produce(call, filterShape, [x, input(call, 'dy')], (dw, [values, dy]) => {
      products(shape, (inputAt, filterAt, outputAt) => {
        dw[filterAt]! += values![inputAt]! * dy![outputAt]!;
      });
    });
  };
}

export function depthwiseBackpropInput(tf: Tf): KernelFunc {
  return call => {
    const filter = input(call, 'filter');
    const inputShape = attribute<Shape4D>(call, 'inputShape');
    const shape = depthwiseShape(tf, call, inputShape, filter.shape as Shape4D);
    return produce(call, inputShape, [filter, input(call, 'dy')], (dx, [weights, dy]) => {
      products(shape, (inputAt, filterAt, outputAt) => {
        dx[inputAt]! += weights![filterAt]! * dy![outputAt]!;
      });
    });
  };
}

function depthwiseShape(
  tf: Tf,
  call: Parameters<KernelFunc>[0],
  inputShape: Shape4D,
  filterShape: Shape4D
): ConvShape {
  return tf.backend_util.computeConv2DInfo(
    inputShape,
    filterShape,
    attribute(call, 'strides'),
    attribute(call, 'dilations'),
    attribute(call, 'pad'),
    attribute(call, 'dimRoundingMode'),
    true
  );
}

/** Calls `visit` with the indices of every product that the forward convolution adds up. */
function products(
  shape: ConvShape,
  visit: (inputAt: number, filterAt: number, outputAt: number) => void
): void {
  const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels } = shape;
  for (let batch = 0; batch < shape.batchSize; batch++) {
    for (let outRow = 0; outRow < outHeight; outRow++) {
      for (let outColumn = 0; outColumn < outWidth; outColumn++) {
        const outputAt = ((batch * outHeight + outRow) * outWidth + outColumn) * outChannels;
        for (let filterRow = 0; filterRow < shape.filterHeight; filterRow++) {
          const row =
            outRow * shape.strideHeight - shape.padInfo.top + filterRow * shape.dilationHeight;
          if (row < 0 || row >= inHeight) continue;
          for (let filterColumn = 0; filterColumn < shape.filterWidth; filterColumn++) {
            const column =
              outColumn * shape.strideWidth -
              shape.padInfo.left +
              filterColumn * shape.dilationWidth;
            if (column < 0 || column >= inWidth) continue;
            const inputAt = ((batch * inHeight + row) * inWidth + column) * inChannels;
            const filterAt = (filterRow * shape.filterWidth + filterColumn) * outChannels;
            const multiplier = outChannels / inChannels;
            for (let channel = 0; channel < outChannels; channel++) {
              const source = Math.trunc(channel / multiplier);
              visit(inputAt + source, filterAt + channel, outputAt + channel);
            }
          }
        }
      }
    }
  }
}
