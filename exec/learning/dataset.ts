/** Labelled samples: what a data set must bring, and how a batch is gathered from it. */

/** Numbers of a data set. Bytes are kept as bytes, an eighth of the memory of what is learnt from. */
export type Numbers = Uint8Array | Int32Array | Float32Array;

/** Samples one after another: `features` and `labels` are rows of equal widths. */
export interface Samples {
  readonly count: number;
  readonly features: Numbers;
  readonly labels: Numbers;
}

export interface Dataset {
  /** Shape of the features of one sample: `[28, 28, 1]`. */
  readonly shape: readonly number[];
  /** `number`: features are multiplied by `scale`. `index`: they are rows of a sparse tensor. */
  readonly features:
    | { readonly kind: 'number'; readonly scale: number }
    | { readonly kind: 'index' };
  /** `class`: one class a sample, from 0. `number`: `width` numbers a sample (regression). */
  readonly labels:
    | { readonly kind: 'class'; readonly classes: number }
    | { readonly kind: 'number'; readonly width: number };
  readonly train: Samples;
  /** Samples that nothing is learnt from. */
  readonly test: Samples;
}

/** Checks lengths and classes. Throws with what is wrong in `name`. */
export function checkDataset(data: Dataset, name: string): Dataset {
  const width = data.shape.reduce((product, dimension) => product * dimension, 1);
  const labelWidth = data.labels.kind === 'class' ? 1 : data.labels.width;
  for (const part of ['train', 'test'] as const) {
    const { count, features, labels } = data[part];
    const refuse = (message: string): never => {
      throw new Error(`data set ${name}, ${part}: ${message}`);
    };
    if (count < 1) refuse('no samples');
    if (features.length !== count * width) {
      refuse(`${features.length} features, not ${count} x ${width}`);
    }
    if (labels.length !== count * labelWidth) {
      refuse(`${labels.length} labels, not ${count} x ${labelWidth}`);
    }
    if (data.labels.kind === 'number') continue;
    const { classes } = data.labels;
    const wrong = labels.findIndex(label => !(label >= 0 && label < classes && label % 1 === 0));
    if (wrong >= 0)
      refuse(`label ${labels[wrong]} of sample ${wrong} is not a class below ${classes}`);
  }
  return data;
}

/** Rows `indices` of features as numbers, scaled: into an array of just as many, or a new one. */
export function gatherNumbers(
  features: Numbers,
  width: number,
  scale: number,
  indices: Uint32Array,
  gathered = new Float32Array(indices.length * width)
): Float32Array {
  for (let i = 0; i < indices.length; i++) {
    const from = indices[i]! * width;
    const to = i * width;
    for (let j = 0; j < width; j++) gathered[to + j] = features[from + j]! * scale;
  }
  return gathered;
}

/** Rows `indices` of features that are indices themselves. */
export function gatherIndices(features: Numbers, width: number, indices: Uint32Array): Int32Array {
  const gathered = new Int32Array(indices.length * width);
  for (let i = 0; i < indices.length; i++) {
    const from = indices[i]! * width;
    for (let j = 0; j < width; j++) gathered[i * width + j] = features[from + j]!;
  }
  return gathered;
}

/** Rows `indices` of labels: one-hot for classes, the numbers themselves else. */
export function gatherLabels(
  labels: Numbers,
  kind: Dataset['labels'],
  indices: Uint32Array
): Float32Array {
  if (kind.kind === 'number') return gatherNumbers(labels, kind.width, 1, indices);
  const hot = new Float32Array(indices.length * kind.classes);
  for (let i = 0; i < indices.length; i++) hot[i * kind.classes + labels[indices[i]!]!] = 1;
  return hot;
}

/** Width of a label as `gatherLabels` writes it. */
export function labelWidth(kind: Dataset['labels']): number {
  return kind.kind === 'class' ? kind.classes : kind.width;
}
