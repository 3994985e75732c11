/** Full-duplex hosts around a switch that is never the bottleneck. */
import { z } from 'zod';
import type { NodeId } from '../../node.ts';
import { type Bandwidth, bandwidth, type Duration, duration } from '../../units.ts';
import type { Fabric } from './fabric.ts';
import { fabricOf, hostLinks, placeNodes } from './hosts.ts';
import { checkColocated, type NicOptions, nicDefaults, nicFields, nicOptions } from './nic.ts';

export const starForm = {
  fields: ['bandwidth', 'latency', 'placement'],
  optional: { placement: 'separate', ...nicDefaults },
  example: 'star:10Gbps:50us'
} as const;

export const StarSchema = z
  .strictObject({
    kind: z.literal('star'),
    /** Of each host, in each direction. */
    bandwidth: bandwidth(),
    /** One way, host to host: half of it is each host's part. */
    latency: duration({ max: '1h' }),
    /** `colocated`: server s is on the host of worker s mod workers. */
    placement: z.enum(['separate', 'colocated']).default('separate'),
    ...nicFields
  })
  .superRefine(checkColocated);
export type StarConfig = z.output<typeof StarSchema>;

/** Full-duplex hosts around a switch; `latency` is one way, host to host. */
export function star(
  options: NicOptions & {
    readonly bandwidth: Bandwidth;
    readonly latency: Duration;
    readonly placement?: 'separate' | 'colocated';
  }
) {
  const { bandwidth, latency, placement = 'separate' } = options;
  return { kind: 'star' as const, bandwidth, latency, placement, ...nicOptions(options) };
}

/** A star's hosts and the switch between them. */
export function buildStar(config: StarConfig, nodes: readonly NodeId[]): Fabric {
  const placement = placeNodes(config, nodes, () => config);
  const links = hostLinks(placement.hosts, () => 'switch');
  const switches = [{ name: 'switch', level: 1 }];
  return fabricOf(placement, config, { switches, links }, () => []);
}
