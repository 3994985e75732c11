/**
 * Conv2DBackpropInput. The original is a plain loop; for stride 1 the same is a convolution of dy
 * with the filter turned around (Dumoulin and Visin 2016, section 4), which XNNPACK does.
 */
import type { KernelFunc, Tensor4D } from '@tensorflow/tfjs-core';
import type { Tf } from '../tf.ts';
import { attribute, input } from './arrays.ts';

export function conv2dBackpropInput(tf: Tf, original: KernelFunc | null): KernelFunc {
  if (original === null) throw new Error('the wasm backend has no Conv2DBackpropInput');
  return call => {
    const filter = input(call, 'filter') as Tensor4D;
    const shape = tf.backend_util.computeConv2DInfo(
      attribute(call, 'inputShape'),
      filter.shape,
      attribute(call, 'strides'),
      1,
      attribute(call, 'pad'),
      attribute(call, 'dimRoundingMode'),
      false,
      tf.backend_util.convertConv2DDataFormat(attribute(call, 'dataFormat'))
    );
    const top = shape.filterHeight - 1 - shape.padInfo.top;
    const left = shape.filterWidth - 1 - shape.padInfo.left;
    const bottom = shape.inHeight + shape.filterHeight - 1 - shape.outHeight - top;
    const right = shape.inWidth + shape.filterWidth - 1 - shape.outWidth - left;
    const plain =
      shape.dataFormat === 'channelsLast' &&
      shape.strideHeight === 1 &&
      shape.strideWidth === 1 &&
      Math.min(top, left, bottom, right) >= 0;
    if (!plain) return original(call);
    return tf.tidy(() => {
      const turned = tf.transpose(tf.reverse(filter, [0, 1]), [0, 1, 3, 2]);
      const padding: [[number, number], [number, number], [number, number], [number, number]] = [
        [0, 0],
        [top, bottom],
        [left, right],
        [0, 0]
      ];
      return tf.conv2d(input(call, 'dy') as Tensor4D, turned, 1, padding);
    });
  };
}
