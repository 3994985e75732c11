/**
 * `npm run native`: builds the binding of @tensorflow/tfjs-node-gpu against TensorFlow's C library
 * from the package index, for networks that the package's own downloads do not get through. Linux.
 *
 *   npm run native                        CPU: the wheel of tensorflow-cpu, 230 MB
 *   npm run native -- --cuda              GPU: tensorflow[and-cuda] in a virtual environment, 3 GB
 *   npm run native -- --tensorflow DIR    a TensorFlow that is there: site-packages/tensorflow
 *   npm run native -- --force             builds anew
 */
import { parseArgs } from 'node:util';
import { buildNative } from './native-build.ts';
import { BuildError } from './native-step.ts';
import type { TensorflowSource } from './native-tensorflow.ts';

process.exitCode = main(process.argv.slice(2));

/** Exit code: 0 done, 1 the build failed, 2 bad usage. */
function main(args: readonly string[]): number {
  let source: TensorflowSource;
  let force: boolean;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        cuda: { type: 'boolean', default: false },
        tensorflow: { type: 'string' },
        force: { type: 'boolean', default: false }
      }
    });
    if (values.cuda && values.tensorflow !== undefined) {
      throw new Error('--cuda installs a TensorFlow and --tensorflow names one: choose');
    }
    force = values.force;
    source =
      values.tensorflow !== undefined
        ? { kind: 'folder', folder: values.tensorflow }
        : { kind: values.cuda ? 'cuda' : 'cpu' };
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    console.error('usage: npm run native -- [--cuda | --tensorflow DIR] [--force]');
    return 2;
  }
  try {
    buildNative(source, force, line => console.log(line));
    return 0;
  } catch (error) {
    if (!(error instanceof BuildError)) throw error;
    console.error(error.message);
    return 1;
  }
}
