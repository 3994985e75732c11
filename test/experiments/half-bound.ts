/** A consistency model of a user's own, whole in one file: SSP with half of the bound that it is told. */
import { z } from 'zod';
import type { ConsistencyModel } from '../../core/consistency/model.ts';
import { OnArrivalRule } from '../../core/consistency/on-arrival.ts';

const schema = z.strictObject({ kind: z.literal('half'), of: z.int().min(2) });

export const half: ConsistencyModel<z.infer<typeof schema>> = {
  kind: 'half',
  schema,
  decides: 'per-shard',
  needsValues: false,
  parse: argument => schema.parse({ kind: 'half', of: Number(argument) }),
  format: ({ of }) => `half:${of}`,
  rule: ({ of }, view, restored) => new OnArrivalRule(of / 2, 'mean', view, restored)
};
