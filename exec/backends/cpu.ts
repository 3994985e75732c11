/** The backend in plain JavaScript: slow, always there, and the reference for all others. */
import type { Backend } from './backend.ts';
import { registerKernels } from './kernels/register.ts';
import { activate, loadTf, setBackend } from './tf.ts';

export async function openCpu(): Promise<Backend> {
  const tf = await loadTf();
  const { version_cpu } = await import('@tensorflow/tfjs-backend-cpu');
  await setBackend(tf, 'cpu');
  registerKernels(tf, 'cpu');
  return {
    name: 'cpu',
    version: version_cpu,
    device: 'cpu',
    threads: '1',
    peek: tensor => tensor.dataSync<'float32'>(),
    tf,
    activate: () => activate(tf, 'cpu')
  };
}
