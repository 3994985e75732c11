/**
 * Stale synchronous parallel (Ho et al. 2013, section 3): a worker at clock c may start iteration c
 * iff c - slowest <= s. SSP(0) has BSP's rule of admission and still applies gradients one by one.
 */

import { z } from 'zod';
import { inWords } from '../issue-text.ts';
import type { ConsistencyModel } from './model.ts';
import { OnArrivalRule } from './on-arrival.ts';
import { type Scale, ScaleSchema } from './scale.ts';

const schema = z.strictObject({
  kind: z.literal('ssp'),
  /** Staleness bound s, in iterations. */
  bound: z.int().min(0).max(1_000_000),
  scale: ScaleSchema
});
export type SspConfig = z.infer<typeof schema>;

/** Bounded staleness: nobody runs more than `bound` iterations ahead of the slowest (`bound` >= 0). */
export function ssp(bound: number, options: { readonly scale?: Scale } = {}): SspConfig {
  return { kind: 'ssp', bound, scale: options.scale ?? 'mean' };
}

export const sspModel: ConsistencyModel<SspConfig> = {
  kind: 'ssp',
  schema,
  decides: 'per-shard',
  needsValues: false,
  parse(argument) {
    const [bound, scale = 'mean'] = (argument ?? '').split(':');
    if (bound === undefined || !/^-?\d+$/.test(bound)) {
      throw new Error('ssp takes a staleness bound: ssp:4 (or ssp:4:sum)');
    }
    return schema.parse({ kind: 'ssp', bound: Number(bound), scale }, inWords);
  },
  format: ({ bound, scale }) => (scale === 'mean' ? `ssp:${bound}` : `ssp:${bound}:${scale}`),
  bound: ({ bound }) => bound,
  rule: (config, view, restored) => new OnArrivalRule(config.bound, config.scale, view, restored)
};
