import type { Tensor } from '@tensorflow/tfjs-core';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { stream } from '../../../core/random.ts';
import { elements } from '../../../core/tensors.ts';
import type { Backend } from '../../../exec/backends/backend.ts';
import { loadGradients } from '../../../exec/backends/tf.ts';
import { unless } from '../../skip.ts';
import { flat, type Layer, spatial } from './layers.ts';
import { distance, present, read, tested } from './present.ts';

const test = suite('gradients of layers');
const layers = [...flat, ...spatial];

await loadGradients();
const presences = await Promise.all(tested.map(present));
const reference = presences.find(({ name }) => name === 'cpu')?.backend;
if (!reference) throw new Error('the cpu backend is always there');

for (const { name, backend, missing } of presences) {
  if (name === 'cpu') continue;
  const here = unless(test, missing);
  here(`on ${name} every layer has the gradient that cpu has`, async () => {
    const off: string[] = [];
    for (const layer of layers) {
      if (layer.refusedBy !== name) await compare(layer, backend!, off);
    }
    assert.equal(off, []);
  });
}

test('on cpu every layer has the gradient that finite differences have', async () => {
  const off: string[] = [];
  for (const layer of layers) {
    const { tf } = reference;
    reference.activate();
    const inputs = drawInputs(layer);
    const direction = drawDirection(layer);
    const { gradients } = await differentiate(layer, reference, inputs);
    let expected = 0;
    gradients.forEach((gradient, i) => {
      gradient.forEach((value, j) => {
        expected += value * direction[i]![j]!;
      });
    });
    const at = (distance: number): number =>
      tf.tidy(() => {
        const moved = inputs.map((values, i) =>
          values.map((x, j) => x + distance * direction[i]![j]!)
        );
        return loss(layer, reference, tensors(layer, reference, moved)).dataSync<'float32'>()[0]!;
      });
    const step = 1e-3;
    const slope = (at(step) - at(-step)) / (2 * step);
    const scale = Math.max(1, Math.abs(expected));
    if (!(Math.abs(slope - expected) / scale < 2e-2))
      off.push(`${layer.name}: ${slope}, ${expected}`);
  }
  assert.equal(off, []);
});

test('no kernel leaves a tensor behind', async () => {
  for (const { backend } of presences) {
    if (backend === null) continue;
    for (const layer of layers) {
      if (layer.refusedBy === backend.name) continue;
      const before = backend.tf.memory().numTensors;
      const buffers = backend.tf.memory().numDataBuffers;
      await differentiate(layer, backend, drawInputs(layer));
      assert.is(backend.tf.memory().numTensors, before, `${backend.name}: ${layer.name}`);
      assert.is(backend.tf.memory().numDataBuffers, buffers, `${backend.name}: ${layer.name}`);
    }
  }
});

/** Float32 sums in another order, of a few hundred terms at most. */
const TOLERANCE = 2e-5;

/** Adds what differs from the reference to `off`. */
async function compare(layer: Layer, backend: Backend, off: string[]): Promise<void> {
  const inputs = drawInputs(layer);
  const expected = await differentiate(layer, reference!, inputs);
  const found = await differentiate(layer, backend, inputs);
  // Sine and cosine of a GPU are approximations.
  const tolerance = backend.name === 'webgpu' ? 20 * TOLERANCE : TOLERANCE;
  const check = (what: string, values: number[], wanted: number[]): void => {
    const apart = distance(values, wanted);
    if (!(apart <= tolerance)) off.push(`${layer.name}: ${what} is ${apart} apart`);
  };
  check('the loss', [found.loss], [expected.loss]);
  for (const [index, gradient] of expected.gradients.entries()) {
    check(`gradient ${index}`, found.gradients[index]!, gradient);
  }
}

/** Evenly spaced values in a random order, none 0: no kink lies between two points of a difference. */
function drawInputs(layer: Layer): Float32Array[] {
  return layer.shapes.map((shape, index) => {
    const size = elements(shape);
    const values = Float32Array.from({ length: size }, (_, i) => (4 * (i + 0.5)) / size - 2.001);
    return stream(7, 'input', layer.name, index).shuffle(values);
  });
}

/** One step of each value, up or down. */
function drawDirection(layer: Layer): Float32Array[] {
  return layer.shapes.map((shape, index) => {
    const random = stream(7, 'direction', layer.name, index);
    return Float32Array.from({ length: elements(shape) }, () => (random.uniform() < 0.5 ? -1 : 1));
  });
}

function tensors(layer: Layer, backend: Backend, inputs: readonly Float32Array[]): Tensor[] {
  return inputs.map((values, index) => backend.tf.tensor(values, [...layer.shapes[index]!]));
}

/** The sum of the outputs, each with a weight of its own, so that none cancels another. */
function loss(layer: Layer, { tf }: Backend, inputs: readonly Tensor[]): Tensor {
  const output = layer.apply(tf, ...inputs);
  const weights = Float32Array.from({ length: output.size }, (_, i) => 0.2 + (i % 7) / 10);
  return tf.sum(tf.mul(output, tf.tensor(weights, output.shape)));
}

async function differentiate(
  layer: Layer,
  backend: Backend,
  inputs: readonly Float32Array[]
): Promise<{ loss: number; gradients: number[][] }> {
  backend.activate();
  const { tf } = backend;
  const outputs = tf.tidy(() => {
    const { value, grads } = tf.valueAndGrads((...xs: Tensor[]) => loss(layer, backend, xs))(
      tensors(layer, backend, inputs)
    );
    return [value, ...grads];
  });
  const [value, ...gradients] = await Promise.all(outputs.map(read));
  tf.dispose(outputs);
  return { loss: value![0]!, gradients };
}

test.run();
