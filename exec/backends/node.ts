/**
 * TensorFlow by its C library: `@tensorflow/tfjs-node-gpu` and `@tensorflow/tfjs-node`. Optional: the
 * package as npm installs it where its downloads work, or what `npm run native` has built.
 */
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { type Backend, BackendError } from './backend.ts';
import { nativeFolder } from './native-folder.ts';
import { activate, loadTf, setBackend } from './tf.ts';

type PackageName = 'tfjs-node-gpu' | 'tfjs-node';

/** The backend object of the package: what it says of its device. */
interface NodeBackend {
  readonly isUsingGpuDevice: boolean;
}

export async function openNode(name: PackageName): Promise<Backend> {
  const found = findPackage(name);
  if (found === null) {
    const command = name === 'tfjs-node-gpu' ? 'npm run native' : `npm install @tensorflow/${name}`;
    throw new BackendError(`@tensorflow/${name} is not installed: ${command}`);
  }
  setEnvironment();
  restoreUtil(found.require);
  // First the shared tfjs-core, so that the package joins its engine.
  const tf = await loadTf();
  try {
    found.require(found.main);
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new BackendError(
      `@tensorflow/${name} does not load (npm run native builds it): ${reason}`
    );
  }
  await setBackend(tf, 'tensorflow');
  const { isUsingGpuDevice } = tf.backend() as unknown as NodeBackend;
  return {
    name,
    version: found.version,
    device: isUsingGpuDevice ? 'gpu' : 'cpu',
    threads: threadSetting(),
    peek: tensor => tensor.dataSync<'float32'>(),
    tf,
    activate: () => activate(tf, 'tensorflow')
  };
}

interface FoundPackage {
  readonly require: NodeJS.Require;
  readonly main: string;
  readonly version: string;
}

/** The package that `npm run native` built comes first, then the installed one. */
function findPackage(name: PackageName): FoundPackage | null {
  for (const base of [path.join(nativeFolder, 'package.json'), import.meta.url]) {
    const require = createRequire(base);
    try {
      const manifest: { version: string } = require(`@tensorflow/${name}/package.json`);
      return { require, main: `@tensorflow/${name}`, version: manifest.version };
    } catch {
      // Not there.
    }
  }
  return null;
}

/**
 * Settings that the library reads when it loads. A driver that computes in a worker thread must set
 * them in the process, since a thread's `process.env` is a copy.
 */
export function setEnvironment(): void {
  // Its information messages would be lines on stderr for every process.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  // Several processes share a GPU: the library must not take all its memory at once.
  process.env['TF_FORCE_GPU_ALLOW_GROWTH'] ??= 'true';
}

/** tfjs-node 4.22 calls two functions of `util` that Node 23 removed. */
function restoreUtil(require: NodeJS.Require): void {
  const util: Record<string, unknown> = require('node:util');
  util['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  util['isArray'] ??= Array.isArray;
}

function threadSetting(): string {
  const setting = (name: string): string => process.env[name] ?? 'default';
  return `intra-op ${setting('TF_NUM_INTRAOP_THREADS')}, inter-op ${setting('TF_NUM_INTEROP_THREADS')}`;
}
