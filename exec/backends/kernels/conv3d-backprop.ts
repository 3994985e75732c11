/**
 * The gradients of the convolution of rank 5. Conv3DBackpropInputV2 of the wasm backend gives wrong
 * values, and so does Conv3DBackpropFilterV2 for strides above 1: these are plain loops.
 */
import type { KernelFunc } from '@tensorflow/tfjs-core';
import type { Tf } from '../tf.ts';
import { attribute, input, produce } from './arrays.ts';

type ConvShape = ReturnType<Tf['backend_util']['computeConv3DInfo']>;
type Shape5D = [number, number, number, number, number];

export function conv3dBackpropInput(tf: Tf): KernelFunc {
  return call => {
    const filter = input(call, 'filter');
    const inputShape = attribute<Shape5D>(call, 'inputShape');
    const shape = convShape(tf, call, inputShape, filter.shape as Shape5D);
    const { inChannels, outChannels } = shape;
    return produce(call, inputShape, [filter, input(call, 'dy')], (dx, [weights, dy]) => {
      eachTap(shape, (inputAt, filterAt, outputAt) => {
        for (let i = 0; i < inChannels; i++) {
          let sum = 0;
          for (let o = 0; o < outChannels; o++) {
            sum += weights![filterAt + i * outChannels + o]! * dy![outputAt + o]!;
          }
          dx[inputAt + i]! += sum;
        }
      });
    });
  };
}

export function conv3dBackpropFilter(tf: Tf): KernelFunc {
  return call => {
    const x = input(call, 'x');
    const filterShape = attribute<Shape5D>(call, 'filterShape');
    const shape = convShape(tf, call, x.shape as Shape5D, filterShape);
    const { inChannels, outChannels } = shape;
    return produce(call, filterShape, [x, input(call, 'dy')], (dw, [values, dy]) => {
      eachTap(shape, (inputAt, filterAt, outputAt) => {
        for (let i = 0; i < inChannels; i++) {
          const value = values![inputAt + i]!;
          for (let o = 0; o < outChannels; o++) {
            dw[filterAt + i * outChannels + o]! += value * dy![outputAt + o]!;
          }
        }
      });
    });
  };
}

function convShape(
  tf: Tf,
  call: Parameters<KernelFunc>[0],
  inputShape: Shape5D,
  filterShape: Shape5D
): ConvShape {
  const [strides, pad] = [attribute<number>(call, 'strides'), attribute<'same'>(call, 'pad')];
  return tf.backend_util.computeConv3DInfo(inputShape, filterShape, strides, 1, pad);
}

/** Calls `visit` for every output and element of the filter, with the index of each first channel. */
function eachTap(
  shape: ConvShape,
  visit: (inputAt: number, filterAt: number, outputAt: number) => void
): void {
  let outputAt = 0;
  for (let batch = 0; batch < shape.batchSize; batch++) {
    for (let frame = 0; frame < shape.outDepth; frame++) {
      for (let row = 0; row < shape.outHeight; row++) {
        for (let column = 0; column < shape.outWidth; column++) {
          const at = outputAt;
          underFilter(shape, batch, [frame, row, column], (inputAt, filterAt) => {
            visit(inputAt, filterAt, at);
          });
          outputAt += shape.outChannels;
        }
      }
    }
  }
}

function underFilter(
  shape: ConvShape,
  batch: number,
  [frame, row, column]: readonly [number, number, number],
  visit: (inputAt: number, filterAt: number) => void
): void {
  const { inChannels, outChannels, filterDepth, filterHeight, filterWidth } = shape;
  const front = frame * shape.strideDepth - shape.padInfo.front;
  const top = row * shape.strideHeight - shape.padInfo.top;
  const left = column * shape.strideWidth - shape.padInfo.left;
  for (let f = Math.max(0, -front); f < Math.min(filterDepth, shape.inDepth - front); f++) {
    for (let r = Math.max(0, -top); r < Math.min(filterHeight, shape.inHeight - top); r++) {
      const line = (batch * shape.inDepth + front + f) * shape.inHeight + top + r;
      for (let c = Math.max(0, -left); c < Math.min(filterWidth, shape.inWidth - left); c++) {
        const tap = (f * filterHeight + r) * filterWidth + c;
        visit((line * shape.inWidth + left + c) * inChannels, tap * inChannels * outChannels);
      }
    }
  }
}
