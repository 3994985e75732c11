/**
 * Max pooling. The wasm backend's MaxPoolGrad, MaxPool3D and MaxPool3DGrad start their search for the
 * maximum at 0, and so are wrong for every window without a positive value.
 */
import type { KernelFunc } from '@tensorflow/tfjs-core';
import type { Tf } from '../tf.ts';
import { input, type Numbers, produce } from './arrays.ts';
import { eachWindow, poolShape, type Window } from './pool-window.ts';

export function maxPool3d(tf: Tf): KernelFunc {
  return call => {
    const x = input(call, 'x');
    const shape = poolShape(tf, call, x.shape);
    return produce(call, shape.outShape, [x], (y, [values]) => {
      eachWindow(shape, window => {
        for (let channel = 0; channel < shape.channels; channel++) {
          y[window.output + channel] = values![largest(values!, window, channel)]!;
        }
      });
    });
  };
}

/** Of rank 4 and 5: adds each dy to the first of the largest values of its window. */
export function maxPoolGrad(tf: Tf): KernelFunc {
  return call => {
    const x = input(call, 'input');
    const shape = poolShape(tf, call, x.shape);
    return produce(call, x.shape, [input(call, 'dy'), x], (dx, [dy, values]) => {
      eachWindow(shape, window => {
        for (let channel = 0; channel < shape.channels; channel++) {
          dx[largest(values!, window, channel)]! += dy![window.output + channel]!;
        }
      });
    });
  };
}

/** Index of the first of the largest values of a window; no window is padding alone. */
function largest(values: Numbers, window: Window, channel: number): number {
  const { inputs, elements } = window;
  let best = inputs[0]! + channel;
  for (let i = 1; i < elements; i++) {
    const index = inputs[i]! + channel;
    if (values[index]! > values[best]!) best = index;
  }
  return best;
}
