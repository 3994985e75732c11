/**
 * Faults: what goes wrong in a run, and when. Plain data; `sim` makes them happen in virtual time,
 * `exec` to real processes and their connections. TCP loses no message on a live connection, so
 * messages are delayed, held, or lost with their session, and never lost alone.
 */
import { z } from 'zod';
import { joined, kindErrors, type ShortForms } from '../../short-form.ts';
import { type Duration, duration, formatDuration, parseDuration, type Rate } from '../../units.ts';
import { formatFault, readFault } from './short-form.ts';
import { GroupsSchema, subjects } from './subject.ts';
import { type Condition, triggerFields, triggerMisfit } from './trigger.ts';

export const faultForms = {
  pause: { fields: ['on'], example: 'pause:w2:at=3s:for=1s' },
  'slow-node': { fields: ['on', 'factor'], example: 'slow-node:w2:4:at=3s:for=1s' },
  'slow-link': { fields: ['on', 'factor'], example: 'slow-link:w2:0.1:at=3s:for=1s' },
  delay: { fields: ['on', 'extra'], example: 'delay:w1-s0:20ms:at=3s:for=1s' },
  hold: { fields: ['on'], example: 'hold:w1-s0:at=3s:for=1s' },
  partition: { fields: ['groups'], example: 'partition:w0,w1/s0:at=3s:for=1s' },
  cut: { fields: ['on'], example: 'cut:w1-s0:at=3s:for=10ms' },
  crash: { fields: ['on'], example: 'crash:w2:at=3s:for=1s' }
} as const satisfies ShortForms<string>;

const lasting = duration({ min: '1ns', max: '24h' });

const kinds = z.discriminatedUnion(
  'kind',
  [
    /** The process stops, and goes on where it was. */
    z.strictObject({
      kind: z.literal('pause'),
      on: subjects('nodes'),
      ...triggerFields,
      for: lasting.optional()
    }),
    /** Computations and declared work take `factor` times as long. */
    z.strictObject({
      kind: z.literal('slow-node'),
      on: subjects('nodes'),
      factor: z.number().min(1).max(1e6),
      ...triggerFields,
      for: lasting.optional()
    }),
    /** The links of the node's host carry `factor` of what they did. */
    z.strictObject({
      kind: z.literal('slow-link'),
      on: subjects('nodes'),
      factor: z.number().min(1e-6).max(1),
      /** From the host, to it, or both. */
      direction: z.enum(['up', 'down', 'both']).default('both'),
      ...triggerFields,
      for: lasting.optional()
    }),
    /** What arrives does so later by `extra`, in order; of a node: both what it sends and gets. */
    z.strictObject({
      kind: z.literal('delay'),
      on: subjects('either'),
      extra: duration({ min: '1ns', max: '1h' }),
      ...triggerFields,
      for: lasting.optional()
    }),
    /** What arrives is kept until the end, and then goes on in order. */
    z.strictObject({
      kind: z.literal('hold'),
      on: subjects('either'),
      ...triggerFields,
      for: lasting.optional()
    }),
    /** What crosses from one group to another is held; sessions across it stay, none begins. */
    z.strictObject({
      kind: z.literal('partition'),
      groups: GroupsSchema,
      /** Whether only what the first group sends is held. */
      oneWay: z.boolean().default(false),
      ...triggerFields,
      for: lasting.optional()
    }),
    /** The session ends, what is on its way is lost; the next one begins at the end. */
    z.strictObject({
      kind: z.literal('cut'),
      on: subjects('sessions'),
      ...triggerFields,
      for: lasting.optional()
    }),
    /** The process ends without a word. Where `for` is said, it starts anew after it. */
    z.strictObject({
      kind: z.literal('crash'),
      on: subjects('nodes'),
      ...triggerFields,
      for: lasting.optional()
    })
  ],
  kindErrors('fault', faultForms)
);

/** What ends, or else nothing of the run would go on. */
const ending: readonly string[] = ['pause', 'hold', 'partition', 'cut'];

const schema = kinds.transform((fault, context): z.output<typeof kinds> => {
  const misfit = triggerMisfit(fault, fault.for) ?? endMisfit(fault);
  if (misfit !== null) {
    context.addIssue({ code: 'custom', path: [...misfit.path], message: misfit.message });
    return z.NEVER;
  }
  const { at, until, ...rest } = fault;
  if (at === undefined || until === undefined) return fault;
  return { ...rest, at, for: formatDuration(parseDuration(until) - parseDuration(at)) };
});

const FaultSchema = z.preprocess((value: z.input<typeof kinds> | string, context) => {
  if (typeof value !== 'string') return value;
  const read = readFault(faultForms, value);
  if (typeof read !== 'string') return read;
  context.addIssue({ code: 'custom', message: read });
  return z.NEVER;
}, schema);

/** A list of faults; also one of them, or short forms: `pause:w2:at=3s:for=1s + crash:w1:at=5s`. */
export const FaultsSchema = joined(FaultSchema);
/** A fault as it is resolved. */
export type FaultConfig = z.output<typeof kinds>;
export type FaultKind = FaultConfig['kind'];
/** Faults as they are resolved; the empty list is a run in which nothing goes wrong. */
export type FaultsConfig = readonly FaultConfig[];

function endMisfit({ kind, ...fault }: FaultConfig) {
  const ends = fault.for !== undefined || (fault.at !== undefined && fault.until !== undefined);
  if (ends || (fault.every === undefined && !ending.includes(kind))) return null;
  return { path: ['for'], message: `how long does the ${kind} last? for: "1s", say` };
}

/** When a fault begins (one of them), and how long it lasts. */
export interface FaultTiming {
  readonly at?: Duration;
  readonly every?: Duration;
  readonly rate?: Rate;
  readonly when?: Condition | string;
  readonly from?: Duration;
  readonly until?: Duration;
  readonly for?: Duration;
}

type On = { readonly on: string | string[] };

/** The process stops for a while, as by SIGSTOP, and goes on where it was. */
export function pause(options: On & FaultTiming) {
  return { kind: 'pause' as const, ...options };
}

/** Computations and declared work take `factor` times as long. */
export function slowNode(options: On & FaultTiming & { readonly factor: number }) {
  return { kind: 'slow-node' as const, ...options };
}

/** The links of the node's host carry `factor`, 0 to 1, of what they did. */
export function slowLink(
  options: On &
    FaultTiming & { readonly factor: number; readonly direction?: 'up' | 'down' | 'both' }
) {
  return { kind: 'slow-link' as const, ...options };
}

/** What arrives does so later by `extra`, in order. */
export function delay(options: On & FaultTiming & { readonly extra: Duration }) {
  return { kind: 'delay' as const, ...options };
}

/** What arrives is kept until the end, and then goes on in order. */
export function hold(options: On & FaultTiming) {
  return { kind: 'hold' as const, ...options };
}

/** What crosses from one group to another is held; `oneWay`: only what the first group sends. */
export function partition(
  options: FaultTiming & { readonly groups: string | string[][]; readonly oneWay?: boolean }
) {
  return { kind: 'partition' as const, ...options };
}

/** The session ends with what is on its way; the next one begins at the end. */
export function cut(options: On & FaultTiming) {
  return { kind: 'cut' as const, ...options };
}

/** The process ends without a word. Where `for` is said, it starts anew after it. */
export function crash(options: On & FaultTiming) {
  return { kind: 'crash' as const, ...options };
}

/** Short forms, joined by ` + `. */
export function formatFaults(config: FaultsConfig): string {
  if (config.length === 0) return 'none';
  return config.map(fault => formatFault(faultForms, fault)).join(' + ');
}
