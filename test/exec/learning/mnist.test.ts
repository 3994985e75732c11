import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { gatherLabels, gatherNumbers } from '../../../exec/learning/dataset.ts';
import { readMnist } from '../../../exec/learning/mnist.ts';

const test = suite('MNIST');

test('the files have the digits that they are known to have', () => {
  const { train, test: tested } = readMnist({ train: 60_000, test: 10_000 });
  const counts = (labels: ArrayLike<number>): number[] => {
    const found = new Array<number>(10).fill(0);
    for (let i = 0; i < labels.length; i++) found[labels[i]!]! += 1;
    return found;
  };
  assert.equal([...train.labels.slice(0, 10)], [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]);
  assert.equal([...tested.labels.slice(0, 10)], [7, 2, 1, 0, 4, 1, 4, 9, 5, 9]);
  // As published: digits of each class in both sets.
  assert.equal(counts(train.labels), [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
  assert.equal(counts(tested.labels), [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
  assert.is(train.features.length, 60_000 * 784);
  let sum = 0;
  for (const pixel of train.features) sum += pixel;
  // The published mean of the training pixels is 0.1307.
  assert.ok(Math.abs(sum / train.features.length / 255 - 0.1307) < 1e-4);
});

test('a part is the beginning of the whole', () => {
  const whole = readMnist({ train: 100, test: 20 });
  const part = readMnist({ train: 10, test: 5 });
  assert.equal(part.train.features, whole.train.features.slice(0, 7840));
  assert.equal(part.train.labels, whole.train.labels.slice(0, 10));
  assert.is(part.test.count, 5);
});

test('a batch is gathered scaled, its labels one-hot', () => {
  const { train, labels } = readMnist({ train: 50, test: 1 });
  const indices = Uint32Array.from([7, 3]);
  const images = gatherNumbers(train.features, 784, 1 / 255, indices);
  assert.is(images.length, 1568);
  for (let i = 0; i < 784; i++) {
    assert.is(images[784 + i], Math.fround(train.features[3 * 784 + i]! / 255));
  }
  const hot = gatherLabels(train.labels, labels, indices);
  assert.equal([...hot.slice(0, 10)], [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]);
  assert.equal([...hot.slice(10)], [0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
});

test('files that are not what they should be are refused by name', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'slackline-mnist-'));
  try {
    const name = (prefix: string, kind: string): string =>
      path.join(folder, `${prefix}-${kind}-ubyte`);
    const write = (images: Uint8Array, labels = idx(0x801, [2], 2)): void => {
      for (const prefix of ['train', 't10k']) {
        fs.writeFileSync(name(prefix, 'images-idx3'), images);
        fs.writeFileSync(name(prefix, 'labels-idx1'), labels);
      }
    };
    const read = (train: number) => () => readMnist({ train, test: 1 }, folder);
    const right = idx(0x803, [2, 28, 28], 2 * 784);
    write(right);
    assert.is(read(2)().train.count, 2);
    assert.throws(read(3), /has 2 samples, not 3/);
    write(idx(0x802, [2, 28, 28], 2 * 784));
    assert.throws(read(1), /not an IDX file/);
    write(idx(0x803, [2, 14, 56], 2 * 784));
    assert.throws(read(1), /items of 14 x 56, not 28 x 28/);
    write(right.slice(0, -1));
    assert.throws(read(1), /length that its header says/);
    write(right.slice(0, 9));
    assert.throws(read(1), /not an IDX file/);
    write(right, idx(0x803, [2], 2));
    assert.throws(read(1), /labels-idx1-ubyte is not an IDX file/);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

function idx(magic: number, dimensions: readonly number[], bytes: number): Uint8Array {
  const file = new Uint8Array(4 + 4 * dimensions.length + bytes);
  const view = new DataView(file.buffer);
  for (const [i, word] of [magic, ...dimensions].entries()) view.setUint32(4 * i, word);
  return file;
}

test.run();
