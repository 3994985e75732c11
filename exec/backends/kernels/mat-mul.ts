/**
 * BatchMatMul. The original multiplies by XNNPACK when nothing is transposed, and by plain loops,
 * over ten times slower, when something is, as one of the factors of every dense gradient is. So
 * matrices are transposed first, which costs next to nothing.
 */
import type { KernelFunc, Tensor, TensorInfo } from '@tensorflow/tfjs-core';
import type { Tf } from '../tf.ts';
import { attribute, input } from './arrays.ts';

export function matMul(tf: Tf, original: KernelFunc | null): KernelFunc {
  if (original === null) throw new Error('the wasm backend has no BatchMatMul');
  return call => {
    const a = input(call, 'a');
    const b = input(call, 'b');
    if (!isMatrix(a.shape) || !isMatrix(b.shape)) return original(call);
    const transposeA = attribute<boolean>(call, 'transposeA');
    const transposeB = attribute<boolean>(call, 'transposeB');
    const rows = a.shape.at(transposeA ? -1 : -2)!;
    const columns = b.shape.at(transposeB ? -2 : -1)!;
    const plain = { transposeA: false, transposeB: false };
    const multiply = (left: TensorInfo, right: TensorInfo): TensorInfo =>
      original({ ...call, inputs: { a: left, b: right }, attrs: plain }) as TensorInfo;
    // XNNPACK repacks its right factor at every call: the smaller one should be there.
    const swap = columns > 2 * rows;
    if (!swap && !transposeA && !transposeB) return original(call);
    return tf.tidy(() => {
      const turned = (x: TensorInfo): Tensor => transpose(tf, x as Tensor);
      if (!swap)
        return tensor(tf, multiply(transposeA ? turned(a) : a, transposeB ? turned(b) : b));
      const product = multiply(transposeB ? b : turned(b), transposeA ? a : turned(a));
      return turned(tensor(tf, product));
    });
  };
}

/** An output that `tidy` knows of. */
function tensor(tf: Tf, info: TensorInfo): Tensor {
  return tf.engine().makeTensorFromTensorInfo(info);
}

function isMatrix(shape: readonly number[]): boolean {
  return shape.slice(0, -2).every(dimension => dimension === 1);
}

function transpose(tf: Tf, x: Tensor): Tensor {
  const axes = x.shape.map((_, axis) => axis);
  const last = axes.length - 1;
  return tf.transpose(x, [...axes.slice(0, -2), last, last - 1]);
}
