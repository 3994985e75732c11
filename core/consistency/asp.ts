/**
 * Asynchronous parallel (Hogwild, Recht et al. 2011; DistBelief, Dean et al. 2012): nobody waits,
 * every gradient is applied on arrival. With P workers the mean staleness is exactly P - 1.
 */

import { z } from 'zod';
import { inWords } from '../issue-text.ts';
import type { ConsistencyModel } from './model.ts';
import { OnArrivalRule } from './on-arrival.ts';
import { type Scale, ScaleSchema } from './scale.ts';

const schema = z.strictObject({ kind: z.literal('asp'), scale: ScaleSchema });
export type AspConfig = z.infer<typeof schema>;

/** No bound at all. */
export function asp(options: { readonly scale?: Scale } = {}): AspConfig {
  return { kind: 'asp', scale: options.scale ?? 'mean' };
}

export const aspModel: ConsistencyModel<AspConfig> = {
  kind: 'asp',
  schema,
  decides: 'per-shard',
  needsValues: false,
  parse: argument => schema.parse({ kind: 'asp', scale: argument ?? 'mean' }, inWords),
  format: ({ scale }) => (scale === 'mean' ? 'asp' : `asp:${scale}`),
  rule: (config, view, restored) => new OnArrivalRule(null, config.scale, view, restored)
};
