/** The shape of a line of a trace's file, for files that are damaged or were edited. */
import { z } from 'zod';
import { checked } from '../../core/checked.ts';
import type { TraceLine } from '../../core/trace.ts';

const count = z.int().min(0);

const InputSchema = z.discriminatedUnion(
  'kind',
  [
    z.looseObject({ kind: z.literal('start'), incarnation: count }),
    z.looseObject({
      kind: z.literal('message'),
      from: z.string(),
      session: count,
      sequence: count
    }),
    z.looseObject({ kind: z.literal('timer'), name: z.string() }),
    z.looseObject({
      kind: z.literal('computed'),
      id: count,
      result: z.looseObject({ kind: z.string() })
    }),
    z.looseObject({ kind: z.literal('persisted'), id: count, failure: z.string().nullable() }),
    z.looseObject({
      kind: z.literal('session-up'),
      peer: z.string(),
      session: count,
      incarnation: count
    }),
    z.looseObject({ kind: z.literal('session-down'), peer: z.string(), session: count }),
    z.looseObject({
      kind: z.literal('drained'),
      peer: z.string(),
      session: count,
      credit: z.number()
    })
  ],
  { error: 'an input of a node is right: { "kind": "timer", "name": "heartbeat" }' }
);

const LineSchema = z.looseObject({ now: count, input: InputSchema, effects: z.string() });

/** What is wrong with a line, with its field; null for nothing. */
export function lineMisfit(value: unknown): string | null {
  return checked(LineSchema, value, '').lines?.[0] ?? null;
}

/** Whether a value has the shape of a line. */
export function isTraceLine(value: unknown): value is TraceLine {
  return lineMisfit(value) === null;
}
