/** WebAssembly with SIMD, one thread: the fastest backend that needs nothing installed. */
import type { BackendWasm } from '@tensorflow/tfjs-backend-wasm';
import type { Backend } from './backend.ts';
import { registerKernels } from './kernels/register.ts';
import { activate, loadTf, setBackend } from './tf.ts';

export async function openWasm(): Promise<Backend> {
  const tf = await loadTf();
  const { version_wasm } = await import('@tensorflow/tfjs-backend-wasm');
  await withoutListeners(() => setBackend(tf, 'wasm'));
  registerKernels(tf, 'wasm');
  const wasm = tf.backend() as BackendWasm;
  return {
    name: 'wasm',
    version: version_wasm,
    device: 'cpu',
    threads: '1',
    peek: tensor => wasm.typedArrayFromHeap(tensor) as Float32Array,
    tf,
    activate: () => activate(tf, 'wasm')
  };
}

/**
 * Emscripten's start-up code makes every error that nobody caught, anywhere in the process, end it
 * from a handler of its own, with a line of 50 kB of minified code printed. Its handlers are removed.
 */
async function withoutListeners(start: () => Promise<void>): Promise<void> {
  const events = ['uncaughtException', 'unhandledRejection'];
  const before = events.map(event => new Set(process.rawListeners(event)));
  await start();
  for (const [index, event] of events.entries()) {
    for (const listener of process.rawListeners(event)) {
      if (before[index]!.has(listener)) continue;
      process.removeListener(event, listener as (...args: unknown[]) => void);
    }
  }
}
