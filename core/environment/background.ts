/** Background load: what else runs on a host. It takes cores, or a share of everybody's speed. */
import { z } from 'zod';
import { joined, kindErrors, type ShortForms, withShortForms } from '../short-form.ts';
import { type Duration, duration, parseDuration } from '../units.ts';
import { BACKGROUND } from './keys.ts';
import { type Pace, steadyPace } from './pace.ts';
import { spellPace } from './spells.ts';

const always = { busy: null, idle: null };
const forms = {
  processes: {
    fields: ['processes', 'busy', 'idle'],
    optional: always,
    example: 'processes:2'
  },
  share: { fields: ['share', 'busy', 'idle'], optional: always, example: 'share:0.3:2s:8s' }
} as const satisfies ShortForms<string>;

/** Mean lengths of its spells and of the times between them; null: it never rests. */
const mean = duration({ min: '1us', max: '24h' }).nullable().default(null);
const spells = { busy: mean, idle: mean };
const paired = {
  check: ({ busy, idle }: { busy: string | null; idle: string | null }) =>
    (busy === null) === (idle === null),
  issue: {
    path: ['idle'],
    message: 'load that comes and goes has a mean time busy and a mean time idle'
  }
};

const schema = z.discriminatedUnion(
  'kind',
  [
    /** So many more jobs that never end, which get their equal share of the cores. */
    z
      .strictObject({
        kind: z.literal('processes'),
        processes: z.int().min(1).max(10_000),
        ...spells
      })
      .refine(paired.check, paired.issue),
    /** This share of the speed of all that runs there is gone, however many cores there are. */
    z
      .strictObject({
        kind: z.literal('share'),
        share: z.number().min(0).max(0.999_999),
        ...spells
      })
      .refine(paired.check, paired.issue)
  ],
  kindErrors('background load', forms)
);

/** A list of loads; also one of them, or short forms: `processes:1 + share:0.2:1s:9s`. */
export const BackgroundSchema = joined(withShortForms('background load', forms, schema));
export type BackgroundConfig = z.output<typeof BackgroundSchema>;

interface Rests {
  readonly busy?: Duration | null;
  readonly idle?: Duration | null;
}

/** So many busy processes beside those of the run. */
export function busyProcesses(processes: number, { busy = null, idle = null }: Rests = {}) {
  return { kind: 'processes', processes, busy, idle } as const;
}

/** Load that takes a share of the speed of all that runs on the host. */
export function stolenShare(share: number, { busy = null, idle = null }: Rests = {}) {
  return { kind: 'share', share, busy, idle } as const;
}

/** The pace that loads of kind `share` leave to all on the host that the word `who` names. */
export function sharePaces(config: BackgroundConfig, seed: number, who: number): (Pace | null)[] {
  return config.map((load, index) => {
    if (load.kind !== 'share') return null;
    return loadPace(load, seed, who, index, 1 - load.share);
  });
}

/** The paces of the busy processes on a host: 1 while busy, 0 while idle; null: always busy. */
export function busyPaces(config: BackgroundConfig, seed: number, who: number): (Pace | null)[] {
  return config.flatMap((load, index) => {
    if (load.kind !== 'processes') return [];
    const pace = loadPace(load, seed, who, index, 0);
    // All of one load come and go together; where it never rests the busy pace is full speed.
    const busy: Pace | null =
      load.busy === null || pace === null
        ? null
        : { at: nanos => 1 - pace.at(nanos), changeAfter: nanos => pace.changeAfter(nanos) };
    return Array.from({ length: load.processes }, () => busy);
  });
}

function loadPace(
  { busy, idle }: BackgroundConfig[number],
  seed: number,
  who: number,
  index: number,
  speed: number
): Pace | null {
  if (busy === null || idle === null) return steadyPace(speed);
  const [onNanos, offNanos] = [parseDuration(busy), parseDuration(idle)];
  const lengths = 'exponential';
  return spellPace({ seed, who, what: BACKGROUND, index, onNanos, offNanos, lengths }, speed);
}
