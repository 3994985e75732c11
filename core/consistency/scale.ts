/** How gradients that are applied one by one are scaled. */
import { z } from 'zod';

/** `mean`: each gradient at rate η/P, so P of them weigh as one BSP update; `sum`: at rate η. */
export const ScaleSchema = z.enum(['mean', 'sum']);
export type Scale = z.infer<typeof ScaleSchema>;

/** Factor on the learning rate for one of `workers` gradients. */
export function rateScale(scale: Scale, workers: number): number {
  return scale === 'mean' ? 1 / workers : 1;
}
