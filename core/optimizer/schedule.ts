/**
 * Learning rates over a run. Time is counted in iterations: gradients applied over workers, so that
 * a schedule means the same under every consistency model.
 */
import { z } from 'zod';
import { cosPi, pow } from '../math.ts';
import { kindErrors, type ShortForms, withShortForms } from '../short-form.ts';
import { unreachable } from '../unreachable.ts';

const forms = {
  constant: { fields: [], example: 'constant' },
  step: { fields: ['every', 'factor'], example: 'step:1000:0.1' },
  cosine: { fields: ['iterations', 'floor'], optional: { floor: 0 }, example: 'cosine:10000' }
} as const satisfies ShortForms<string>;

const schema = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('constant') }),
    /** Times `factor` after every so many iterations. */
    z.strictObject({
      kind: z.literal('step'),
      every: z.number().gt(0),
      factor: z.number().gt(0).max(1)
    }),
    /** Half a cosine from 1 to `floor`, reached at `iterations` and held. */
    z.strictObject({
      kind: z.literal('cosine'),
      iterations: z.number().gt(0),
      floor: z.number().min(0).max(1).default(0)
    })
  ],
  kindErrors('schedule', forms)
);

/** A schedule, or its short form. */
export const ScheduleSchema = withShortForms('schedule', forms, schema);
export type ScheduleConfig = z.output<typeof schema>;

/** The fields of every optimizer. */
export const rateFields = {
  learningRate: z.number().gt(0).max(1e6),
  schedule: ScheduleSchema.default({ kind: 'constant' }),
  /** Iterations over which the rate grows from nothing, in a straight line. */
  warmup: z.number().min(0).default(0)
};

/** How fast an optimizer learns, and how that changes. */
export interface RateConfig {
  readonly learningRate: number;
  readonly schedule: ScheduleConfig;
  readonly warmup: number;
}

/** The same, as builders take it. */
export interface RateOptions {
  readonly learningRate: number;
  /** Default: constant. */
  readonly schedule?: ScheduleConfig;
  /** Default: 0, no warm-up. */
  readonly warmup?: number;
}

/** The rate fields of a builder's options, with the defaults in. */
export function rateOf({ learningRate, schedule = { kind: 'constant' }, warmup = 0 }: RateOptions) {
  return { learningRate, schedule, warmup };
}

/** Times `factor` after every so many iterations. */
export function stepDecay({ every, factor }: { readonly every: number; readonly factor: number }) {
  return { kind: 'step', every, factor } as const;
}

/** Half a cosine, from the full rate down to `floor` of it (default 0) after `iterations`. */
export function cosine(options: { readonly iterations: number; readonly floor?: number }) {
  return { kind: 'cosine', iterations: options.iterations, floor: options.floor ?? 0 } as const;
}

/** The learning rate at an iteration (0 or more, fractions allowed), more than 0 but for a floor. */
export function learningRateAt(config: RateConfig, iteration: number): number {
  const rate = config.learningRate * decayAt(config.schedule, iteration);
  // The first update is one of iteration 0, and has a rate too.
  return iteration + 1 < config.warmup ? (rate * (iteration + 1)) / config.warmup : rate;
}

function decayAt(schedule: ScheduleConfig, iteration: number): number {
  switch (schedule.kind) {
    case 'constant':
      return 1;
    case 'step':
      return pow(schedule.factor, Math.floor(iteration / schedule.every));
    case 'cosine': {
      const progress = Math.min(1, iteration / schedule.iterations);
      return schedule.floor + ((1 - schedule.floor) * (1 + cosPi(progress))) / 2;
    }
    default:
      return unreachable(schedule);
  }
}
