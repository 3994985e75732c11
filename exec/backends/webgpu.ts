/**
 * The GPU by WebGPU (Dawn: Vulkan, Metal or Direct3D 12), through the packages `webgpu` and
 * `@tensorflow/tfjs-backend-webgpu`, which are the user's to install. Results cannot be waited for.
 */
import { type Backend, BackendError } from './backend.ts';
import { activate, loadTf, setBackend } from './tf.ts';

/** The part of the package `webgpu` that is used. */
interface Dawn {
  readonly create: (options: readonly string[]) => unknown;
  readonly globals: object;
}

const INSTALL = 'npm install webgpu @tensorflow/tfjs-backend-webgpu@4.22.0';

export async function openWebgpu(): Promise<Backend> {
  // By variables: the packages are optional, and TypeScript would want their types.
  const dawn: Dawn = await optional('webgpu');
  const tf = await loadTf();
  const { create, globals } = dawn;
  Object.assign(globalThis, globals);
  Object.defineProperty(globalThis, 'navigator', {
    value: { gpu: create([]), userAgent: 'node' },
    configurable: true,
    writable: true
  });
  const { version_webgpu }: { version_webgpu: string } = await optional(
    '@tensorflow/tfjs-backend-webgpu'
  );
  try {
    await setBackend(tf, 'webgpu');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new BackendError(`webgpu finds no adapter (Vulkan, Metal or Direct3D 12): ${reason}`);
  }
  return {
    name: 'webgpu',
    version: version_webgpu,
    device: 'gpu',
    threads: 'device',
    synchronous: false,
    tf,
    activate: () => activate(tf, 'webgpu')
  };
}

async function optional<Module>(name: string): Promise<Module> {
  try {
    return await import(name);
  } catch {
    throw new BackendError(`${name} is not installed: ${INSTALL}`);
  }
}
