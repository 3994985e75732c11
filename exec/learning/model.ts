/** A model in tfjs: named tensors, and predictions from them. `tensor-problem.ts` trains it. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { stream } from '../../core/random.ts';
import type { Layout } from '../../core/tensors.ts';
import { layout } from '../../core/tensors.ts';

/** What the params of a tensor are to begin with. */
export type Initial =
  | { readonly kind: 'zeros' }
  /** Uniform in [-limit, limit). */
  | { readonly kind: 'uniform'; readonly limit: number }
  | { readonly kind: 'normal'; readonly deviation: number };

export interface TensorSpec {
  readonly shape: readonly number[];
  readonly initial: Initial;
  /** A sparse tensor: a batch reads only the rows that its features are the indices of. */
  readonly rows?: boolean;
}

/** Tensors by the names that a model gave them. */
export type Tensors<Name extends string> = Readonly<Record<Name, Tensor>>;

/**
 * A model. Its functions run inside `tf.tidy` and use functions of tfjs-core (`tf.add(x, y)`; chained
 * ones are not loaded), whose gradients come from autodiff.
 */
export interface Model<Name extends string = string> {
  /** In this order in the flat vector; at most one with `rows`. */
  readonly tensors: Readonly<Record<Name, TensorSpec>>;
  /** From features [samples, ...shape] to predictions [samples, outputs]: for classes, their logits. */
  predict(params: Tensors<Name>, features: Tensor): Tensor;
  /** Mean loss, a scalar. Left out: softmax cross-entropy, of classes; there is none for numbers. */
  loss?(predicted: Tensor, labels: Tensor, params: Tensors<Name>): Tensor;
  /** Loss and gradient by hand, where that is faster; the same values as autodiff up to rounding. */
  gradient?(params: Tensors<Name>, features: Tensor, labels: Tensor): ModelGradient<Name>;
}

export interface ModelGradient<Name extends string = string> {
  readonly loss: Tensor;
  readonly gradient: Tensors<Name>;
}

export function zeros(): Initial {
  return { kind: 'zeros' };
}

/** Uniform of variance 2 / (inputs + outputs) (Glorot and Bengio 2010, equation 16). */
export function glorot(inputs: number, outputs: number): Initial {
  return { kind: 'uniform', limit: Math.sqrt(6 / (inputs + outputs)) };
}

/** Uniform of variance 2 / inputs, for what goes into a ReLU (He et al. 2015, equation 10). */
export function he(inputs: number): Initial {
  return { kind: 'uniform', limit: Math.sqrt(6 / inputs) };
}

/** The layout of a model's tensors. Throws on a name that JavaScript would sort, or a second `rows`. */
export function modelLayout(model: Model): Layout {
  const tensors = Object.entries(model.tensors).map(([name, { shape, rows = false }]) => {
    if (/^\d+$/.test(name)) throw new Error(`tensor "${name}" needs a name that is not a number`);
    return { name, shape, rows };
  });
  if (tensors.filter(tensor => tensor.rows).length > 1) {
    throw new Error('a model can have one tensor with rows');
  }
  return layout(tensors);
}

/** Params to start from: each tensor has its own stream, so adding one leaves the others alone. */
export function initialParams(model: Model, placed: Layout, seed: number): Float32Array {
  const params = new Float32Array(placed.size);
  for (const { name, begin, end } of placed.tensors) {
    const { initial } = model.tensors[name]!;
    if (initial.kind === 'zeros') continue;
    const random = stream(seed, 'initial', name);
    for (let key = begin; key < end; key++) {
      params[key] =
        initial.kind === 'uniform'
          ? initial.limit * (2 * random.uniform() - 1)
          : initial.deviation * random.normal();
    }
  }
  return params;
}
