/** Optimizers: what an update does to the params, applied by whoever owns them. */
import { z } from 'zod';
import { formatShortForm, kindErrors, type ShortForms, withShortForms } from '../short-form.ts';
import { unreachable } from '../unreachable.ts';
import { AdagradSchema, adagradRule } from './adagrad.ts';
import { AdamSchema, adamRule } from './adam.ts';
import { MomentumSchema, momentumRule } from './momentum.ts';
import { SgdSchema, sgdRule } from './sgd.ts';
import { optimizerOf, type UpdateRule } from './update-rule.ts';

/**
 * An optimizer at work, without state of its own: what it remembers is in the slots, one vector of
 * the params' length each. Every operation rounds once to float32, on every machine alike.
 */
export interface Optimizer {
  /** Fresh slots for a shard of `length` params. */
  slots(length: number): readonly Float32Array[];
  /**
   * Applies an update out of place: returns the next params, written into `into` where that is a
   * spare buffer of the same length. Slots are updated in place.
   */
  apply(
    params: Float32Array,
    gradient: Float32Array,
    slots: readonly Float32Array[],
    options: ApplyOptions,
    into: Float32Array | null
  ): Float32Array;
  /**
   * The same for a sparse update: params, gradient and slots are of full length, and only what is
   * at `positions` (each once) changes, in the params and in the slots.
   */
  applyAt(
    params: Float32Array,
    gradient: Float32Array,
    slots: readonly Float32Array[],
    positions: Uint32Array,
    options: ApplyOptions,
    into?: Float32Array | null
  ): Float32Array;
  /** The learning rate at an iteration: gradients applied so far, over the number of workers. */
  learningRateAt(iteration: number): number;
}

/** What is the same for all params of one update. */
export interface ApplyOptions {
  /** The gradient counts times this: 1 / P makes a sum of P gradients their mean. */
  readonly gradientScale: number;
  readonly learningRate: number;
  /** Updates of these slots, this one included: 1 or more. */
  readonly step: number;
}

const rate = { schedule: { kind: 'constant' }, warmup: 0 } as const;
const forms = {
  sgd: { fields: ['learningRate'], optional: rate, example: 'sgd:0.1' },
  momentum: {
    fields: ['learningRate', 'momentum', 'nesterov'],
    optional: { ...rate, nesterov: false },
    example: 'momentum:0.1:0.9'
  },
  adagrad: {
    fields: ['learningRate', 'epsilon'],
    optional: { ...rate, epsilon: 1e-8 },
    example: 'adagrad:0.05'
  },
  adam: {
    fields: ['learningRate', 'beta1', 'beta2', 'epsilon'],
    optional: { ...rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
    example: 'adam:0.001'
  }
} as const satisfies ShortForms<string>;

const schema = z.discriminatedUnion(
  'kind',
  [SgdSchema, MomentumSchema, AdagradSchema, AdamSchema],
  kindErrors('optimizer', forms)
);

/** An optimizer's configuration, or its short form. */
export const OptimizerSchema = withShortForms('optimizer', forms, schema);
export type OptimizerConfig = z.output<typeof schema>;

/** Short form, `momentum:0.1:0.9`; JSON where there is more to say. */
export function formatOptimizer(config: OptimizerConfig): string {
  return formatShortForm(forms, config);
}

/** The optimizer of a configuration. */
export function createOptimizer(config: OptimizerConfig): Optimizer {
  return optimizerOf(ruleOf(config), config);
}

function ruleOf(config: OptimizerConfig): UpdateRule {
  switch (config.kind) {
    case 'sgd':
      return sgdRule();
    case 'momentum':
      return momentumRule(config);
    case 'adagrad':
      return adagradRule(config);
    case 'adam':
      return adamRule(config);
    default:
      return unreachable(config);
  }
}
