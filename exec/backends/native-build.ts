/** The steps of `npm run native`: package, TensorFlow, compiler, proof. Each is skipped when done. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { nativeFolder, PACKAGE_VERSION } from './native-folder.ts';
import { BuildError, runStep } from './native-step.ts';
import { findTensorflow, type TensorflowSource } from './native-tensorflow.ts';

/** What has been built, in `built.json`. */
interface Built {
  readonly package: string;
  /** The folder of the libraries, which the binding refers to. */
  readonly tensorflow: string;
  readonly source: string;
}

const packageFolder = path.join(nativeFolder, 'node_modules', '@tensorflow', 'tfjs-node-gpu');
/** The place that the package looks at on every Node from 12 on: its Node-API version is 8 at most. */
const binding = path.join(packageFolder, 'lib', 'napi-v8', 'tfjs_binding.node');
const stamp = path.join(nativeFolder, 'built.json');

/** Builds what is not built yet. Throws `BuildError`. */
export function buildNative(
  source: TensorflowSource,
  force: boolean,
  say: (line: string) => void
): void {
  if (process.platform !== 'linux') {
    throw new BuildError(
      `npm run native is for Linux; on ${process.platform} use npm install @tensorflow/tfjs-node`
    );
  }
  const named = source.kind === 'folder' ? path.resolve(source.folder) : source.kind;
  if (!force && isBuilt(named)) {
    say(`native is built: tfjs-node-gpu ${PACKAGE_VERSION} (${named}); --force builds it anew`);
    return;
  }
  fs.mkdirSync(nativeFolder, { recursive: true });
  const tensorflow = findTensorflow(source, say);
  installPackage(say);
  compile(tensorflow, say);
  say(prove());
  const built: Built = { package: PACKAGE_VERSION, tensorflow, source: named };
  fs.writeFileSync(stamp, `${JSON.stringify(built, null, 2)}\n`);
}

function isBuilt(source: string): boolean {
  if (!fs.existsSync(stamp) || !fs.existsSync(binding)) return false;
  const built: Partial<Built> = JSON.parse(fs.readFileSync(stamp, 'utf8'));
  return (
    built.package === PACKAGE_VERSION &&
    built.source === source &&
    built.tensorflow !== undefined &&
    fs.existsSync(path.join(built.tensorflow, 'libtensorflow_cc.so.2'))
  );
}

/** Installs the package without its install script, which would download from elsewhere. */
function installPackage(say: (line: string) => void): void {
  if (fs.existsSync(path.join(packageFolder, 'binding', 'tfjs_binding.cc'))) return;
  say(`installing @tensorflow/tfjs-node-gpu ${PACKAGE_VERSION}`);
  fs.writeFileSync(path.join(nativeFolder, 'package.json'), '{ "private": true }\n');
  npmInstall(`@tensorflow/tfjs-node-gpu@${PACKAGE_VERSION}`);
  // tfjs-core must be the project's own: one engine, and loaded once.
  for (const shared of ['tfjs-core', 'tfjs-backend-cpu', 'tfjs-layers']) {
    const copy = path.join(nativeFolder, 'node_modules', '@tensorflow', shared);
    fs.rmSync(copy, { recursive: true, force: true });
  }
}

function npmInstall(name: string): void {
  const npm = process.env['npm_execpath'];
  const args = ['install', '--prefix', nativeFolder, '--no-save', '--no-package-lock'];
  args.push('--ignore-scripts', '--no-audit', '--no-fund', name);
  // With the path of npm that `npm run` gives, since a PATH may have another one.
  if (npm === undefined) runStep('npm', args, 'npm is not on the PATH');
  else runStep(process.execPath, [npm, ...args], 'npm does not run');
}

/** One call of the compiler: two source files against two libraries, which it finds by their folder. */
function compile(tensorflow: string, say: (line: string) => void): void {
  say('compiling the binding');
  fs.mkdirSync(path.dirname(binding), { recursive: true });
  const sources = ['tfjs_backend.cc', 'tfjs_binding.cc'].map(name =>
    path.join(packageFolder, 'binding', name)
  );
  // Beside its place, then moved: a process that has the old one open keeps it.
  const fresh = `${binding}.new`;
  runStep(
    process.env['CXX'] ?? 'g++',
    [
      ...['-std=c++17', '-O2', '-shared', '-fPIC', '-DNAPI_VERSION=8'],
      ...[`-I${nodeHeaders()}`, `-I${path.join(tensorflow, 'include')}`],
      ...[`-I${path.dirname(packageFolder)}`, ...sources, '-o', fresh],
      ...[`-L${tensorflow}`, '-l:libtensorflow_cc.so.2', '-l:libtensorflow_framework.so.2'],
      // Into the folder itself: the CUDA libraries are found beside the library, not beside a copy.
      `-Wl,-rpath,${tensorflow}`
    ],
    'there is no C++ compiler: install g++, or name one by CXX'
  );
  fs.rmSync(stamp, { force: true });
  fs.renameSync(fresh, binding);
}

/** The folder of node_api.h: beside Node, where it was installed with headers; else from a package. */
function nodeHeaders(): string {
  const besideNode = path.resolve(path.dirname(process.execPath), '..', 'include', 'node');
  const fromPackage = path.join(nativeFolder, 'node_modules', 'node-api-headers', 'include');
  for (const folder of [besideNode, fromPackage]) {
    if (fs.existsSync(path.join(folder, 'node_api.h'))) return folder;
  }
  npmInstall('node-api-headers@1.9.0');
  return fromPackage;
}

/** Runs a product and a gradient in a process of its own, and returns what it says. */
function prove(): string {
  const script = path.join(path.dirname(fileURLToPath(import.meta.url)), 'native-proof.ts');
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', 'tsx', script], {
    encoding: 'utf8'
  });
  if (status === 0) return stdout.trim();
  throw new BuildError(`the binding was built, but does not compute:\n${stderr.trim()}`);
}
