/** Racks of hosts: a switch in each, whose uplink to a core switch the hosts of the rack share. */
import { z } from 'zod';
import type { NodeId } from '../../node.ts';
import { bandwidth, parseBandwidth, parseDuration } from '../../units.ts';
import type { Fabric, FabricLink } from './fabric.ts';
import { fabricOf, hostLinks, placeNodes } from './hosts.ts';
import { checkColocated, type NicOptions, nicDefaults, nicFields, nicOptions } from './nic.ts';
import { placeInRacks, type RackOptions, rackFields } from './places.ts';

export const racksForm = {
  fields: ['hostsPerRack', 'oversubscription', 'bandwidth', 'latency', 'placement', 'coreLatency'],
  optional: { placement: 'spread', coreLatency: null, ...nicDefaults },
  example: 'racks:8:4:10Gbps:50us'
} as const;

export const RacksSchema = z
  .strictObject({
    kind: z.literal('racks'),
    /** Places of a rack; the last one may have some empty. */
    hostsPerRack: z.int().min(1).max(10_000),
    /** What the hosts of a full rack can send over what its uplink can: 1 is none. */
    oversubscription: z.number().min(0.001).max(10_000),
    /** Of each host, in each direction. An uplink has hostsPerRack * bandwidth / oversubscription. */
    bandwidth: bandwidth(),
    ...rackFields,
    ...nicFields
  })
  .superRefine(checkColocated);
export type RacksConfig = z.output<typeof RacksSchema>;

/** Racks with an uplink each, `oversubscription` times as slow as its hosts together. */
export function racks(
  options: NicOptions &
    RackOptions & {
      readonly hostsPerRack: number;
      readonly oversubscription: number;
    }
) {
  const { hostsPerRack, oversubscription, bandwidth, latency } = options;
  const { coreLatency = null, placement = 'spread' } = options;
  return {
    kind: 'racks' as const,
    hostsPerRack,
    oversubscription,
    bandwidth,
    latency,
    coreLatency,
    placement,
    ...nicOptions(options)
  };
}

/** Hosts, `rack0` ..., and `core` between them; links `rack0 up`, `rack0 down`. */
export function buildRacks(config: RacksConfig, nodes: readonly NodeId[]): Fabric {
  const { hostsPerRack, oversubscription, bandwidth } = config;
  const placement = placeNodes(config, nodes, () => config);
  const { racks, rackOf } = placeInRacks(placement.hosts, hostsPerRack, config.placement);
  const names = Array.from({ length: racks }, (_, rack) => `rack${rack}`);
  const links = hostLinks(placement.hosts, host => names[rackOf[host]!]!);
  const first = links.length;
  const bytesPerSecond = (hostsPerRack * parseBandwidth(bandwidth)) / oversubscription;
  const latencyNanos = parseDuration(config.coreLatency ?? config.latency);
  for (const name of names) links.push(...trunk(name, 'core', { bytesPerSecond, latencyNanos }));
  const switches = [...names.map(name => ({ name, level: 1 })), { name: 'core', level: 2 }];
  return fabricOf(placement, config, { switches, links }, (from, to) => {
    const [out, back] = [rackOf[from]!, rackOf[to]!];
    return out === back ? [] : [first + 2 * out, first + 2 * back + 1];
  });
}

/** The two directions of a cable from a switch to one above it; the latency is that of a way up and down. */
export function trunk(
  lower: string,
  upper: string,
  port: { readonly bytesPerSecond: number; readonly latencyNanos: number },
  name = lower
): FabricLink[] {
  const { bytesPerSecond, latencyNanos } = port;
  const up = Math.floor(latencyNanos / 2);
  return [
    { name: `${name} up`, bytesPerSecond, latencyNanos: up, from: lower, to: upper },
    {
      name: `${name} down`,
      bytesPerSecond,
      latencyNanos: latencyNanos - up,
      from: upper,
      to: lower
    }
  ];
}
