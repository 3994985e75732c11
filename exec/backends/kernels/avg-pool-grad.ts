/**
 * AvgPoolGrad and AvgPool3DGrad. Those of wasm, cpu and webgpu divide by the size of the whole window
 * where the forward pass divides by what of it is not padding; so dy is scaled up by that first.
 */
import type { KernelFunc, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import type { Tf } from '../tf.ts';
import { input } from './arrays.ts';
import { type Axis, poolShape } from './pool-window.ts';

/** Of rank 4 and 5. */
export function avgPoolGrad(tf: Tf, original: KernelFunc | null): KernelFunc {
  if (original === null) throw new Error('the backend has no gradient of average pooling');
  return call => {
    const { shape } = input(call, 'input');
    const axes = poolShape(tf, call, shape).axes.slice(shape.length === 4 ? 1 : 0);
    const factors = axes.map(wholeOverInside);
    if (factors.every(axis => axis.every(factor => factor === 1))) return original(call);
    return tf.tidy(() => {
      let dy = input(call, 'dy') as Tensor;
      for (const [index, axis] of factors.entries()) {
        const alone = dy.shape.map((_, dimension) => (dimension === index + 1 ? axis.length : 1));
        dy = tf.mul(dy, tf.tensor(axis, alone));
      }
      const dx = original({ ...call, inputs: { ...call.inputs, dy } }) as TensorInfo;
      return tf.engine().makeTensorFromTensorInfo(dx);
    });
  };
}

/** For each window along an axis, its length over the part of it that is not padding. */
function wholeOverInside({ input: length, output, filter, stride, before }: Axis): number[] {
  return Array.from({ length: output }, (_, index) => {
    const begin = index * stride - before;
    return filter / (Math.min(length, begin + filter) - Math.max(0, begin));
  });
}
