/** Layers that a model may be made of, each as a function of tensors of these shapes. */
import type * as tfjs from '@tensorflow/tfjs-core';
import type { BackendName } from '../../../exec/backends/backend.ts';
import type { Tf } from '../../../exec/backends/tf.ts';

export interface Layer {
  readonly name: string;
  readonly shapes: readonly (readonly number[])[];
  readonly apply: (tf: Tf, ...inputs: tfjs.Tensor[]) => tfjs.Tensor;
  /** A backend that refuses it, with an error. */
  readonly refusedBy?: BackendName;
}

type Padding =
  | 'same'
  | 'valid'
  | [[number, number], [number, number], [number, number], [number, number]];

const image = [2, 7, 6, 3];

/** Convolutions and pools over strides and paddings. */
export const spatial: readonly Layer[] = [
  ...convolutions(),
  ...depthwise(),
  ...pools(),
  {
    name: 'conv2dTranspose',
    shapes: [
      [2, 4, 4, 3],
      [3, 3, 2, 3]
    ],
    apply: (tf, x, filter) =>
      tf.conv2dTranspose(x as tfjs.Tensor4D, filter as tfjs.Tensor4D, [2, 8, 8, 2], 2, 'same')
  },
  {
    name: 'conv2dTranspose of stride 1',
    shapes: [
      [2, 4, 5, 3],
      [3, 2, 2, 3]
    ],
    apply: (tf, x, filter) =>
      tf.conv2dTranspose(x as tfjs.Tensor4D, filter as tfjs.Tensor4D, [2, 4, 5, 2], 1, 'same')
  },
  {
    name: 'conv1d',
    shapes: [
      [2, 9, 3],
      [3, 3, 4]
    ],
    apply: (tf, x, filter) => tf.conv1d(x as tfjs.Tensor3D, filter as tfjs.Tensor3D, 2, 'same')
  },
  {
    name: 'separableConv2d',
    shapes: [image, [3, 3, 3, 2], [1, 1, 6, 4]],
    apply: (tf, x, depth, point) =>
      tf.separableConv2d(
        x as tfjs.Tensor4D,
        depth as tfjs.Tensor4D,
        point as tfjs.Tensor4D,
        1,
        'same'
      )
  },
  ...([1, 2] as const).map(stride => ({
    name: `conv3d of stride ${stride}`,
    shapes: [
      [2, 4, 5, 4, 2],
      [2, 3, 2, 2, 3]
    ],
    apply: (tf: Tf, x: tfjs.Tensor, filter: tfjs.Tensor) =>
      tf.conv3d(x as tfjs.Tensor5D, filter as tfjs.Tensor5D, stride, 'same')
  })),
  ...(['same', 'valid'] as const).flatMap(padding =>
    (['maxPool3d', 'avgPool3d'] as const).map(pool => ({
      name: `${pool} of negative values, ${padding}`,
      shapes: [[2, 3, 5, 4, 2]],
      apply: (tf: Tf, x: tfjs.Tensor) => tf[pool](tf.sub<tfjs.Tensor5D>(x, 10), 2, 2, padding)
    }))
  ),
  {
    name: 'resizeBilinear',
    shapes: [[1, 3, 3, 2]],
    apply: (tf, x) => tf.image.resizeBilinear(x as tfjs.Tensor4D, [5, 5])
  }
];

function convolutions(): Layer[] {
  const explicit: Padding = [
    [0, 0],
    [1, 2],
    [0, 1],
    [0, 0]
  ];
  const paddings: readonly Padding[] = ['same', 'valid', explicit];
  // With a filter of width 2, stride 3 leaves columns out.
  const strides: readonly (number | [number, number])[] = [1, 2, 3, [2, 1]];
  return strides.flatMap(stride =>
    paddings.map(padding => ({
      name: `conv2d of strides ${stride}, ${padding}`,
      shapes: [image, [3, 2, 3, 4]],
      apply: (tf: Tf, x: tfjs.Tensor, filter: tfjs.Tensor) =>
        tf.conv2d(x as tfjs.Tensor4D, filter as tfjs.Tensor4D, stride, padding),
      ...(padding === explicit ? { refusedBy: 'tfjs-node-gpu' as const } : {})
    }))
  );
}

function depthwise(): Layer[] {
  const variants = [
    { stride: 1, dilation: 1, padding: 'same' },
    { stride: 2, dilation: 1, padding: 'same' },
    { stride: 2, dilation: 1, padding: 'valid' },
    { stride: 3, dilation: 1, padding: 'same' }
  ] as const;
  return variants.map(({ stride, dilation, padding }) => ({
    name: `depthwiseConv2d of stride ${stride}, dilation ${dilation}, ${padding}`,
    shapes: [image, [3, 2, 3, 2]],
    apply: (tf: Tf, x: tfjs.Tensor, filter: tfjs.Tensor) =>
      tf.depthwiseConv2d(
        x as tfjs.Tensor4D,
        filter as tfjs.Tensor4D,
        stride,
        padding,
        'NHWC',
        dilation
      )
  }));
}

function pools(): Layer[] {
  const variants = [
    { size: 2, stride: 2, padding: 'valid' },
    { size: 2, stride: 2, padding: 'same' },
    { size: 3, stride: 2, padding: 'same' },
    { size: 3, stride: 1, padding: 'valid' }
  ] as const;
  return variants.flatMap(({ size, stride, padding }) => {
    const name = `of ${size} x ${size}, stride ${stride}, ${padding}`;
    const maxPool = (tf: Tf, x: tfjs.Tensor): tfjs.Tensor =>
      tf.maxPool(x as tfjs.Tensor4D, size, stride, padding);
    return [
      { name: `maxPool ${name}`, shapes: [image], apply: maxPool },
      {
        // The kernel of the wasm backend is wrong where no value of a window is positive.
        name: `maxPool of negative values, ${name}`,
        shapes: [image],
        apply: (tf: Tf, x: tfjs.Tensor) => maxPool(tf, tf.sub(x, 10))
      },
      {
        name: `avgPool ${name}`,
        shapes: [image],
        apply: (tf: Tf, x: tfjs.Tensor) => tf.avgPool(x as tfjs.Tensor4D, size, stride, padding)
      }
    ];
  });
}

const matrix = [4, 5];

/** Everything that is not spatial. */
export const flat: readonly Layer[] = [
  ...(['relu', 'relu6', 'elu', 'selu', 'sigmoid', 'tanh', 'softplus', 'erf'] as const).map(
    name => ({
      name,
      shapes: [matrix],
      apply: (tf: Tf, x: tfjs.Tensor) => tf[name](x)
    })
  ),
  ...(['square', 'abs', 'exp', 'neg', 'sin', 'cos', 'softmax', 'logSoftmax'] as const).map(
    name => ({
      name,
      shapes: [matrix],
      apply: (tf: Tf, x: tfjs.Tensor) => tf[name](x)
    })
  ),
  ...(['sqrt', 'rsqrt', 'log', 'log1p', 'reciprocal'] as const).map(name => ({
    name,
    shapes: [matrix],
    apply: (tf: Tf, x: tfjs.Tensor) => tf[name](tf.add(tf.square(x), 0.5))
  })),
  ...[
    { rows: 4, columns: 5 },
    // Wide, tall: which factor XNNPACK packs depends on it.
    { rows: 3, columns: 40 },
    { rows: 40, columns: 3 }
  ].flatMap(({ rows, columns }) =>
    [0, 1, 2, 3].map(which => {
      const [left, right] = [(which & 1) === 1, (which & 2) === 2];
      return {
        name: `matMul to ${rows} x ${columns}, transposed ${left}, ${right}`,
        shapes: [left ? [6, rows] : [rows, 6], right ? [columns, 6] : [6, columns]],
        apply: (tf: Tf, a: tfjs.Tensor, b: tfjs.Tensor) => tf.matMul(a, b, left, right)
      };
    })
  ),
  {
    name: 'matMul of stacks',
    shapes: [
      [3, 4, 5],
      [3, 6, 5]
    ],
    apply: (tf, a, b) => tf.matMul(a, b, false, true)
  },
  {
    name: 'matMul of stacks of one',
    shapes: [
      [1, 4, 5],
      [1, 6, 5]
    ],
    apply: (tf, a, b) => tf.matMul(a, b, false, true)
  },
  {
    name: 'dense',
    shapes: [matrix, [5, 3], [3]],
    apply: (tf, x, w, b) => tf.add(tf.matMul(x, w), b)
  },
  {
    name: 'leakyRelu and prelu',
    shapes: [matrix, matrix],
    apply: (tf, x, alpha) => tf.add(tf.leakyRelu(x, 0.1), tf.prelu(x, alpha))
  },
  {
    name: 'arithmetic with broadcasting',
    shapes: [matrix, [5], [4, 1]],
    apply: (tf, x, row, column) => tf.div(tf.mul(tf.sub(x, row), column), tf.add(tf.square(row), 1))
  },
  {
    name: 'maximum, minimum and clipping',
    shapes: [matrix, matrix],
    apply: (tf, a, b) => tf.clipByValue(tf.add(tf.maximum(a, b), tf.minimum(a, 0.3)), -1, 1)
  },
  {
    name: 'reductions',
    shapes: [matrix],
    apply: (tf, x) => tf.add(tf.add(tf.sum(x, 1), tf.mean(x, 1)), tf.max(x, 1))
  },
  {
    name: 'concat, split and stack',
    shapes: [matrix, matrix],
    apply: (tf, a, b) => {
      const [left, right] = tf.split(tf.concat([a, b], 1), 2, 1);
      return tf.stack([left!, tf.square(right!)]);
    }
  },
  {
    name: 'slice, pad, reverse, tile and transpose',
    shapes: [matrix],
    apply: (tf, x) => {
      const part = tf.pad(tf.slice(x, [1, 1], [2, 3]), [
        [1, 0],
        [0, 2]
      ]);
      return tf.transpose(tf.tile(tf.reverse(part, 1), [1, 2]));
    }
  },
  {
    name: 'gather with duplicates',
    shapes: [[6, 3]],
    apply: (tf, table) => tf.gather(table, tf.tensor1d([0, 5, 2, 2, 5, 5], 'int32'))
  },
  {
    name: 'gather of a matrix of indices',
    shapes: [[6, 3]],
    apply: (tf, table) => tf.gather(table, tf.tensor2d([0, 5, 2, 2, 5, 5], [2, 3], 'int32'))
  },
  {
    name: 'layer normalisation',
    shapes: [matrix, [5], [5]],
    apply: (tf, x, scale, shift) => {
      const { mean, variance } = tf.moments(x, 1, true);
      const normal = tf.mul(tf.sub(x, mean), tf.rsqrt(tf.add(variance, 1e-3)));
      return tf.add(tf.mul(normal, scale), shift);
    }
  },
  {
    name: 'batch normalisation',
    shapes: [[2, 3, 3, 2], [2], [2], [2], [2]],
    apply: (tf, x, mean, variance, shift, scale) =>
      tf.batchNorm(
        x as tfjs.Tensor4D,
        mean as tfjs.Tensor1D,
        tf.add(tf.square(variance as tfjs.Tensor1D), 0.5),
        shift as tfjs.Tensor1D,
        scale as tfjs.Tensor1D
      )
  },
  {
    name: 'attention',
    shapes: [
      [2, 4, 3],
      [2, 4, 3],
      [2, 4, 3]
    ],
    apply: (tf, query, key, value) =>
      tf.matMul(tf.softmax(tf.matMul(query, key, false, true)), value)
  },
  {
    name: 'LSTM cell',
    shapes: [[2, 3], [2, 4], [7, 16], [16]],
    apply: (tf, x, hidden, kernel, bias) => {
      const gates = tf.add(tf.matMul(tf.concat([x, hidden], 1), kernel), bias);
      const [i, j, f, o] = tf.split(gates, 4, 1);
      const cell = tf.add(tf.mul(hidden, tf.sigmoid(f!)), tf.mul(tf.sigmoid(i!), tf.tanh(j!)));
      return tf.mul(tf.tanh(cell), tf.sigmoid(o!));
    }
  }
];
