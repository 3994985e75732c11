/**
 * Stragglers: workers that are slow now and then (transient), or always (permanent). Several may
 * act at once; their slow-downs multiply.
 */
import { z } from 'zod';
import { uniformAt } from '../random.ts';
import { formatShortForm, kindErrors, type ShortForms, withShortForms } from '../short-form.ts';
import { ratio } from '../units.ts';
import { TRANSIENT } from './keys.ts';

const forms = {
  none: { fields: [], example: 'none' },
  transient: {
    fields: ['share', 'slowdown', 'iterations'],
    optional: { iterations: 1 },
    example: 'transient:0.1:10'
  },
  permanent: { fields: ['workers', 'slowdown'], example: 'permanent:1:4' }
} as const satisfies ShortForms<string>;

/** How many times as long a computation takes. */
const slowdown = z.number().min(1).max(1e6);

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
      workers: z.union([z.int().min(0), z.array(z.int().min(0))]),
      slowdown
    })
  ],
  kindErrors('straggler', forms)
);

/** A list of stragglers; also one of them, or short forms: `transient:0.1:10 + permanent:1:4`. */
export const StragglersSchema = z.preprocess(
  (value: StragglerInput | readonly StragglerInput[]) => {
    if (typeof value === 'string') return value.split(/\s*\+\s*(?=[a-z])/);
    return Array.isArray(value) ? value : [value];
  },
  z
    .array(withShortForms('straggler', forms, schema))
    .transform(list => list.filter(straggler => straggler.kind !== 'none'))
);
type StragglerInput = z.input<typeof schema> | string;
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

/** Short form, `transient:0.1:10`; several are joined by ` + `. */
export function formatStragglers(config: StragglersConfig): string {
  if (config.length === 0) return 'none';
  return config.map(straggler => formatShortForm(forms, straggler)).join(' + ');
}

/** How many times as long the permanent stragglers make each worker take: index is the rank. */
export function permanentSlowdowns(config: StragglersConfig, workers: number): Float64Array {
  const factors = new Float64Array(workers).fill(1);
  for (const straggler of config) {
    if (straggler.kind !== 'permanent') continue;
    for (const rank of ranksOf(straggler.workers, workers)) factors[rank]! *= straggler.slowdown;
  }
  return factors;
}

/** How many times as long transient stragglers make this iteration of this worker take. */
export type SlowdownDraw = (worker: number, clock: number) => number;

/** The draws of the transient stragglers under a seed. Allocates nothing a draw. */
export function transientSlowdown(config: StragglersConfig, seed: number): SlowdownDraw {
  const transients = config.filter(straggler => straggler.kind === 'transient');
  if (transients.length === 0) return () => 1;
  return (worker, clock) => {
    let factor = 1;
    for (let i = 0; i < transients.length; i++) {
      const { share, slowdown, iterations } = transients[i]!;
      // Spells of several iterations begin at another place for each worker.
      const start = iterations === 1 ? 0 : spellStart(seed, worker, i, iterations);
      const spell = Math.floor((clock + start) / iterations);
      if (uniformAt(seed, worker, spell, TRANSIENT, 2 * i) < share) factor *= slowdown;
    }
    return factor;
  };
}

function spellStart(seed: number, worker: number, index: number, iterations: number): number {
  return Math.floor(uniformAt(seed, worker, 0, TRANSIENT, 2 * index + 1) * iterations);
}

/** Ranks of a straggler's workers; those that a run has not are left out. */
export function ranksOf(named: number | readonly number[], workers: number): number[] {
  if (typeof named !== 'number') return named.filter(rank => rank < workers);
  return Array.from({ length: Math.min(named, workers) }, (_, i) => workers - 1 - i);
}
