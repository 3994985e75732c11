/** TensorFlow's C library and headers, from the package index or from a folder of the user's. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { nativeFolder, TENSORFLOW_VERSION } from './native-folder.ts';
import { BuildError, runStep } from './native-step.ts';

/** Where TensorFlow comes from. */
export type TensorflowSource =
  | { readonly kind: 'cpu' }
  | { readonly kind: 'cuda' }
  | { readonly kind: 'folder'; readonly folder: string };

const NO_PYTHON = 'there is no python3: it is needed for pip, or name a TensorFlow by --tensorflow';

/** A folder with libtensorflow_cc.so.2 and include/. Throws `BuildError`. */
export function findTensorflow(source: TensorflowSource, say: (line: string) => void): string {
  switch (source.kind) {
    case 'cpu':
      return fromWheel(say);
    case 'cuda':
      return fromEnvironment(say);
    case 'folder':
      return checked(path.resolve(source.folder));
  }
}

function checked(folder: string): string {
  for (const needed of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2', 'include']) {
    if (fs.existsSync(path.join(folder, needed))) continue;
    throw new BuildError(
      `${folder} has no ${needed}: expected site-packages/tensorflow of TensorFlow 2.15 or later`
    );
  }
  return folder;
}

/** Two libraries and the headers out of the CPU wheel; the rest of it, a third, is Python. */
function fromWheel(say: (line: string) => void): string {
  if (process.arch !== 'x64') {
    throw new BuildError(
      `there is no tensorflow-cpu wheel for ${process.arch}: name a TensorFlow by --tensorflow`
    );
  }
  const unpacked = path.join(nativeFolder, `tensorflow-cpu-${TENSORFLOW_VERSION}`);
  const folder = path.join(unpacked, 'tensorflow');
  if (fs.existsSync(unpacked)) return checked(folder);
  say(`downloading tensorflow-cpu ${TENSORFLOW_VERSION}, 230 MB`);
  const downloads = path.join(nativeFolder, 'download');
  fs.rmSync(downloads, { recursive: true, force: true });
  // One wheel for every Python: none of its Python is used.
  const wheel = ['--python-version', '3.11', '--implementation', 'cp', '--abi', 'cp311'];
  wheel.push('--platform', 'manylinux_2_17_x86_64', '--only-binary', ':all:', '--no-deps');
  pip(['download', '--quiet', '--dest', downloads, ...wheel, named('tensorflow-cpu')]);
  say('unpacking its libraries');
  const [file] = fs.readdirSync(downloads).filter(name => name.endsWith('.whl'));
  if (file === undefined) throw new BuildError(`pip left no wheel in ${downloads}`);
  const partial = `${unpacked}.partial`;
  fs.rmSync(partial, { recursive: true, force: true });
  runStep('python3', ['-c', UNPACK, path.join(downloads, file), partial], NO_PYTHON);
  fs.renameSync(partial, unpacked);
  fs.rmSync(downloads, { recursive: true });
  return checked(folder);
}

const UNPACK = `
import sys, zipfile
wheel = zipfile.ZipFile(sys.argv[1])
kept = ('tensorflow/libtensorflow_cc.so.2', 'tensorflow/libtensorflow_framework.so.2',
        'tensorflow/include/tensorflow/', 'tensorflow/include/tsl/',
        'tensorflow/include/xla/tsl/')
for name in wheel.namelist():
    if name.startswith(kept): wheel.extract(name, sys.argv[2])
`;

/** With CUDA: its wheels must lie beside TensorFlow's, so all of it goes into one environment. */
function fromEnvironment(say: (line: string) => void): string {
  const environment = path.join(nativeFolder, 'python');
  const python = path.join(environment, 'bin', 'python');
  if (!fs.existsSync(python)) runStep('python3', ['-m', 'venv', environment], NO_PYTHON);
  say(`installing tensorflow[and-cuda] ${TENSORFLOW_VERSION}, 3 GB`);
  const install = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
  runStep(python, [...install, named('tensorflow[and-cuda]')], NO_PYTHON);
  const library = path.join(environment, 'lib');
  const [version = ''] = fs.readdirSync(library).filter(name => name.startsWith('python3'));
  return checked(path.join(library, version, 'site-packages', 'tensorflow'));
}

function named(project: string): string {
  return `${project}==${TENSORFLOW_VERSION}`;
}

function pip(args: readonly string[]): void {
  runStep('python3', ['-m', 'pip', '--disable-pip-version-check', ...args], NO_PYTHON);
}
