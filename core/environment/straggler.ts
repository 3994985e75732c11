/**
 * Stragglers: workers that are slow now and then, always, for spells of time, by the hour of the day,
 * together with their rack, or as a file says. Several may act at once; their slow-downs multiply.
 */
import { z } from 'zod';
import {
  formatShortForm,
  joined,
  kindErrors,
  type ShortForms,
  withShortForms
} from '../short-form.ts';
import { type Duration, duration, ratio } from '../units.ts';

const forms = {
  none: { fields: [], example: 'none' },
  transient: {
    fields: ['share', 'slowdown', 'iterations'],
    optional: { iterations: 1 },
    example: 'transient:0.1:10'
  },
  permanent: { fields: ['workers', 'slowdown'], example: 'permanent:1:4' },
  markov: { fields: ['good', 'bad', 'slowdown'], example: 'markov:9s:1s:5' },
  rack: { fields: ['size', 'good', 'bad', 'slowdown'], example: 'rack:4:9s:1s:5' },
  diurnal: {
    fields: ['period', 'slowdown', 'phase'],
    optional: { phase: 0 },
    example: 'diurnal:24h:2'
  },
  trace: { fields: ['file'], optional: { slowdowns: null }, example: 'trace:times.csv' }
} as const satisfies ShortForms<string>;

/** How many times as long a computation takes. */
const slowdown = z.number().min(1).max(1e6);
/** Mean length of a spell. */
const spell = duration({ min: '1us', max: '24h' });

const schema = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('none') }),
    /** Each spell of `iterations` iterations of a worker is slow with probability `share`. */
    z.strictObject({
      kind: z.literal('transient'),
      share: ratio(),
      slowdown,
      iterations: z.int().min(1).max(1e9).default(1)
    }),
    /** These ranks are slow; a number means so many workers, those of the highest ranks. */
    z.strictObject({
      kind: z.literal('permanent'),
      workers: z.union([z.int().min(0), z.array(z.int().min(0))], {
        error: 'a number of workers, or their ranks: 2, [0, 3]'
      }),
      slowdown
    }),
    /**
     * Each worker has good and bad spells of these mean lengths of time, both exponential. What it
     * computes goes `slowdown` times slower for as long as a bad one lasts.
     */
    z.strictObject({ kind: z.literal('markov'), good: spell, bad: spell, slowdown }),
    /**
     * The same, but the workers of a rack have their spells together: those on one switch of the
     * `network`, or so many of consecutive ranks.
     */
    z.strictObject({
      kind: z.literal('rack'),
      size: z
        .union([z.literal('network'), z.int().min(1).max(100_000)], {
          error: 'workers of a rack: 4, or "network", as the network has them'
        })
        .default('network'),
      good: spell,
      bad: spell,
      slowdown
    }),
    /**
     * Every worker's computation that begins at t takes 1 + (slowdown - 1) (1 - cos(2 pi (t / period
     * + phase))) / 2 times as long: `slowdown` at the peak, half a period after phase 0.
     */
    z.strictObject({
      kind: z.literal('diurnal'),
      period: duration({ min: '1ms' }),
      slowdown,
      phase: ratio().default(0)
    }),
    /**
     * Slow-downs of a file, by worker and iteration (`iteration-times.ts`), or its times over their
     * median; replayed as measured compute times are. Read once, before the run.
     */
    z.strictObject({
      kind: z.literal('trace'),
      file: z.string().min(1),
      slowdowns: z
        .array(z.array(z.number().min(0).max(1e6)).min(1))
        .min(1)
        .nullable()
        .default(null)
    })
  ],
  kindErrors('straggler', forms)
);

/** A list of stragglers; also one of them, or short forms: `transient:0.1:10 + permanent:1:4`. */
export const StragglersSchema = joined(withShortForms('straggler', forms, schema)).transform(list =>
  list.filter(straggler => straggler.kind !== 'none')
);
/** Stragglers as they are resolved; the empty list is nobody. */
export type StragglersConfig = z.output<typeof StragglersSchema>;

/** Nobody straggles. */
export function noStragglers() {
  return { kind: 'none' } as const;
}

/**
 * A `share` of all iterations takes `slowdown` times as long. They are slow by themselves, or in
 * spells of `iterations` (default 1): spells are drawn, for each worker by itself.
 */
export function transient(options: {
  readonly share: number;
  readonly slowdown: number;
  readonly iterations?: number;
}) {
  const { share, slowdown, iterations = 1 } = options;
  return { kind: 'transient', share, slowdown, iterations } as const;
}

/** These workers always take `slowdown` times as long: by rank, or so many, the highest ranks. */
export function permanent(options: {
  readonly workers: number | readonly number[];
  readonly slowdown: number;
}) {
  const { workers, slowdown } = options;
  return {
    kind: 'permanent' as const,
    workers: typeof workers === 'number' ? workers : [...workers],
    slowdown
  };
}

/** Workers with good and bad spells of these mean lengths; slow in the bad ones. */
export function markov(options: {
  readonly good: Duration;
  readonly bad: Duration;
  readonly slowdown: number;
}) {
  const { good, bad, slowdown } = options;
  return { kind: 'markov', good, bad, slowdown } as const;
}

/** Racks of the network, or of `size` workers, whose good and bad spells are those of all in it. */
export function rack(options: {
  readonly size?: number | 'network';
  readonly good: Duration;
  readonly bad: Duration;
  readonly slowdown: number;
}) {
  const { size = 'network', good, bad, slowdown } = options;
  return { kind: 'rack', size, good, bad, slowdown } as const;
}

/** Everybody slower by the hour of the day: a cosine from 1 to `slowdown` and back in a period. */
export function diurnal(options: {
  readonly period: Duration;
  readonly slowdown: number;
  readonly phase?: number;
}) {
  const { period, slowdown, phase = 0 } = options;
  return { kind: 'diurnal', period, slowdown, phase } as const;
}

/** Slow-downs of a file, by worker and iteration. */
export function stragglerTrace(file: string) {
  return { kind: 'trace', file, slowdowns: null } as const;
}

/** Short form, `transient:0.1:10`; several are joined by ` + `. */
export function formatStragglers(config: StragglersConfig): string {
  if (config.length === 0) return 'none';
  return config
    .map(straggler =>
      straggler.kind === 'trace' ? `trace:${straggler.file}` : formatShortForm(forms, straggler)
    )
    .join(' + ');
}
