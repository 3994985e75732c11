/**
 * What is peculiar to single links of the network, in the simulator: how they are shared, and what
 * changes about them in the course of a run.
 */
import { z } from 'zod';
import { expected } from '../expected.ts';
import { nearest } from '../nearest.ts';
import { bandwidth, type Duration, duration, parseBandwidth, parseDuration } from '../units.ts';

const time = duration({ max: '24h' });

/** [time, value] pairs: the value from that time on. */
function profile<V extends z.ZodType>(value: V, example: string) {
  return z
    .array(
      z.tuple([time, value], { error: `a point is a time and the value from then on: ${example}` }),
      expected('a list of points', `[${example}]`)
    )
    .max(100_000)
    .default([])
    .superRefine((points, context) => {
      points.forEach(([at], i) => {
        const before = points[i - 1]?.[0] ?? '0s';
        if (i === 0 || parseDuration(String(at)) > parseDuration(String(before))) return;
        const message = `is not in time order: ${at} after ${before}`;
        context.addIssue({ code: 'custom', path: [i, 0], message });
      });
    });
}

const example = '{"link": "w0 up", "bandwidth": [["10s", "1Gbps"]]}';

const LinkSchema = z
  .strictObject(
    {
      /**
       * A link by its name, `w0 up`; by the name without the direction, `w0`, both of a full-duplex
       * link; `*` stands for any characters: `w* up`.
       */
      link: z.string({ error: 'a link has a name: "w0 up", or "w0" for both directions' }).min(1),
      /** `fatpipe`: each message has the capacity for itself. Null: as the network says. */
      policy: z.enum(['shared', 'fatpipe']).nullable().default(null),
      /**
       * `half`: both directions share one capacity. Null: as the network says, which is full duplex
       * (SimGrid's SPLITDUPLEX: each direction has its own) but where a graph says otherwise.
       */
      duplex: z
        .enum(['half'], {
          error: 'duplex is "half", or left out: links are full duplex of themselves'
        })
        .nullable()
        .default(null),
      /** Capacity from given times on. */
      bandwidth: profile(bandwidth(), '["10s", "1Gbps"]'),
      /** Latency of what is sent from given times on. */
      latency: profile(duration({ max: '1h' }), '["10s", "5ms"]'),
      /** Down: nothing gets through. */
      state: profile(z.enum(['up', 'down']), '["10s", "down"]'),
      /**
       * What becomes of sessions across a link that goes down. `hold`: what is on its way waits until
       * the link is up again, as TCP waits. `cut`: they end with what is on its way, as a fault `cut`
       * ends them, and the next ones begin when it is up again.
       */
      whenDown: z.enum(['hold', 'cut']).default('hold'),
      /**
       * A trace file that has the profiles, relative to the project: lines of a time and a value, each
       * with its unit. They are read into the configuration before it runs.
       */
      file: z.string().min(1).nullable().default(null),
      /** The profiles begin anew after every such time; null: they happen once. */
      every: duration({ min: '1ns', max: '24h' }).nullable().default(null)
    },
    expected('a link', example)
  )
  .superRefine((link, context) => {
    const isUp = link.state.some(([, state]) => state === 'up');
    if (link.every === null ? link.state.at(-1)?.[1] === 'down' : link.state.length > 0 && !isUp) {
      const message =
        'ends down, and what is on its way would wait for good: a last point "up" is right';
      context.addIssue({ code: 'custom', path: ['state'], message });
    }
    if (link.every === null) return;
    for (const field of ['bandwidth', 'latency', 'state'] as const) {
      const last = link[field].at(-1)?.[0] ?? '0s';
      if (parseDuration(last) <= parseDuration(link.every)) continue;
      const message = `ends before the last point of ${field}, at ${last}`;
      context.addIssue({ code: 'custom', path: ['every'], message });
    }
  });

/**
 * Links with peculiarities; the empty list is a network that is as it was built, for good. Of several
 * entries for one link, the last that has a policy, or a profile of a quantity, counts.
 */
export const LinksSchema = z
  .array(LinkSchema, expected('a list of links', `[${example}]`))
  .max(10_000);
/** Links as they are resolved. */
export type LinksConfig = z.output<typeof LinksSchema>;
export type LinkConfig = z.output<typeof LinkSchema>;

/** Whether the trace file of a link has still to be read. */
export function isUntraced({ file, bandwidth, latency, state }: LinkConfig): boolean {
  return file !== null && bandwidth.length + latency.length + state.length === 0;
}

/** Numbers of the links, of these names, that a configured name means. */
export function linksNamed(pattern: string, names: readonly string[]): number[] {
  const words = pattern.split('*').map(word => word.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${words.join('.*')}( up| down)?$`);
  return names.flatMap((name, link) => (expression.test(name) ? [link] : []));
}

/** The name of a link without its direction, as both together have it where they are one. */
export function withoutDirection(name: string): string {
  return name.replace(/ (up|down)$/, '');
}

/** Why a configured name means no link of these, in words. */
export function noLink(pattern: string, names: readonly string[]): string {
  const guess = nearest(pattern, names);
  const hint = guess === null ? '' : ` (did you mean "${guess}"?)`;
  const shown = names.slice(0, 8).join(', ');
  const rest = names.length > 8 ? ` and ${names.length - 8} more` : '';
  return names.length === 0
    ? 'this network has no links'
    : `no link is named "${pattern}"${hint}; there are ${shown}${rest}`;
}

/** Whether a profile of states goes down at all. */
export function goesDown(state: LinkConfig['state']): boolean {
  return state.some(([, value]) => value === 'down');
}

/** Nanoseconds for which a link is down at most, at a stretch. */
export function downNanosMax(config: LinkConfig): number {
  const { state } = profilesOf(config);
  const period = config.every === null ? null : parseDuration(config.every);
  let most = 0;
  let began: number | null = null;
  // What begins at the end of a round ends in the next one.
  for (const round of period === null ? [0] : [0, period]) {
    for (const [at, isUp] of state) {
      if (isUp === 0) began ??= round + at;
      else if (began !== null) {
        most = Math.max(most, round + at - began);
        began = null;
      }
    }
  }
  return most;
}

/** A profile as numbers: nanoseconds, and bytes a second, nanoseconds or 1 (up) and 0 (down). */
export function profilesOf({ bandwidth, latency, state }: LinkConfig) {
  const nanos = ([at]: readonly [Duration, unknown]): number => parseDuration(at);
  return {
    bandwidth: bandwidth.map(point => [nanos(point), parseBandwidth(point[1])] as const),
    latency: latency.map(point => [nanos(point), parseDuration(point[1])] as const),
    state: state.map(point => [nanos(point), point[1] === 'up' ? 1 : 0] as const)
  };
}
