/**
 * The tfjs backends: which there are, which one is taken, and what it says of itself. A backend is
 * named by its package, and its device is what it reports, never what its name promises.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Tf } from './tf.ts';

/** Backends in order of preference; the last two are always there. */
export const backendNames = ['tfjs-node-gpu', 'webgpu', 'tfjs-node', 'wasm', 'cpu'] as const;
export type BackendName = (typeof backendNames)[number];

/** A backend that has been loaded. tfjs has one engine a process, so these are states of it. */
export interface Backend {
  readonly name: BackendName;
  /** Version of its package. */
  readonly version: string;
  /** What really computes: tfjs-node-gpu falls back to the CPU without a word. */
  readonly device: 'cpu' | 'gpu';
  /** Setting of threads, for the manifest: sums depend on it in their last bits. */
  readonly threads: string;
  /**
   * The values of a float32 tensor, which are to be read before the next operation: where tensors lie
   * in plain memory they are no copy. Null where results have to be waited for.
   */
  readonly peek: ((tensor: Tensor) => Float32Array) | null;
  readonly tf: Tf;
  /** Makes this the backend that the operations of `tf` run on. Costs nothing when it is already. */
  activate(): void;
}

/** A forced backend that does not load; the message says why, and what would help. */
export class BackendError extends Error {}

/**
 * Opens the backend of this name, or for null the first that loads and is worth it: webgpu on a CPU
 * that plays a GPU is slower than any other. Throws `BackendError`.
 */
export async function openBackend(name: BackendName | null): Promise<Backend> {
  if (name !== null) return opened(name);
  const reasons: string[] = [];
  for (const candidate of backendNames) {
    try {
      const backend = await opened(candidate);
      if (candidate === 'webgpu' && backend.device === 'cpu') continue;
      backend.activate();
      return backend;
    } catch (error) {
      if (!(error instanceof BackendError)) throw error;
      reasons.push(error.message);
    }
  }
  throw new BackendError(reasons.join('\n'));
}

/** Whether a string is the name of a backend: for what comes from a command line. */
export function isBackendName(name: string): name is BackendName {
  return backendNames.some(known => known === name);
}

const open = new Map<BackendName, Promise<Backend>>();
/** The opening before this one: tfjs starts one backend at a time. */
let before: Promise<unknown> = Promise.resolve();

/** One life a process: tfjs registers a backend once. A failure is kept too, it would not change. */
function opened(name: BackendName): Promise<Backend> {
  let backend = open.get(name);
  if (backend === undefined) {
    backend = before.then(() => load(name));
    before = backend.catch(() => null);
    open.set(name, backend);
  }
  return backend;
}

async function load(name: BackendName): Promise<Backend> {
  switch (name) {
    case 'tfjs-node-gpu':
    case 'tfjs-node':
      return (await import('./node.ts')).openNode(name);
    case 'webgpu':
      return (await import('./webgpu.ts')).openWebgpu();
    case 'wasm':
      return (await import('./wasm.ts')).openWasm();
    case 'cpu':
      return (await import('./cpu.ts')).openCpu();
    default:
      throw new BackendError(`unknown backend "${name}"; there are ${backendNames.join(', ')}`);
  }
}
