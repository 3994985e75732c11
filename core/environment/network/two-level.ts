/** Leaf and spine: every leaf switch, with hosts, is joined to every spine switch. */
import { z } from 'zod';
import type { NodeId } from '../../node.ts';
import { type Bandwidth, bandwidth, parseBandwidth, parseDuration } from '../../units.ts';
import type { Fabric } from './fabric.ts';
import { fabricOf, hostLinks, placeNodes } from './hosts.ts';
import { checkColocated, type NicOptions, nicDefaults, nicFields, nicOptions } from './nic.ts';
import { hashedPath, type Routing, RoutingSchema } from './path-choice.ts';
import { placeInRacks, type RackOptions, rackFields } from './places.ts';
import { trunk } from './racks.ts';

export const twoLevelForm = {
  fields: ['hostsPerLeaf', 'spines', 'bandwidth', 'uplink', 'latency', 'placement', 'routing'],
  optional: { placement: 'spread', routing: 'hash', coreLatency: null, ...nicDefaults },
  example: 'two-level:8:2:10Gbps:40Gbps:50us'
} as const;

export const TwoLevelSchema = z
  .strictObject({
    kind: z.literal('two-level'),
    /** Places of a leaf; the last one may have some empty. */
    hostsPerLeaf: z.int().min(1).max(10_000),
    spines: z.int().min(1).max(1024),
    /** Of each host, in each direction. */
    bandwidth: bandwidth(),
    /** Of each link from a leaf to a spine, in each direction. */
    uplink: bandwidth(),
    ...rackFields,
    /** Which spine a pair of hosts goes over. */
    routing: RoutingSchema.default('hash'),
    ...nicFields
  })
  .superRefine(checkColocated);
export type TwoLevelConfig = z.output<typeof TwoLevelSchema>;

/** Leaf and spine; oversubscribed hostsPerLeaf * bandwidth to spines * uplink. */
export function twoLevel(
  options: NicOptions &
    RackOptions & {
      readonly hostsPerLeaf: number;
      readonly spines: number;
      readonly uplink: Bandwidth;
      readonly routing?: Routing;
    }
) {
  const { hostsPerLeaf, spines, bandwidth, uplink, latency } = options;
  const { coreLatency = null, placement = 'spread', routing = 'hash' } = options;
  return {
    kind: 'two-level' as const,
    hostsPerLeaf,
    spines,
    bandwidth,
    uplink,
    latency,
    coreLatency,
    placement,
    routing,
    ...nicOptions(options)
  };
}

/** Hosts, `leaf0` ..., `spine0` ...; links `leaf0-spine1 up` and `down`. */
export function buildTwoLevel(config: TwoLevelConfig, nodes: readonly NodeId[]): Fabric {
  const { hostsPerLeaf, spines, routing } = config;
  const placement = placeNodes(config, nodes, () => config);
  const { hosts } = placement;
  const { racks: leaves, rackOf, placeOf } = placeInRacks(hosts, hostsPerLeaf, config.placement);
  const links = hostLinks(hosts, host => `leaf${rackOf[host]}`);
  const first = links.length;
  const bytesPerSecond = parseBandwidth(config.uplink);
  const latencyNanos = parseDuration(config.coreLatency ?? config.latency);
  const port = { bytesPerSecond, latencyNanos };
  for (let leaf = 0; leaf < leaves; leaf++) {
    for (let spine = 0; spine < spines; spine++) {
      const [lower, upper] = [`leaf${leaf}`, `spine${spine}`];
      links.push(...trunk(lower, upper, port, `${lower}-${upper}`));
    }
  }
  const switches = [
    ...Array.from({ length: leaves }, (_, leaf) => ({ name: `leaf${leaf}`, level: 1 })),
    ...Array.from({ length: spines }, (_, spine) => ({ name: `spine${spine}`, level: 2 }))
  ];
  return fabricOf(placement, config, { switches, links }, (from, to) => {
    const [out, back] = [rackOf[from]!, rackOf[to]!];
    if (out === back) return [];
    const spine =
      routing === 'hash'
        ? hashedPath(hosts[from]!.name, hosts[to]!.name, spines)
        : placeOf[to]! % spines;
    return [first + 2 * (out * spines + spine), first + 2 * (back * spines + spine) + 1];
  });
}
