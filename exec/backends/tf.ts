/** The part of tfjs that every backend shares. Loaded once, by whoever needs it first. */
import type * as core from '@tensorflow/tfjs-core';

/** The operations of tfjs-core. Chained ones (`x.add(y)`) are not registered: write `tf.add(x, y)`. */
export type Tf = typeof core;

/** Loads the operations: 80 ms. A backend must be set before any of them is used. */
export async function loadTf(): Promise<Tf> {
  const tf = await import('@tensorflow/tfjs-core');
  // No advice on the console that the native backend is faster.
  tf.enableProdMode();
  return tf;
}

/**
 * Loads the gradients of all operations, which tfjs-core leaves out; importing tfjs-layers registers
 * them. 90 ms, so only a model that asks for autodiff pays.
 */
export async function loadGradients(): Promise<void> {
  await import('@tensorflow/tfjs-layers');
}

/** Sets the backend registered in tfjs as `name`. Throws when tfjs ends up on another one. */
export async function setBackend(tf: Tf, name: string): Promise<void> {
  const set = await tf.setBackend(name);
  // A backend that fails to start leaves tfjs on some other one, at times without an exception.
  if (!set || tf.getBackend() !== name) throw new Error(`tfjs could not start "${name}"`);
}

/** Goes back to a backend that has been started. `setBackend` is synchronous for those. */
export function activate(tf: Tf, name: string): void {
  if (tf.getBackend() !== name) void tf.setBackend(name);
}
