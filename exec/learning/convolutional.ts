/** A small convolutional network: (3 x 3 convolution, ReLU, 2 x 2 max pooling) twice, then dense. */
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { Tf } from '../backends/tf.ts';
import { glorot, he, type Model, zeros } from './model.ts';

/** What it looks at, and its widths. */
export interface ConvolutionalShape {
  /** [height, width, channels]. */
  readonly image: readonly number[];
  readonly filters: readonly [number, number];
  readonly classes: number;
}

type Name = 'filter0' | 'bias0' | 'filter1' | 'bias1' | 'weight' | 'bias';

/** Throws for what is not an image of 4 x 4 pixels at least. */
export function convolutional(tf: Tf, shape: ConvolutionalShape): Model<Name> {
  const [height = 0, width = 0, channels] = shape.image;
  if (shape.image.length !== 3 || channels === undefined || Math.min(height, width) < 4) {
    throw new Error(`a cnn needs images of 4 x 4 or more, not [${shape.image.join(', ')}]`);
  }
  const [first, second] = shape.filters;
  const flat = (height >> 2) * (width >> 2) * second;
  return {
    tensors: {
      filter0: { shape: [3, 3, channels, first], initial: he(9 * channels) },
      bias0: { shape: [first], initial: zeros() },
      filter1: { shape: [3, 3, first, second], initial: he(9 * first) },
      bias1: { shape: [second], initial: zeros() },
      weight: { shape: [flat, shape.classes], initial: glorot(flat, shape.classes) },
      bias: { shape: [shape.classes], initial: zeros() }
    },
    predict(params, features) {
      const stages = [
        { filter: params.filter0, bias: params.bias0 },
        { filter: params.filter1, bias: params.bias1 }
      ];
      let image = features as Tensor4D;
      for (const { filter, bias } of stages) {
        const convolved = tf.conv2d(image, filter as Tensor4D, 1, 'same');
        image = tf.maxPool(tf.relu(tf.add<Tensor4D>(convolved, bias)), 2, 2, 'valid');
      }
      const row = tf.reshape(image, [image.shape[0], flat]);
      return tf.add<Tensor2D>(tf.matMul(row, params.weight as Tensor2D), params.bias);
    }
  };
}
