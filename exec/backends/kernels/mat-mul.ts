/**
 * BatchMatMul. The original multiplies by XNNPACK when nothing is transposed, and by plain loops,
 * over ten times slower, when something is, as one of the factors of every dense gradient is. So
 * matrices are transposed first, which costs next to nothing.
 */
import type { KernelFunc, Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from '../tf.ts';
import { attribute, input } from './heap.ts';

export function matMul(tf: Tf, original: KernelFunc | null): KernelFunc {
  if (original === null) throw new Error('the wasm backend has no BatchMatMul');
  return call => {
    const transposeA = attribute<boolean>(call, 'transposeA');
    const transposeB = attribute<boolean>(call, 'transposeB');
    if (!transposeA && !transposeB) return original(call);
    const a = input(call, 'a');
    const b = input(call, 'b');
    if (!isMatrix(a.shape) || !isMatrix(b.shape)) return original(call);
    const left = transposeA ? tf.transpose(a as Tensor, swapped(a.shape)) : a;
    const right = transposeB ? tf.transpose(b as Tensor, swapped(b.shape)) : b;
    const product = original({
      ...call,
      inputs: { a: left, b: right },
      attrs: { transposeA: false, transposeB: false }
    });
    if (left !== a) tf.dispose(left as Tensor);
    if (right !== b) tf.dispose(right as Tensor);
    return product;
  };
}

function isMatrix(shape: readonly number[]): boolean {
  return shape.slice(0, -2).every(dimension => dimension === 1);
}

function swapped(shape: readonly number[]): number[] {
  const axes = shape.map((_, axis) => axis);
  const last = axes.length - 1;
  return [...axes.slice(0, -2), last, last - 1];
}
