/** The mean of the embeddings of a bag of tokens, classified by a dense layer (Joulin et al. 2017). */
import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-core';
import type { Tf } from '../backends/tf.ts';
import { glorot, type Model, zeros } from './model.ts';

/** Sizes of the table (vocabulary x dimension) and of the layer behind it. */
export interface BagShape {
  readonly vocabulary: number;
  readonly dimension: number;
  readonly classes: number;
}

/** Features are token indices, [samples, tokens]. */
export function bagEmbedding(
  tf: Tf,
  { vocabulary, dimension, classes }: BagShape
): Model<'table' | 'weight' | 'bias'> {
  return {
    tensors: {
      table: {
        shape: [vocabulary, dimension],
        rows: true,
        initial: { kind: 'uniform', limit: 1 / dimension }
      },
      weight: { shape: [dimension, classes], initial: glorot(dimension, classes) },
      bias: { shape: [classes], initial: zeros() }
    },
    predict({ table, weight, bias }, features) {
      const [samples, tokens] = features.shape as [number, number];
      const rows = tf.gather(table, tf.reshape(features, [samples * tokens]) as Tensor1D);
      const means = tf.mean(tf.reshape(rows, [samples, tokens, dimension]), 1) as Tensor2D;
      return tf.add<Tensor2D>(tf.matMul(means, weight as Tensor2D), bias);
    }
  };
}
