/** Conv3DBackpropInputV2. The original gives wrong values; this is one pass over all products. */
import type { KernelFunc } from '@tensorflow/tfjs-core';
import type { Tf } from '../tf.ts';
import { attribute, input, type Numbers, produce } from './heap.ts';

type ConvShape = ReturnType<Tf['backend_util']['computeConv3DInfo']>;
type Shape5D = [number, number, number, number, number];

export function conv3dBackpropInput(tf: Tf): KernelFunc {
  return call => {
    const filter = input(call, 'filter');
    const inputShape = attribute<Shape5D>(call, 'inputShape');
    const shape = tf.backend_util.computeConv3DInfo(
      inputShape,
      filter.shape as Shape5D,
      attribute(call, 'strides'),
      1,
      attribute(call, 'pad')
    );
    return produce(call, inputShape, [filter, input(call, 'dy')], (dx, [weights, dy]) => {
      let outputAt = 0;
      for (let batch = 0; batch < shape.batchSize; batch++) {
        for (let frame = 0; frame < shape.outDepth; frame++) {
          for (let row = 0; row < shape.outHeight; row++) {
            for (let column = 0; column < shape.outWidth; column++) {
              spread(shape, { batch, frame, row, column }, dx, weights!, dy!, outputAt);
              outputAt += shape.outChannels;
            }
          }
        }
      }
    });
  };
}

interface Place {
  readonly batch: number;
  readonly frame: number;
  readonly row: number;
  readonly column: number;
}

/** Adds what the output at `place` gives back to every input under the filter. */
function spread(
  shape: ConvShape,
  place: Place,
  dx: Float32Array,
  weights: Numbers,
  dy: Numbers,
  outputAt: number
): void {
  const { inChannels, outChannels, filterDepth, filterHeight, filterWidth } = shape;
  const front = place.frame * shape.strideDepth - shape.padInfo.front;
  const top = place.row * shape.strideHeight - shape.padInfo.top;
  const left = place.column * shape.strideWidth - shape.padInfo.left;
  for (let f = Math.max(0, -front); f < Math.min(filterDepth, shape.inDepth - front); f++) {
    for (let r = Math.max(0, -top); r < Math.min(filterHeight, shape.inHeight - top); r++) {
      for (let c = Math.max(0, -left); c < Math.min(filterWidth, shape.inWidth - left); c++) {
        const plane = (place.batch * shape.inDepth + front + f) * shape.inHeight + top + r;
        const inputAt = (plane * shape.inWidth + left + c) * inChannels;
        const filterAt = ((f * filterHeight + r) * filterWidth + c) * inChannels * outChannels;
        for (let i = 0; i < inChannels; i++) {
          let sum = 0;
          for (let o = 0; o < outChannels; o++) {
            sum += weights[filterAt + i * outChannels + o]! * dy[outputAt + o]!;
          }
          dx[inputAt + i]! += sum;
        }
      }
    }
  }
}
