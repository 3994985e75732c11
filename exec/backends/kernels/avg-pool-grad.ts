/**
 * AvgPoolGrad and AvgPool3DGrad. Those of wasm and cpu divide by the size of the whole window where
 * the forward pass divides by what of it is not padding.
 */
import type { KernelFunc } from '@tensorflow/tfjs-core';
import type { Tf } from '../tf.ts';
import { input, produce } from './arrays.ts';
import { eachWindow, poolShape } from './pool-window.ts';

/** Of rank 4 and 5. */
export function avgPoolGrad(tf: Tf): KernelFunc {
  return call => {
    const x = input(call, 'input');
    const shape = poolShape(tf, call, x.shape);
    return produce(call, x.shape, [input(call, 'dy')], (dx, [dy]) => {
      eachWindow(shape, ({ inputs, elements, output }) => {
        for (let i = 0; i < elements; i++) {
          for (let channel = 0; channel < shape.channels; channel++) {
            dx[inputs[i]! + channel]! += dy![output + channel]! / elements;
          }
        }
      });
    });
  };
}
