/**
 * Preemption: a process stands still for a while, computation, messages and all, and goes on where it
 * was. What it has sent goes its way, and what comes waits.
 */
import { z } from 'zod';
import { joined, kindErrors, type ShortForms, withShortForms } from '../short-form.ts';
import { type Duration, duration, parseDuration } from '../units.ts';
import { unreachable } from '../unreachable.ts';
import { PREEMPTION } from './keys.ts';
import type { Pace } from './pace.ts';
import { spellPace } from './spells.ts';

const forms = {
  at: { fields: ['at', 'stop'], example: 'at:2s:500ms' },
  every: {
    fields: ['period', 'stop', 'first'],
    optional: { first: null },
    example: 'every:10s:500ms'
  },
  rate: { fields: ['mean', 'stop'], example: 'rate:10s:500ms' }
} as const satisfies ShortForms<string>;

const stop = duration({ min: '1ns', max: '24h' });

const schema = z.discriminatedUnion(
  'kind',
  [
    /** Once: a schedule is a list of these. */
    z.strictObject({ kind: z.literal('at'), at: duration(), stop }),
    /** Once a `period`, first at `first`: after one period where that is null. */
    z
      .strictObject({
        kind: z.literal('every'),
        period: duration({ min: '1us' }),
        stop,
        first: duration().nullable().default(null)
      })
      .refine(({ period, stop: length }) => parseDuration(length) < parseDuration(period), {
        path: ['stop'],
        message: 'a stop is shorter than its period'
      }),
    /** At random: the times from the end of one to the next are exponential, of this mean. */
    z.strictObject({ kind: z.literal('rate'), mean: duration({ min: '1us', max: '24h' }), stop })
  ],
  kindErrors('preemption', forms)
);

/** A list of preemptions; also one of them, or short forms: `at:1s:200ms + at:3s:50ms`. */
export const PreemptionSchema = joined(withShortForms('preemption', forms, schema));
export type PreemptionConfig = z.output<typeof PreemptionSchema>;

/** One stop of so long at an instant. */
export function stopAt(at: Duration, stop: Duration) {
  return { kind: 'at', at, stop } as const;
}

/** A stop of so long once a period. */
export function stopEvery(period: Duration, stop: Duration, first: Duration | null = null) {
  return { kind: 'every', period, stop, first } as const;
}

/** Stops of so long at random, exponential times of mean `mean` between them. */
export function stopAtRate(mean: Duration, stop: Duration) {
  return { kind: 'rate', mean, stop } as const;
}

/** The pace of each of the preemptions for the process that the word `who` names. */
export function preemptionPaces(config: PreemptionConfig, seed: number, who: number): Pace[] {
  return config.map((one, index) => {
    const stopNanos = parseDuration(one.stop);
    switch (one.kind) {
      case 'at': {
        const begin = parseDuration(one.at);
        return periodicPace(begin, stopNanos, Infinity);
      }
      case 'every': {
        const periodNanos = parseDuration(one.period);
        const first = one.first === null ? periodNanos : parseDuration(one.first);
        return periodicPace(first, stopNanos, periodNanos);
      }
      case 'rate': {
        const [onNanos, offNanos] = [stopNanos, parseDuration(one.mean)];
        const lengths = 'constant';
        return spellPace({ seed, who, what: PREEMPTION, index, onNanos, offNanos, lengths }, 0);
      }
      default:
        return unreachable(one);
    }
  });
}

function periodicPace(first: number, stop: number, period: number): Pace {
  // Since the beginning of the latest stop; negative before the first.
  const since = (nanos: number): number =>
    nanos < first || period === Infinity ? nanos - first : (nanos - first) % period;
  return {
    at(nanos) {
      const past = since(nanos);
      return past >= 0 && past < stop ? 0 : 1;
    },
    changeAfter(nanos) {
      const past = since(nanos);
      if (past < 0) return first;
      return past < stop ? nanos - past + stop : nanos - past + period;
    }
  };
}
