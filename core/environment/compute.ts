/**
 * How long one gradient takes: a law, and one draw from it for each (worker, iteration). The draws
 * are keyed, so that no cell of a sweep, order of events or driver changes anybody's luck; all laws
 * draw by the same quantiles, so that an iteration that is slow under one is slow under the others.
 */
import { z } from 'zod';
import { exp, log, log1p } from '../math.ts';
import { exponentialAt, normalAt, uniformAt } from '../random.ts';
import { formatShortForm, kindErrors, type ShortForms, withShortForms } from '../short-form.ts';
import { type Duration, duration, formatDuration, parseDuration } from '../units.ts';
import { unreachable } from '../unreachable.ts';
import { COMPUTE, NANOS_MAX } from './keys.ts';
import { replay } from './replay.ts';

const span = duration({ min: '1ns', max: '24h' });

const forms = {
  instant: { fields: [], example: 'instant' },
  constant: { fields: ['time'], example: 'constant:20ms' },
  uniform: { fields: ['from', 'to'], example: 'uniform:10ms:30ms' },
  exponential: { fields: ['mean'], example: 'exponential:20ms' },
  'shifted-exponential': { fields: ['shift', 'mean'], example: 'shifted-exponential:15ms:5ms' },
  'log-normal': { fields: ['mean', 'cv'], example: 'log-normal:20ms:0.3' },
  pareto: { fields: ['minimum', 'shape'], example: 'pareto:10ms:2.5' },
  trace: { fields: ['file'], optional: { nanos: null }, example: 'trace:times.csv' },
  measured: { fields: ['nanos'], example: '{ kind: "measured", nanos: [[20100000, 19800000]] }' }
} as const satisfies ShortForms<string>;

const lists = z.array(z.array(z.int().min(0).max(NANOS_MAX)).min(1)).min(1);

const schema = z.discriminatedUnion(
  'kind',
  [
    /** No time at all: the simulator charges nothing, a real run is not slowed down. */
    z.strictObject({ kind: z.literal('instant') }),
    z.strictObject({ kind: z.literal('constant'), time: span }),
    z
      .strictObject({ kind: z.literal('uniform'), from: duration({ max: '24h' }), to: span })
      .refine(({ from, to }) => parseDuration(from) <= parseDuration(to), {
        path: ['to'],
        message: 'a uniform law ends where it begins or later'
      }),
    z.strictObject({ kind: z.literal('exponential'), mean: span }),
    /** `shift` plus an exponential time of mean `mean`: the mean of the whole is their sum. */
    z.strictObject({ kind: z.literal('shifted-exponential'), shift: span, mean: span }),
    /** Mean and coefficient of variation (standard deviation over mean) of the time itself. */
    z.strictObject({ kind: z.literal('log-normal'), mean: span, cv: z.number().gt(0).max(100) }),
    /** P(X > x) = (minimum / x)^shape. The mean is finite for a shape above 1, the variance above 2. */
    z.strictObject({
      kind: z.literal('pareto'),
      minimum: span,
      shape: z.number().min(0.1).max(1000)
    }),
    /**
     * Durations that were measured. Worker w replays list w mod L of the L lists, iteration c its
     * entry c mod length; workers from L on enter their list at a place drawn by the seed.
     */
    z.strictObject({
      kind: z.literal('measured'),
      nanos: lists
    }),
    /** Durations of a file (`iteration-times.ts`), replayed as measured ones. Read before the run. */
    z.strictObject({
      kind: z.literal('trace'),
      file: z.string().min(1),
      nanos: lists.nullable().default(null)
    })
  ],
  kindErrors('compute time', forms)
);

/** A law of compute times, or its short form. */
export const ComputeSchema = withShortForms('compute time', forms, schema);
export type ComputeConfig = z.output<typeof schema>;

/** No time at all: the simulator charges nothing, a real run is not slowed down. */
export function instant() {
  return { kind: 'instant' } as const;
}

/** Always the same time. */
export function constant(time: Duration) {
  return { kind: 'constant', time } as const;
}

/** Uniform on [from, to). */
export function uniform({ from, to }: { readonly from: Duration; readonly to: Duration }) {
  return { kind: 'uniform', from, to } as const;
}

/** Exponential: without memory, the usual model of a noisy machine. */
export function exponential({ mean }: { readonly mean: Duration }) {
  return { kind: 'exponential', mean } as const;
}

/** `shift` plus an exponential time of mean `mean`: work that takes some time at least. */
export function shiftedExponential(law: { readonly shift: Duration; readonly mean: Duration }) {
  return { kind: 'shifted-exponential', shift: law.shift, mean: law.mean } as const;
}

/** Log-normal, by mean and coefficient of variation, or by median and sigma of the logarithm. */
export function logNormal(
  law:
    | { readonly mean: Duration; readonly cv: number }
    | { readonly median: Duration; readonly sigma: number }
) {
  if ('mean' in law) return { kind: 'log-normal', mean: law.mean, cv: law.cv } as const;
  const growth = exp(law.sigma * law.sigma);
  const mean = Math.round(parseDuration(law.median) * Math.sqrt(growth));
  return { kind: 'log-normal', mean: formatDuration(mean), cv: Math.sqrt(growth - 1) } as const;
}

/** Pareto: P(X > x) = (minimum / x)^shape, heavy-tailed. */
export function pareto({ minimum, shape }: { readonly minimum: Duration; readonly shape: number }) {
  return { kind: 'pareto', minimum, shape } as const;
}

/** Measured nanoseconds, replayed: one list for all workers, or one a worker. */
export function measured(nanos: readonly number[] | readonly (readonly number[])[]) {
  const lists: number[][] = [];
  const shared: number[] = [];
  for (const entry of nanos) {
    if (typeof entry === 'number') shared.push(entry);
    else lists.push([...entry]);
  }
  return { kind: 'measured' as const, nanos: shared.length > 0 ? [shared, ...lists] : lists };
}

/** Times of iterations in a file, CSV or JSON; its path is relative to the project. */
export function computeTrace(file: string) {
  return { kind: 'trace', file, nanos: null } as const;
}

/** The law's short form, `exponential:20ms`; a measured one by the number of its entries. */
export function formatCompute(config: ComputeConfig): string {
  if (config.kind === 'trace') return `trace:${config.file}`;
  if (config.kind !== 'measured') return formatShortForm(forms, config);
  return `measured (${config.nanos.reduce((count, list) => count + list.length, 0)} times)`;
}

/**
 * A draw for each (worker, iteration), in nanoseconds, not rounded; `index` (0) tells apart several of
 * one iteration. Allocates nothing.
 */
export type ComputeDraw = (worker: number, clock: number, index?: number) => number;

/** The draws of a law under a seed; `what` is what they are for. */
export function computeDraw(config: ComputeConfig, seed: number, what = COMPUTE): ComputeDraw {
  switch (config.kind) {
    case 'instant':
      return () => 0;
    case 'constant': {
      const nanos = parseDuration(config.time);
      return () => nanos;
    }
    case 'uniform': {
      const from = parseDuration(config.from);
      const width = parseDuration(config.to) - from;
      return (worker, clock, index = 0) =>
        from + width * uniformAt(seed, worker, clock, what, index);
    }
    case 'exponential': {
      const mean = parseDuration(config.mean);
      return (worker, clock, index = 0) => mean * exponentialAt(seed, worker, clock, what, index);
    }
    case 'shifted-exponential': {
      const shift = parseDuration(config.shift);
      const mean = parseDuration(config.mean);
      return (worker, clock, index = 0) =>
        shift + mean * exponentialAt(seed, worker, clock, what, index);
    }
    case 'log-normal': {
      const variance = log1p(config.cv * config.cv);
      const sigma = Math.sqrt(variance);
      const centre = log(parseDuration(config.mean)) - variance / 2;
      return (worker, clock, index = 0) =>
        exp(centre + sigma * normalAt(seed, worker, clock, what, index));
    }
    case 'pareto': {
      const minimum = parseDuration(config.minimum);
      const { shape } = config;
      return (worker, clock, index = 0) =>
        minimum * exp(exponentialAt(seed, worker, clock, what, index) / shape);
    }
    case 'measured':
      return replay(config.nanos, seed);
    case 'trace':
      if (config.nanos === null) throw new Error(`compute: ${config.file} has not been read`);
      return replay(config.nanos, seed);
    default:
      return unreachable(config);
  }
}
