/** When a fault begins: at a time, periodically, at a rate, or when a clock reaches a value. */
import { z } from 'zod';
import { duration, parseDuration, rate } from '../../units.ts';

const time = duration({ max: '24h' });

/** `min` and `max` are over all workers. */
const clockName = z.custom<ClockName>(
  value => typeof value === 'string' && /^(min|max|w(0|[1-9]\d{0,6}))$/.test(value),
  { error: 'whose clock? a worker, or the least or greatest of all: w3, min, max' }
);

/** Whose clock a condition looks at. A worker's rises as it pushes its gradient, before the answers. */
export type ClockName = 'min' | 'max' | `w${number}`;

/** A condition on clocks, or its short form: `w3@5`, `min@10`. */
const ConditionSchema = z.preprocess(
  value => {
    const [, clock, reaches] = (typeof value === 'string' && /^(\w+)@(\d+)$/.exec(value)) || [];
    return clock === undefined ? value : { clock, reaches: Number(reaches) };
  },
  z.strictObject(
    { clock: clockName, reaches: z.int().min(1).max(1e9) },
    { error: 'a condition on clocks is { clock: "w3", reaches: 5 }, in short "w3@5" or "min@10"' }
  )
);

/** The fields of every fault that say when it begins: one of `at`, `every`, `rate` and `when`. */
export const triggerFields = {
  /** Time since the beginning of the run. */
  at: time.optional(),
  /** Periodically, from `from` on; unless that is said, first after one period. */
  every: duration({ min: '100us', max: '24h' }).optional(),
  /**
   * On average so often while it is not on (Poisson): of each node or session that is named, by
   * itself.
   */
  rate: rate({ max: '10000/s' }).optional(),
  /** Once, as soon as a clock has come so far. */
  when: ConditionSchema.optional(),
  /** What comes again and again begins in this time only; what begins `at` a time ends then. */
  from: time.optional(),
  until: time.optional()
};

export type Trigger = z.output<z.ZodObject<typeof triggerFields>>;
export type Condition = NonNullable<Trigger['when']>;

/** What is wrong with how a fault's beginning and end are said, with the field; null for nothing. */
export function triggerMisfit(
  trigger: Trigger,
  lasts: string | undefined
): { readonly path: readonly string[]; readonly message: string } | null {
  const { at, every, rate, when, from, until } = trigger;
  const given = [at, every, rate, when].filter(one => one !== undefined);
  if (given.length !== 1) {
    const message = 'when? one of at: "3s", every: "10s", rate: "0.1/s", when: "w3@5"';
    return { path: [], message };
  }
  const once = at ?? when;
  if (once !== undefined && from !== undefined) {
    return { path: ['from'], message: 'what begins once has no time to begin in: leave it out' };
  }
  if (once !== undefined && until !== undefined && (at === undefined || lasts !== undefined)) {
    return { path: ['until'], message: 'how long it lasts is said by "for"' };
  }
  const begin = at ?? from ?? every ?? '0s';
  if (until !== undefined && parseDuration(until) < parseDuration(begin)) {
    return { path: ['until'], message: `it ends before it begins, at ${begin}` };
  }
  if (every !== undefined && lasts !== undefined && parseDuration(lasts) >= parseDuration(every)) {
    const message = `it has not ended when it begins again, every ${every}: shorter is right`;
    return { path: ['for'], message };
  }
  return null;
}
