/** Tensors of the backends in plain memory, wasm and cpu, as arrays without a copy. */

import type { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { KernelFunc, TensorInfo } from '@tensorflow/tfjs-core';

type Call = Parameters<KernelFunc>[0];
/** An array of the numbers of a tensor, whatever its type. */
export type Numbers = ReturnType<BackendWasm['typedArrayFromHeap']>;

/** An input of a kernel. Invariant: tfjs checks the inputs of its operations before kernels run. */
export function input(call: Call, name: string): TensorInfo {
  return call.inputs[name]!;
}

/** An attribute of a kernel, of the type that tfjs documents for it. */
export function attribute<Type>(call: Call, name: string): Type {
  return call.attrs?.[name] as unknown as Type;
}

/** Makes a float32 output of zeros and hands `fill` its array and those of `inputs`. */
export function produce(
  call: Call,
  shape: number[],
  inputs: readonly TensorInfo[],
  fill: (output: Float32Array, inputs: readonly Numbers[]) => void
): TensorInfo {
  const backend = call.backend as BackendWasm | MathBackendCPU;
  if (!('typedArrayFromHeap' in backend)) {
    const size = shape.reduce((product, dimension) => product * dimension, 1);
    const values = new Float32Array(size);
    fill(
      values,
      inputs.map(tensor => backend.readSync(tensor.dataId) as Numbers)
    );
    return backend.makeTensorInfo(shape, 'float32', values);
  }
  // Allocated first: allocation may grow the heap, and that detaches every array on it.
  const output = backend.makeOutput(shape, 'float32');
  const values = backend.typedArrayFromHeap(output) as Float32Array;
  values.fill(0);
  fill(
    values,
    inputs.map(tensor => backend.typedArrayFromHeap(tensor))
  );
  return output;
}
