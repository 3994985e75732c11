/** Dense layers with ReLU between them: softmax regression (no hidden layer) and the MLP. */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import type { Tf } from '../backends/tf.ts';
import { glorot, he, type Model, type TensorSpec, type Tensors, zeros } from './model.ts';

/** `widths` are those of the input, the hidden layers and the output. */
export function perceptron(tf: Tf, widths: readonly number[]): Model {
  const layers = widths.slice(1).map((_, layer) => layer);
  const tensors: Record<string, TensorSpec> = {};
  for (const layer of layers) {
    const [inputs, outputs] = [widths[layer]!, widths[layer + 1]!];
    const initial = layer === layers.length - 1 ? glorot(inputs, outputs) : he(inputs);
    tensors[weight(layer)] = { shape: [inputs, outputs], initial };
    tensors[bias(layer)] = { shape: [outputs], initial: zeros() };
  }

  /** The inputs of every layer, and the logits at the end. */
  const forward = (params: Tensors<string>, features: Tensor): Tensor2D[] => {
    const values: Tensor2D[] = [tf.reshape(features, [features.shape[0]!, widths[0]!])];
    for (const layer of layers) {
      const product = tf.matMul(values[layer]!, params[weight(layer)] as Tensor2D);
      const sum: Tensor2D = tf.add(product, params[bias(layer)]!);
      values.push(layer === layers.length - 1 ? sum : tf.relu(sum));
    }
    return values;
  };

  return {
    tensors,
    predict: (params, features) => forward(params, features).at(-1)!,
    gradient(params, features, labels) {
      const values = forward(params, features);
      const logs = tf.logSoftmax(values.at(-1)!);
      const loss = tf.neg(tf.mean(tf.sum(tf.mul(logs, labels), 1)));
      const gradient: Record<string, Tensor> = {};
      // The gradient of the mean loss by the output of a layer, from the last layer backwards.
      let error: Tensor2D = tf.div(tf.sub(tf.exp(logs), labels), labels.shape[0]!);
      for (const layer of layers.toReversed()) {
        const inputs = values[layer]!;
        gradient[weight(layer)] = tf.matMul(inputs, error, true);
        gradient[bias(layer)] = tf.sum(error, 0);
        if (layer === 0) break;
        const back = tf.matMul(error, params[weight(layer)] as Tensor2D, false, true);
        error = tf.mul(back, tf.step(inputs));
      }
      return { loss, gradient };
    }
  };
}

function weight(layer: number): string {
  return `weight${layer}`;
}

function bias(layer: number): string {
  return `bias${layer}`;
}
