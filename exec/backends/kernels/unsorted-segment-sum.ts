/** UnsortedSegmentSum: the gradient of `gather`, and so of every embedding. Not in the backend. */
import type { KernelFunc } from '@tensorflow/tfjs-core';
import type { Tf } from '../tf.ts';
import { attribute, input, produce } from './arrays.ts';

export function unsortedSegmentSum(tf: Tf): KernelFunc {
  return call => {
    const x = input(call, 'x');
    const ids = input(call, 'segmentIds');
    const segments = attribute<number>(call, 'numSegments');
    const inner = x.shape.slice(ids.shape.length);
    const width = tf.util.sizeFromShape(inner);
    return produce(call, [segments, ...inner], [x, ids], (sums, [values, indices]) => {
      for (let i = 0; i < indices!.length; i++) {
        const segment = indices![i]!;
        // As TensorFlow does: a negative id drops its row.
        if (segment < 0 || segment >= segments) continue;
        for (let j = 0; j < width; j++) sums[segment * width + j]! += values![i * width + j]!;
      }
    });
  };
}
