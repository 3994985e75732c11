/** How messages share the links of the network, in the simulator: the model, and what it is told. */
import { z } from 'zod';
import { expected } from '../expected.ts';
import { bandwidth, duration, size } from '../units.ts';
import { ChunksSchema } from './chunks.ts';

export const FlowsSchema = z.strictObject(
  {
    /**
     * `fluid`: messages are flows, which share links by rates. `chunks`: they cross them in pieces,
     * through queues and token buckets, as over a kernel's TCP.
     */
    model: z.enum(['fluid', 'chunks']).default('fluid'),
    /**
     * How fluid flows share: `maxmin` fair; `rtt-weighted`, in inverse proportion to latency; `lv08`, as
     * SimGrid's model of that name: weights, latencies times 13.01, 97 % of bandwidths, a window.
     */
    sharing: z.enum(['maxmin', 'rtt-weighted', 'lv08']).default('maxmin'),
    /**
     * What every message costs besides its bytes: bytes on the links (headers), and time for which it
     * occupies the sender's end of its session before it leaves. For `fluid` alone.
     */
    overhead: z
      .strictObject(
        {
          bytes: size({ max: '1GiB' }).default('0B'),
          time: duration({ max: '1h' }).default('0s')
        },
        expected('an overhead', '{"bytes": "66B", "time": "10us"}')
      )
      .prefault({}),
    /** The most that one session carries; null: what the links allow. For `fluid` alone. */
    rateCap: bandwidth().nullable().default(null),
    /**
     * A session begins with `window` bytes a round trip, doubles them every round trip until its links
     * are the bound, and begins anew after `idle` without a message (null: never). Null: no slow start.
     * For `fluid` alone.
     */
    slowStart: z
      .strictObject(
        {
          window: size({ min: '1B', max: '1GiB' }).default('14600B'),
          idle: duration({ min: '1ns', max: '24h' }).nullable().default('200ms')
        },
        expected('a slow start', '{"window": "14600B", "idle": "200ms"}')
      )
      .nullable()
      .default(null),
    /** For `chunks` alone. */
    chunks: ChunksSchema.prefault({})
  },
  expected('what is said of flows', '{"sharing": "lv08", "rateCap": "1Gbps"}')
);
export type FlowsConfig = z.output<typeof FlowsSchema>;
