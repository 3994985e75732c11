/**
 * The chunk model's settings: what a kernel's TCP and the shaper of a link do to messages. Each link
 * direction is a FIFO behind a token bucket (as `tc`'s tbf); a sender's flows take turns on its first
 * link by chunks, a few of which may be queued there at once (TCP small queues).
 */
import { z } from 'zod';
import { expected } from '../expected.ts';
import { parseSize, type Size, size } from '../units.ts';

/** Payload of a full Ethernet frame over TCP with timestamps, over the bytes that tc counts of it. */
export const ethernetGoodput = 1448 / 1514;

export const ChunksSchema = z.strictObject(
  {
    /** Largest piece in which a message leaves its sender: the kernel's segmentation offload. */
    chunk: size({ min: '1B', max: '1GiB' }).default('16KiB' as Size),
    /** Chunks of one flow that wait on its sender's first link at once. */
    perFlow: z.int().min(1).max(1000).default(2),
    /** Depth of each link's token bucket; at 0 bytes leave no faster than the bandwidth, ever. */
    burst: size({ max: '1GiB' }).default('0B' as Size),
    /** Where it differs: for `workers`, `servers`, or a host by the node it is named after, `w3`. */
    burstOf: z
      .record(
        z
          .string()
          .regex(
            /^(workers|servers|[wsa](0|[1-9]\d*)|c)$/,
            '"workers", "servers" or a host by its first node, "w3", is right'
          ),
        size({ max: '1GiB' })
      )
      .default({}),
    /** Share of the bandwidth (and of the burst) that is payload: the rest is headers. */
    goodput: z.number().gt(0).max(1).default(ethernetGoodput)
  },
  expected('settings of chunks', '{"chunk": "64KiB", "burst": "100kB"}')
);
export type ChunksConfig = z.output<typeof ChunksSchema>;

/** Depth of the token bucket of a link, in its bytes. That of a host, `w3 up`, begins with its name. */
export function burstBytes({ burst, burstOf }: ChunksConfig, link: string): number {
  const host = /^([wsa]\d+|c)(?= )/.exec(link)?.[0] ?? '';
  const role = host.startsWith('w') ? 'workers' : host.startsWith('s') ? 'servers' : '';
  return parseSize(burstOf[host] ?? burstOf[role] ?? burst);
}
