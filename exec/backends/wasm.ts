/** WebAssembly with SIMD, one thread: the fastest backend that needs nothing installed. */
import type { Backend } from './backend.ts';
import { registerKernels } from './kernels/register.ts';
import { activate, loadTf, setBackend } from './tf.ts';

export async function openWasm(): Promise<Backend> {
  const tf = await loadTf();
  const { version_wasm } = await import('@tensorflow/tfjs-backend-wasm');
  await setBackend(tf, 'wasm');
  registerKernels(tf);
  return {
    name: 'wasm',
    version: version_wasm,
    device: 'cpu',
    threads: '1',
    synchronous: true,
    tf,
    activate: () => activate(tf, 'wasm')
  };
}
