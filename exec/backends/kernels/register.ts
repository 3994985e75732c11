/**
 * Kernels for the wasm backend of tfjs 4.22: those it lacks, those that are wrong, and one that is
 * slow. They are loops over the wasm heap, without copies, or made of its own fast kernels.
 */
import type { KernelFunc } from '@tensorflow/tfjs-core';
import type { Tf } from '../tf.ts';
import { conv2dBackpropFilter } from './conv2d-backprop-filter.ts';
import { conv2dBackpropInput } from './conv2d-backprop-input.ts';
import { conv3dBackpropInput } from './conv3d-backprop-input.ts';
import { depthwiseBackpropFilter, depthwiseBackpropInput } from './depthwise.ts';
import { matMul } from './mat-mul.ts';
import { maxPoolGrad } from './max-pool-grad.ts';
import { unsortedSegmentSum } from './unsorted-segment-sum.ts';

/** What a kernel of ours is given: tfjs, and the kernel of the same name that it takes the place of. */
export type MakeKernel = (tf: Tf, original: KernelFunc | null) => KernelFunc;

const kernels: Readonly<Record<string, MakeKernel>> = {
  BatchMatMul: matMul,
  Conv2DBackpropFilter: conv2dBackpropFilter,
  Conv2DBackpropInput: conv2dBackpropInput,
  Conv3DBackpropInputV2: conv3dBackpropInput,
  DepthwiseConv2dNativeBackpropFilter: depthwiseBackpropFilter,
  DepthwiseConv2dNativeBackpropInput: depthwiseBackpropInput,
  MaxPoolGrad: maxPoolGrad,
  UnsortedSegmentSum: unsortedSegmentSum
};

/** Registers them all, once. */
export function registerKernels(tf: Tf): void {
  for (const [kernelName, make] of Object.entries(kernels)) {
    const original = tf.getKernel(kernelName, 'wasm');
    if (original) tf.unregisterKernel(kernelName, 'wasm');
    const kernelFunc = make(tf, original?.kernelFunc ?? null);
    tf.registerKernel({ kernelName, backendName: 'wasm', kernelFunc });
  }
}
