/** The backends that this machine has, for tests that run on every one of them. */
import { createRequire } from 'node:module';
import {
  type Backend,
  BackendError,
  type BackendName,
  openBackend
} from '../../../exec/backends/backend.ts';

/** A backend, or why there is none here. */
export type Presence =
  | { readonly name: BackendName; readonly backend: Backend; readonly missing: null }
  | { readonly name: BackendName; readonly backend: null; readonly missing: string };

/**
 * The reference first. tfjs-node is the same code as tfjs-node-gpu, and is left out; webgpu is a
 * package that only those install who want it.
 */
export const tested: readonly BackendName[] = [
  'cpu',
  'wasm',
  'tfjs-node-gpu',
  ...(isInstalled('webgpu') ? (['webgpu'] as const) : [])
];

/** Opens a backend. Throws only what is no `BackendError`. */
export async function present(name: BackendName): Promise<Presence> {
  try {
    return { name, backend: await openBackend(name), missing: null };
  } catch (error) {
    if (!(error instanceof BackendError)) throw error;
    return { name, backend: null, missing: error.message };
  }
}

function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}

/** The values of a tensor of any backend. */
export async function read(tensor: { data(): Promise<ArrayLike<unknown>> }): Promise<number[]> {
  return Array.from(await tensor.data(), Number);
}

/** Largest difference, over the largest value (but 1 at least). */
export function distance(values: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (values.length !== expected.length) return Infinity;
  let difference = 0;
  let largest = 1;
  for (let i = 0; i < expected.length; i++) {
    const apart = Math.abs(values[i]! - expected[i]!);
    if (!(apart <= difference)) difference = apart;
    largest = Math.max(largest, Math.abs(expected[i]!));
  }
  return difference / largest;
}
