/**
 * Kernels for the backends of tfjs 4.22: those that wasm lacks, those that are wrong, and some that
 * are slow. They are loops over the backend's own memory, or are made of its fast kernels.
 * `test/exec/backends/gradients.test.ts` holds each against finite differences.
 */
import type { KernelFunc } from '@tensorflow/tfjs-core';
import type { Tf } from '../tf.ts';
import { avgPoolGrad } from './avg-pool-grad.ts';
import { conv2dBackpropFilter } from './conv2d-backprop-filter.ts';
import { conv2dBackpropInput } from './conv2d-backprop-input.ts';
import { conv3dBackpropFilter, conv3dBackpropInput } from './conv3d-backprop.ts';
import { depthwiseBackpropFilter, depthwiseBackpropInput } from './depthwise.ts';
import { matMul } from './mat-mul.ts';
import { maxPool3d, maxPoolGrad } from './max-pool.ts';
import { conv2d, depthwiseConv2d } from './same-padding.ts';
import { unsortedSegmentSum } from './unsorted-segment-sum.ts';

/** What a kernel of ours is given: tfjs, and the kernel of the same name that it takes the place of. */
type MakeKernel = (tf: Tf, original: KernelFunc | null) => KernelFunc;

type Mended = 'wasm' | 'cpu' | 'webgpu';

const kernels: Readonly<Record<Mended, Readonly<Record<string, MakeKernel>>>> = {
  wasm: {
    AvgPool3DGrad: avgPoolGrad,
    AvgPoolGrad: avgPoolGrad,
    BatchMatMul: matMul,
    Conv2D: conv2d,
    Conv2DBackpropFilter: conv2dBackpropFilter,
    Conv2DBackpropInput: conv2dBackpropInput,
    Conv3DBackpropFilterV2: conv3dBackpropFilter,
    Conv3DBackpropInputV2: conv3dBackpropInput,
    DepthwiseConv2dNative: depthwiseConv2d,
    DepthwiseConv2dNativeBackpropFilter: depthwiseBackpropFilter,
    DepthwiseConv2dNativeBackpropInput: depthwiseBackpropInput,
    FusedConv2D: conv2d,
    FusedDepthwiseConv2D: depthwiseConv2d,
    MaxPool3D: maxPool3d,
    MaxPool3DGrad: maxPoolGrad,
    MaxPoolGrad: maxPoolGrad,
    UnsortedSegmentSum: unsortedSegmentSum
  },
  cpu: {
    AvgPool3DGrad: avgPoolGrad,
    AvgPoolGrad: avgPoolGrad,
    // The original makes a pass over all values for every segment, of which an embedding has many.
    UnsortedSegmentSum: unsortedSegmentSum
  },
  webgpu: {
    AvgPool3DGrad: avgPoolGrad,
    AvgPoolGrad: avgPoolGrad
  }
};

/** Registers those of a backend, which has been started. Once: they wrap the ones that were there. */
export function registerKernels(tf: Tf, backendName: Mended): void {
  for (const [kernelName, make] of Object.entries(kernels[backendName])) {
    const original = tf.getKernel(kernelName, backendName);
    if (original) tf.unregisterKernel(kernelName, backendName);
    const kernelFunc = make(tf, original?.kernelFunc ?? null);
    tf.registerKernel({ kernelName, backendName, kernelFunc });
  }
}
