/**
 * Cross traffic: messages of others, which share the links of the network with those of the run. A
 * source sends from one host to another, at times and in sizes by law. Draws are keyed by source and
 * message: no cell of a sweep changes the luck of another.
 */
import { z } from 'zod';
import { expected } from '../expected.ts';
import { exp, log, log1p } from '../math.ts';
import { nearest } from '../nearest.ts';
import type { NodeId } from '../node.ts';
import { exponentialAt, normalAt, uniformAt } from '../random.ts';
import { formatShortForm, kindErrors, type ShortForms, withShortForms } from '../short-form.ts';
import { duration, parseDuration, parseSize, size } from '../units.ts';
import { unreachable } from '../unreachable.ts';
import { NANOS_MAX, TRAFFIC_INTERVAL, TRAFFIC_SIZE } from './keys.ts';

const arrivalForms = {
  poisson: { fields: ['mean'], example: 'poisson:5ms' },
  deterministic: { fields: ['interval'], example: 'deterministic:5ms' }
} as const satisfies ShortForms<string>;

const interval = duration({ min: '1ns', max: '24h' });

/** Times between messages of a source. */
const arrivals = withShortForms(
  'law of arrivals',
  arrivalForms,
  z.discriminatedUnion(
    'kind',
    [
      /** Independent exponential intervals of this mean. */
      z.strictObject({ kind: z.literal('poisson'), mean: interval }),
      z.strictObject({ kind: z.literal('deterministic'), interval })
    ],
    kindErrors('law of arrivals', arrivalForms)
  )
);

const sizeForms = {
  constant: { fields: ['bytes'], example: 'constant:1MB' },
  uniform: { fields: ['from', 'to'], example: 'uniform:100kB:1MB' },
  exponential: { fields: ['mean'], example: 'exponential:1MB' },
  'shifted-exponential': { fields: ['shift', 'mean'], example: 'shifted-exponential:500kB:500kB' },
  'log-normal': { fields: ['mean', 'cv'], example: 'log-normal:1MB:2' },
  pareto: { fields: ['minimum', 'shape'], example: 'pareto:100kB:2.5' },
  measured: { fields: ['bytes'], example: '{ kind: "measured", bytes: [1000, 64000] }' }
} as const satisfies ShortForms<string>;

const bytes = size({ min: '1B', max: '1TB' });

const sizeSchema = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('constant'), bytes }),
    z
      .strictObject({ kind: z.literal('uniform'), from: bytes, to: bytes })
      .refine(({ from, to }) => parseSize(from) <= parseSize(to), {
        path: ['to'],
        message: 'a uniform law ends where it begins or later'
      }),
    z.strictObject({ kind: z.literal('exponential'), mean: bytes }),
    /** `shift` plus an exponential size of mean `mean`: the mean of the whole is their sum. */
    z.strictObject({ kind: z.literal('shifted-exponential'), shift: bytes, mean: bytes }),
    /** Mean and coefficient of variation (standard deviation over mean) of the size itself. */
    z.strictObject({ kind: z.literal('log-normal'), mean: bytes, cv: z.number().gt(0).max(100) }),
    /** P(X > x) = (minimum / x)^shape. */
    z.strictObject({
      kind: z.literal('pareto'),
      minimum: bytes,
      shape: z.number().min(0.1).max(1000)
    }),
    /** Any of these, each as likely: a size that is in the list twice comes twice as often. */
    z.strictObject({ kind: z.literal('measured'), bytes: z.array(z.int().min(1).max(1e12)).min(1) })
  ],
  kindErrors('law of sizes', sizeForms)
);
type SizesConfig = z.output<typeof sizeSchema>;

const host = z.string({ error: 'a host of the network is right, or a node on it: "w0"' }).min(1);
const example = '{"from": "w0", "to": "s0", "arrivals": "poisson:5ms", "sizes": "exponential:1MB"}';

const SourceSchema = z.strictObject(
  {
    /** Hosts of the network, by name, or the hosts of nodes. */
    from: host,
    to: host,
    arrivals,
    sizes: withShortForms('law of sizes', sizeForms, sizeSchema),
    /**
     * `fifo`: all messages in one session, one after another. `sharing`: each in a session of its own,
     * so that they share the links with one another too.
     */
    discipline: z.enum(['fifo', 'sharing']).default('fifo'),
    /** When the first interval begins. */
    start: duration({ max: '24h' }).default('0s'),
    /** Messages that the source sends in all; null: as long as the run lasts. */
    messages: z.int().min(1).max(1e9).nullable().default(null),
    /** First messages that the statistics leave out. */
    warmup: z.int().min(0).max(1e9).default(0)
  },
  expected('a source of traffic', example)
);

/** The sources of cross traffic; the empty list is a network that the run has for itself. */
export const TrafficSchema = z
  .array(SourceSchema, expected('a list of sources', `[${example}]`))
  .max(10_000);
/** Sources as they are resolved. */
export type TrafficConfig = z.output<typeof TrafficSchema>;
export type SourceConfig = z.output<typeof SourceSchema>;

/** `poisson:5ms` of `exponential:1MB`, from where to where. */
export function formatSource({ from, to, arrivals, sizes }: SourceConfig): string {
  const times = formatShortForm(arrivalForms, arrivals);
  const bytes =
    sizes.kind === 'measured'
      ? `measured (${sizes.bytes.length} sizes)`
      : formatShortForm(sizeForms, sizes);
  return `${from} to ${to}, ${times}, ${bytes}`;
}

/** Hosts by name, and the host of each node. */
export interface NamedHosts {
  readonly names: readonly string[];
  readonly of: readonly number[];
  readonly ids: readonly NodeId[];
}

/** An end of a source that is no host, with the field that names it. */
export class TrafficError extends Error {
  readonly field: 'from' | 'to';

  constructor(field: 'from' | 'to', message: string) {
    super(message);
    this.field = field;
  }
}

/** The hosts of a source. Throws `TrafficError`. */
export function trafficEnds({ from, to }: SourceConfig, hosts: NamedHosts) {
  const [fromHost, toHost] = (
    [
      ['from', from],
      ['to', to]
    ] as const
  ).map(([field, name]) => {
    const node = hosts.ids.map(String).indexOf(name);
    const host = node < 0 ? hosts.names.indexOf(name) : hosts.of[node]!;
    if (host >= 0) return host;
    const guess = nearest(name, [...hosts.names, ...hosts.ids]);
    const hint = guess === null ? '' : ` (did you mean "${guess}"?)`;
    const there = `; there are ${[...new Set([...hosts.names, ...hosts.ids])].slice(0, 8).join(', ')}`;
    throw new TrafficError(field, `no host is named "${name}"${hint}${there}`);
  });
  if (fromHost === toHost) {
    throw new TrafficError('to', `${from} and ${to} are on the same host`);
  }
  // Invariant: there are two ends.
  return { fromHost: fromHost!, toHost: toHost! };
}

/** A draw for each message of a source, by its number from 0 on. Allocates nothing. */
export type TrafficDraw = (message: number) => number;

/** Nanoseconds from one message to the next (from the start to the first), not rounded. */
export function intervalDraw(config: SourceConfig, source: number, seed: number): TrafficDraw {
  const { arrivals } = config;
  if (arrivals.kind === 'deterministic') {
    const nanos = parseDuration(arrivals.interval);
    return () => nanos;
  }
  const mean = parseDuration(arrivals.mean);
  return message => mean * exponentialAt(seed, source, message, TRAFFIC_INTERVAL, 0);
}

/** Whole bytes of a message, 1 at least. */
export function sizeDraw(config: SourceConfig, source: number, seed: number): TrafficDraw {
  const draw = exactSizeDraw(config.sizes, source, seed);
  return message => Math.min(NANOS_MAX, Math.max(1, Math.round(draw(message))));
}

function exactSizeDraw(sizes: SizesConfig, source: number, seed: number): TrafficDraw {
  const uniform = (message: number) => uniformAt(seed, source, message, TRAFFIC_SIZE, 0);
  const exponential = (message: number) => exponentialAt(seed, source, message, TRAFFIC_SIZE, 0);
  switch (sizes.kind) {
    case 'constant': {
      const bytes = parseSize(sizes.bytes);
      return () => bytes;
    }
    case 'uniform': {
      const from = parseSize(sizes.from);
      const width = parseSize(sizes.to) - from;
      return message => from + width * uniform(message);
    }
    case 'exponential': {
      const mean = parseSize(sizes.mean);
      return message => mean * exponential(message);
    }
    case 'shifted-exponential': {
      const shift = parseSize(sizes.shift);
      const mean = parseSize(sizes.mean);
      return message => shift + mean * exponential(message);
    }
    case 'log-normal': {
      const variance = log1p(sizes.cv * sizes.cv);
      const sigma = Math.sqrt(variance);
      const centre = log(parseSize(sizes.mean)) - variance / 2;
      return message => exp(centre + sigma * normalAt(seed, source, message, TRAFFIC_SIZE, 0));
    }
    case 'pareto': {
      const minimum = parseSize(sizes.minimum);
      return message => minimum * exp(exponential(message) / sizes.shape);
    }
    case 'measured': {
      const { bytes } = sizes;
      return message => bytes[Math.floor(uniform(message) * bytes.length)]!;
    }
    default:
      return unreachable(sizes);
  }
}
