/** Prices of the CPU work that nodes declare: what the simulator charges for it. */
import { z } from 'zod';
import type { WorkOperation } from '../node.ts';

const price = z.number().min(0).max(1e9);

/** Nanoseconds of CPU time. All 0: work is free. */
export const CostsSchema = z.strictObject({
  /** For each float32 that a payload is made of, read into, or that an update is applied to. */
  encodeNanosPerElement: price.default(0),
  decodeNanosPerElement: price.default(0),
  applyNanosPerElement: price.default(0),
  /** For each encoding and each decoding besides: what a message costs however short. */
  messageNanos: price.default(0)
});
export type CostsConfig = z.output<typeof CostsSchema>;

/** Work is free. */
export function free(): CostsConfig {
  return costs({});
}

/** A price list; what it leaves out is free. */
export function costs(prices: { readonly [name in keyof CostsConfig]?: number }): CostsConfig {
  return CostsSchema.parse(prices);
}

/** Price of one piece of work over so many elements, in whole nanoseconds. */
export function workNanos(config: CostsConfig, operation: WorkOperation, elements: number): number {
  if (operation === 'apply') return Math.round(config.applyNanosPerElement * elements);
  const perElement =
    operation === 'encode' ? config.encodeNanosPerElement : config.decodeNanosPerElement;
  return Math.round(config.messageNanos + perElement * elements);
}
