/**
 * What a run learns: a model and its data, as plain data. Learning rate, batch size and seed belong
 * to the run (`config.ts`). `exec/learning` makes the real thing of it.
 */
import { z } from 'zod';

/** A file of the project that exports something: what functions travel as. */
const moduleFields = {
  /** Path from the project's root, with its ending: `experiments/my-model.ts`. */
  module: z
    .string()
    .min(1)
    .refine(path => !path.startsWith('/') && !path.split(/[/\\]/).includes('..'), {
      message: 'expected a path inside the project, from its root'
    }),
  /** Name of the export. */
  export: z.string().min(1),
  /** Handed to what the module exports. */
  options: z.record(z.string(), z.json()),
  /** SHA-256 of the file, in hex; null until the configuration is resolved against the disk. */
  hash: z
    .string()
    .regex(/^[0-9a-f]{64}$/, 'a SHA-256 in 64 hexadecimal digits is right, or null')
    .nullable()
};

/** How the training samples are split over the workers: no sample is lost, none is held twice. */
const SplitSchema = z.discriminatedUnion('kind', [
  /** Shuffled and dealt out evenly (sizes differ by one at most). */
  z.strictObject({ kind: z.literal('iid') }),
  /** Label skew: the shares of each label over the workers are Dirichlet(alpha); small is skewed. */
  z.strictObject({ kind: z.literal('dirichlet'), alpha: z.number().min(0.001).max(1e6) })
]);
export type SplitConfig = z.infer<typeof SplitSchema>;

/** Labelled samples for the models that take any. */
const DataSchema = z.discriminatedUnion('kind', [
  /** Handwritten digits, 28 x 28: the first `train` and `test` samples of the published order. */
  z.strictObject({
    kind: z.literal('mnist'),
    train: z.int().min(1).max(60_000),
    test: z.int().min(1).max(10_000),
    split: SplitSchema
  }),
  /** A data set of one's own: see `exec/learning/dataset.ts`. */
  z.strictObject({ kind: z.literal('module'), ...moduleFields, split: SplitSchema })
]);
export type DataConfig = z.infer<typeof DataSchema>;

/** Every problem there is, by `kind`. */
export const ProblemSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('softmax'), data: DataSchema }),
  z.strictObject({
    kind: z.literal('mlp'),
    /** Widths of the hidden layers. */
    hidden: z.array(z.int().min(1).max(65_536)).min(1).max(16),
    data: DataSchema
  }),
  z.strictObject({
    kind: z.literal('cnn'),
    /** Filters of the two convolutions. */
    filters: z.tuple([z.int().min(1).max(1024), z.int().min(1).max(1024)]),
    data: DataSchema
  }),
  z.strictObject({
    kind: z.literal('sparse-logistic'),
    /** Features there are, one key each; every sample has `active` of them. */
    features: z.int().min(2).max(10_000_000),
    active: z.int().min(1).max(10_000),
    /** Feature of rank r is drawn with a weight of r^-skew: 0 is uniform, 1 is Zipf's law. */
    skew: z.number().min(0).max(4),
    samples: z.int().min(1).max(10_000_000),
    test: z.int().min(1).max(1_000_000),
    split: SplitSchema
  }),
  z.strictObject({
    kind: z.literal('embedding'),
    /** Rows of the table, one a token, of `dimension` keys each. */
    vocabulary: z.int().min(2).max(10_000_000),
    dimension: z.int().min(1).max(4096),
    classes: z.int().min(2).max(10_000),
    /** Tokens of a sample, and the share of them that tell its class. */
    tokens: z.int().min(1).max(10_000),
    signal: z.number().min(0).max(1),
    /** Token of rank r is drawn with a weight of r^-skew. */
    skew: z.number().min(0).max(4),
    samples: z.int().min(1).max(10_000_000),
    test: z.int().min(1).max(1_000_000),
    split: SplitSchema
  }),
  z.strictObject({
    kind: z.literal('quadratic'),
    dimension: z.int().min(1).max(10_000_000),
    /** Largest curvature (1) over the smallest. */
    condition: z.number().min(1).max(1e9),
    /** Standard deviation of one sample's gradient, in each coordinate. */
    noise: z.number().min(0).max(1e6),
    /** Standard deviation of the workers' own optima around the common one, in each coordinate. */
    heterogeneity: z.number().min(0).max(1e6)
  }),
  z.strictObject({
    kind: z.literal('logistic'),
    features: z.int().min(1).max(100_000),
    samples: z.int().min(2).max(10_000_000),
    /** Coefficient of the squared norm, halved: what makes the optimum unique. */
    regularization: z.number().gt(0).max(1e3),
    split: SplitSchema
  }),
  z.strictObject({
    kind: z.literal('timing'),
    /** Number of parameters of each tensor. */
    tensors: z.array(z.int().min(1).max(10_000_000_000)).min(1).max(100_000)
  }),
  z.strictObject({
    kind: z.literal('module'),
    ...moduleFields,
    /** Data for a model that takes any; null when the module brings its own. */
    data: DataSchema.nullable()
  })
]);

/** A resolved problem. */
export type ProblemConfig = z.output<typeof ProblemSchema>;
/** The configuration of one kind of problem. */
export type ProblemOf<Kind extends ProblemConfig['kind']> = Extract<ProblemConfig, { kind: Kind }>;

/** Samples shuffled and dealt out evenly. */
export function iid(): SplitConfig {
  return { kind: 'iid' };
}

/** Label skew (Yurochkin et al. 2019): 100 is nearly even, 0.1 gives most workers a few labels. */
export function dirichlet(alpha: number): SplitConfig {
  return { kind: 'dirichlet', alpha };
}

/** MNIST, all of it unless told otherwise. */
export function mnist(
  options: { readonly train?: number; readonly test?: number; readonly split?: SplitConfig } = {}
): DataConfig {
  const { train = 60_000, test = 10_000, split = iid() } = options;
  return { kind: 'mnist', train, test, split };
}

/** What a module of one's own is named by. */
export interface ModuleOptions {
  readonly module: string;
  readonly export?: string;
  readonly options?: Record<string, z.infer<ReturnType<typeof z.json>>>;
}

/** A data set of one's own: the module's export is made by `defineDataset`. */
export function dataset(options: ModuleOptions & { readonly split?: SplitConfig }): DataConfig {
  return { kind: 'module', ...named(options), split: options.split ?? iid() };
}

/** Softmax regression: one dense layer, convex. */
export function softmax(options: { readonly data: DataConfig }): ProblemOf<'softmax'> {
  return { kind: 'softmax', data: options.data };
}

/** Dense layers with ReLU between them, softmax cross-entropy behind. */
export function mlp(options: {
  readonly hidden?: readonly number[];
  readonly data: DataConfig;
}): ProblemOf<'mlp'> {
  return { kind: 'mlp', hidden: [...(options.hidden ?? [128])], data: options.data };
}

/** Two 3 x 3 convolutions, each with ReLU and 2 x 2 max pooling, and a dense layer. */
export function cnn(options: {
  readonly filters?: readonly [number, number];
  readonly data: DataConfig;
}): ProblemOf<'cnn'> {
  const [first, second] = options.filters ?? [8, 16];
  return { kind: 'cnn', filters: [first, second], data: options.data };
}

/** Logistic regression over many features of which a sample has few: keys are pulled by row. */
export function sparseLogistic(
  options: Partial<Omit<ProblemOf<'sparse-logistic'>, 'kind'>> = {}
): ProblemOf<'sparse-logistic'> {
  return {
    kind: 'sparse-logistic',
    features: 10_000,
    active: 20,
    skew: 1,
    samples: 20_000,
    test: 2000,
    split: iid(),
    ...options
  };
}

/** Bags of tokens, classified by the mean of their embeddings and a dense layer. */
export function embedding(
  options: Partial<Omit<ProblemOf<'embedding'>, 'kind'>> = {}
): ProblemOf<'embedding'> {
  return {
    kind: 'embedding',
    vocabulary: 10_000,
    dimension: 16,
    classes: 10,
    tokens: 20,
    signal: 0.3,
    skew: 1,
    samples: 20_000,
    test: 1000,
    split: iid(),
    ...options
  };
}

/** A quadratic bowl with gradient noise: closed forms hold, and the optimum is known. */
export function quadratic(
  options: Partial<Omit<ProblemOf<'quadratic'>, 'kind'>> = {}
): ProblemOf<'quadratic'> {
  return {
    kind: 'quadratic',
    dimension: 100,
    condition: 10,
    noise: 0,
    heterogeneity: 0,
    ...options
  };
}

/** L2-regularised logistic regression on dense synthetic data: convex, the optimum is known. */
export function logistic(
  options: Partial<Omit<ProblemOf<'logistic'>, 'kind'>> = {}
): ProblemOf<'logistic'> {
  return {
    kind: 'logistic',
    features: 100,
    samples: 2000,
    regularization: 1e-3,
    split: iid(),
    ...options
  };
}

/**
 * A model with sizes and no values, for timing-only runs: the tensors' sizes, or a number of
 * parameters in so many (1) tensors that differ by one at most.
 */
export function timing(
  options:
    | { readonly tensors: readonly number[] }
    | { readonly parameters: number; readonly tensors?: number }
): ProblemOf<'timing'> {
  if (!('parameters' in options)) return { kind: 'timing', tensors: [...options.tensors] };
  const { parameters, tensors = 1 } = options;
  const begin = (index: number): number => Math.floor((parameters * index) / tensors);
  const sizes = Array.from({ length: tensors }, (_, index) => begin(index + 1) - begin(index));
  return { kind: 'timing', tensors: sizes };
}

/** A model or problem of one's own: the module's export is made by `defineModel`, `defineProblem`. */
export function custom(
  options: ModuleOptions & { readonly data?: DataConfig | null }
): ProblemOf<'module'> {
  return { kind: 'module', ...named(options), data: options.data ?? null };
}

function named({ module, export: name = 'default', options = {} }: ModuleOptions) {
  return { module, export: name, options, hash: null };
}
