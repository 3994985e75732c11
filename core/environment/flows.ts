/** How messages share the links of the network, in the simulator: the model, and what it is told. */
import { z } from 'zod';
import { ChunksSchema } from './chunks.ts';

export const FlowsSchema = z.strictObject({
  /**
   * `fluid`: messages are flows, which share links by rates. `chunks`: they cross them in pieces,
   * through queues and token buckets, as over a kernel's TCP.
   */
  model: z.enum(['fluid', 'chunks']).default('fluid'),
  /** For `chunks` alone. */
  chunks: ChunksSchema.prefault({})
});
export type FlowsConfig = z.output<typeof FlowsSchema>;
