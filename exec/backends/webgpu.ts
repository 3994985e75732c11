/**
 * The GPU by WebGPU (Dawn: Vulkan, Metal or Direct3D 12), through the packages `webgpu` and
 * `@tensorflow/tfjs-backend-webgpu`, which are the user's to install. Results cannot be waited for,
 * and sums over the rows of an embedding differ in their last bits from one time to the next.
 */
import { createRequire } from 'node:module';
import { type Backend, BackendError } from './backend.ts';
import { registerKernels } from './kernels/register.ts';
import { activate, loadTf, setBackend } from './tf.ts';

/** The part of the package `webgpu` that is used. */
interface Dawn {
  readonly create: (options: readonly string[]) => Gpu;
  readonly globals: object;
}

interface Gpu {
  requestAdapter(): Promise<Adapter | null>;
}

interface Adapter {
  /** A fallback adapter is a CPU that plays a GPU. */
  readonly info: { readonly description: string; readonly isFallbackAdapter: boolean };
}

export async function openWebgpu(): Promise<Backend> {
  const dawn = await optional<Dawn>('webgpu');
  const gpu = dawn.create([]);
  const adapter = await gpu.requestAdapter();
  if (adapter === null) {
    throw new BackendError(
      'webgpu finds no GPU: it needs a driver for Vulkan, Metal or Direct3D 12'
    );
  }
  Object.assign(globalThis, dawn.globals);
  Object.defineProperty(globalThis, 'navigator', {
    value: { gpu, userAgent: 'node' },
    configurable: true,
    writable: true
  });
  const tf = await loadTf();
  await optional('@tensorflow/tfjs-backend-webgpu');
  try {
    await setBackend(tf, 'webgpu');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BackendError(`webgpu does not start on ${adapter.info.description}: ${reason}`);
  }
  registerKernels(tf, 'webgpu');
  const require = createRequire(import.meta.url);
  const { version }: { version: string } = require('@tensorflow/tfjs-backend-webgpu/package.json');
  return {
    name: 'webgpu',
    version,
    device: adapter.info.isFallbackAdapter ? 'cpu' : 'gpu',
    threads: 'of the device',
    peek: null,
    tf,
    activate: () => activate(tf, 'webgpu')
  };
}

/** By a variable name: the packages need not be there, and TypeScript would want their types. */
async function optional<Module>(name: string): Promise<Module> {
  try {
    return await import(name);
  } catch {
    throw new BackendError(
      `${name} is not installed: npm install webgpu @tensorflow/tfjs-backend-webgpu@4.22.0`
    );
  }
}
