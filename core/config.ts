/**
 * The configuration of one run: plain JSON, complete (no hidden defaults: `resolve` fills them in
 * and what it returns is stored, hashed, and sent to the processes of a real run).
 */
import { z } from 'zod';
import { checked } from './checked.ts';
import { type CompressorConfig, CompressorSchema } from './compression/registry.ts';
import { ProblemSchema } from './config/problem.ts';
import { ConsistencySchema, consistencyModels } from './consistency/registry.ts';
import { EnvironmentSchema, environmentMisfits } from './environment/environment.ts';
import { faultMisfits } from './environment/faults/schedule.ts';
import { flowMisfits } from './environment/flow-misfits.ts';
import { hostMisfits } from './environment/hosts.ts';
import { networkMisfits } from './environment/network.ts';
import { valueAt } from './issue-text.ts';
import { nodeIds } from './node-id.ts';
import { OptimizerSchema } from './optimizer/optimizer.ts';

/** When a run ends: at the first of the conditions that holds. */
export const StopSchema = z
  .strictObject({
    /** Test accuracy at a cut, in (0, 1]. */
    accuracy: z.number().gt(0).max(1).optional(),
    /** Loss at a cut, at most this. */
    loss: z.number().optional(),
    /** Iterations of each worker. */
    iterations: z.int().min(1).optional(),
    /** Gradients applied, over all workers. */
    gradients: z.int().min(1).optional(),
    /** Seconds of training, on the coordinator's clock. */
    seconds: z.number().gt(0).optional()
  })
  .refine(stop => Object.values(stop).some(value => value !== undefined), {
    message: 'a run needs an end: accuracy, loss, iterations, gradients or seconds'
  });
export type StopConfig = z.infer<typeof StopSchema>;

/** Evaluation of the test set, every so many gradients applied (over all workers). */
export const EvaluationSchema = z.strictObject({ everyGradients: z.int().min(1) });

/** How keys are split over servers. */
export const ShardingSchema = z.enum(['range', 'tensor', 'balanced', 'frequency']);

/** A module that adds methods: its path, with the hash of its code once that is known. */
const PluginSchema = z.union([
  z.string().transform(module => ({ module, hash: null })),
  z.strictObject({ module: z.string(), hash: z.string().nullable().default(null) })
]);

export const ConfigSchema = z
  .strictObject({
    /** Version of this schema. */
    version: z.literal(1),
    workers: z.int().min(1).max(100_000),
    servers: z.int().min(1).max(10_000),
    seed: z.int().min(0).max(0xffffffff),
    /** Samples of one gradient. */
    batchSize: z.int().min(1).max(1_000_000),
    problem: ProblemSchema,
    consistency: ConsistencySchema,
    compressor: CompressorSchema,
    optimizer: OptimizerSchema,
    sharding: ShardingSchema,
    environment: EnvironmentSchema,
    /** Null: no evaluation but the final one (and none at all in a timing-only run). */
    evaluation: EvaluationSchema.nullable(),
    stopAt: StopSchema,
    /** Modules that add a consistency model or a compressor, from the project's root. */
    plugins: z.array(PluginSchema)
  })
  .superRefine((config, context) => {
    // zod asks although a field is out of range: a billion workers, say, or a matrix without rows.
    if (context.issues.length > 0) return;
    const refuse = (path: (string | number)[], message: string): void => {
      context.addIssue({ code: 'custom', path, message });
    };
    for (const { path, message } of environmentMisfits(config.environment, config.workers)) {
      refuse(['environment', ...path], message);
    }
    for (const { path, message } of hostMisfits(config.environment, nodeIds(config))) {
      refuse(['environment', ...path], message);
    }
    const unfit = networkMisfits(config.environment.network, nodeIds(config));
    for (const { path, message } of unfit) refuse(['environment', 'network', ...path], message);
    if (unfit.length === 0) {
      for (const { path, message } of flowMisfits(config.environment, nodeIds(config))) {
        refuse(['environment', ...path], message);
      }
    }
    for (const { path, message } of faultMisfits(config.environment.faults, config)) {
      refuse(['environment', ...path], message);
    }
    const { kind } = config.problem;
    if ((kind === 'sparse-logistic' || kind === 'embedding') && remembers(config.compressor)) {
      refuse(
        ['compressor', 'memory'],
        'error feedback needs the same keys in every iteration, and a sparse model has those of ' +
          'the batch: { "kind": "none" } is right (topk:0.01:no-feedback)'
      );
    }
    const sparse = kind === 'sparse-logistic' || kind === 'embedding' || kind === 'module';
    if (config.sharding === 'frequency' && !sparse) {
      refuse(
        ['sharding'],
        'only sparse models have rows of different frequency: balanced is right'
      );
    }
    const timing = config.problem.kind === 'timing';
    if (timing && config.evaluation !== null) {
      refuse(['evaluation'], 'a timing-only run has no values to evaluate: null is right');
    }
    const target = config.stopAt.accuracy !== undefined || config.stopAt.loss !== undefined;
    if (timing && target) {
      refuse(['stopAt'], 'a timing-only run reaches no target: stop at iterations or gradients');
    }
    if (target && config.evaluation === null) {
      refuse(['evaluation'], 'a target needs evaluations: { everyGradients: 64 }, say');
    }
    if (timing && consistencyModels.get(config.consistency.kind).needsValues) {
      refuse(['consistency'], 'this model looks at values, and a timing-only run has none');
    }
  });

/** A resolved configuration. */
export type Config = z.output<typeof ConfigSchema>;
/** A configuration as an experiment writes it: defaults left out, short forms allowed. */
export type ConfigInput = Partial<z.input<typeof ConfigSchema>> &
  Pick<z.input<typeof ConfigSchema>, 'problem' | 'stopAt'>;

/** What a field is when nobody says. */
export const defaults = {
  version: 1,
  workers: 8,
  servers: 2,
  seed: 1,
  batchSize: 32,
  consistency: 'bsp',
  compressor: 'none',
  optimizer: { kind: 'sgd', learningRate: 0.1 },
  sharding: 'range',
  environment: {},
  evaluation: null,
  plugins: []
} as const;

/** Configuration that does not hold, with one line a problem: path, what is wrong, what would be right. */
export class ConfigError extends Error {}

/** Fills in what is left out and checks the whole. Throws `ConfigError`. */
export function resolve(input: Readonly<Record<string, unknown>>): Config {
  const { data, lines } = checked(ConfigSchema, { ...defaults, ...input }, 'configuration');
  if (data === undefined) throw new ConfigError(lines.join('\n'));
  return data;
}

function remembers(compressor: CompressorConfig): boolean {
  return valueAt(compressor, ['memory', 'kind']) === 'feedback';
}
