/**
 * The k-ary fat-tree of Al-Fares, Loukissas and Vahdat (A scalable, commodity data center network
 * architecture; SIGCOMM 2008; section 3): k pods of k/2 edge and k/2 aggregation switches, (k/2)^2
 * core switches, k/2 hosts an edge switch, k^3/4 hosts in all. Every link has the bandwidth of a host.
 */
import { z } from 'zod';
import type { NodeId } from '../../node.ts';
import {
  type Bandwidth,
  bandwidth,
  type Duration,
  duration,
  parseBandwidth,
  parseDuration
} from '../../units.ts';
import { type Fabric, NetworkError } from './fabric.ts';
import { fabricOf, type Host, hostLinks, placeNodes } from './hosts.ts';
import { checkColocated, type NicOptions, nicDefaults, nicFields, nicOptions } from './nic.ts';
import { hashedPath, type Routing, RoutingSchema } from './path-choice.ts';
import { placeInRacks, type RackPlacement, RackPlacementSchema } from './places.ts';
import { trunk } from './racks.ts';

export const fatTreeForm = {
  fields: ['k', 'bandwidth', 'latency', 'placement', 'routing'],
  optional: { placement: 'spread', routing: 'hash', ...nicDefaults },
  example: 'fat-tree:4:10Gbps:50us'
} as const;

/** More ports have more links than a run can be looked at by: 48 is the paper's 27,648 hosts. */
const portsMax = 48;

export const FatTreeSchema = z
  .strictObject({
    kind: z.literal('fat-tree'),
    /** Ports of a switch, even. */
    k: z.int().min(2).max(portsMax).multipleOf(2),
    /** Of each link, in each direction. */
    bandwidth: bandwidth(),
    /** One way, host to host on one edge switch; twice that in a pod, three times between pods. */
    latency: duration({ max: '1h' }),
    placement: RackPlacementSchema.default('spread'),
    /** Which aggregation and core switches a pair of hosts goes over. */
    routing: RoutingSchema.default('hash'),
    ...nicFields
  })
  .superRefine(checkColocated);
export type FatTreeConfig = z.output<typeof FatTreeSchema>;

/** A k-ary fat-tree: k^3/4 hosts at full bisection bandwidth. */
export function fatTree(
  options: NicOptions & {
    readonly k: number;
    readonly bandwidth: Bandwidth;
    readonly latency: Duration;
    readonly placement?: RackPlacement;
    readonly routing?: Routing;
  }
) {
  const { k, bandwidth, latency, placement = 'spread', routing = 'hash' } = options;
  return {
    kind: 'fat-tree' as const,
    k,
    bandwidth,
    latency,
    placement,
    routing,
    ...nicOptions(options)
  };
}

/**
 * Hosts, `edge0.1` (pod 0), `agg0.1`, `core3`; links `edge0.1-agg0.0 up`, `agg0.0-core3 down`. Core
 * switch a * k/2 + c is joined to aggregation switch a of every pod.
 */
export function buildFatTree(config: FatTreeConfig, nodes: readonly NodeId[]): Fabric {
  const { k, routing } = config;
  const half = k / 2;
  const placement = placeNodes(config, nodes, () => config);
  const { hosts } = placement;
  const { racks, rackOf, placeOf } = placeInRacks(hosts, half, config.placement);
  if (racks > k * half) throw tooSmall(config, hosts, racks);
  const edgeName = (edge: number): string => `edge${Math.floor(edge / half)}.${edge % half}`;
  const links = hostLinks(hosts, host => edgeName(rackOf[host]!));
  const port = {
    bytesPerSecond: parseBandwidth(config.bandwidth),
    latencyNanos: parseDuration(config.latency)
  };
  const join = (lower: string, upper: string): void => {
    links.push(...trunk(lower, upper, port, `${lower}-${upper}`));
  };
  const edges = links.length;
  for (let edge = 0; edge < k * half; edge++) {
    const pod = Math.floor(edge / half);
    for (let agg = 0; agg < half; agg++) join(edgeName(edge), `agg${pod}.${agg}`);
  }
  const aggs = links.length;
  for (let agg = 0; agg < k * half; agg++) {
    const [pod, row] = [Math.floor(agg / half), agg % half];
    for (let core = 0; core < half; core++) join(`agg${pod}.${row}`, `core${row * half + core}`);
  }
  return fabricOf(placement, config, { switches: switchesOf(k), links }, (from, to) => {
    const [out, back] = [rackOf[from]!, rackOf[to]!];
    if (out === back) return [];
    const [outPod, backPod] = [Math.floor(out / half), Math.floor(back / half)];
    const path =
      routing === 'hash' ? hashedPath(hosts[from]!.name, hosts[to]!.name, half * half) : 0;
    // As the paper's tables: the suffix of the destination, shifted by the switch's own number.
    const agg = routing === 'hash' ? path % half : (placeOf[to]! + out) % half;
    const up = edges + 2 * (out * half + agg);
    const down = edges + 2 * (back * half + agg) + 1;
    if (outPod === backPod) return [up, down];
    const core = routing === 'hash' ? Math.floor(path / half) : (placeOf[to]! + agg) % half;
    const over = (pod: number): number => aggs + 2 * ((pod * half + agg) * half + core);
    return [up, over(outPod), over(backPod) + 1, down];
  });
}

function switchesOf(k: number): Fabric['switches'] {
  const half = k / 2;
  const inPods = (name: string, level: number) =>
    Array.from({ length: k * half }, (_, index) => ({
      name: `${name}${Math.floor(index / half)}.${index % half}`,
      level
    }));
  const cores = Array.from({ length: half * half }, (_, core) => ({
    name: `core${core}`,
    level: 3
  }));
  return [...inPods('edge', 1), ...inPods('agg', 2), ...cores];
}

function tooSmall(
  { k, placement }: FatTreeConfig,
  hosts: readonly Host[],
  racks: number
): NetworkError {
  const fits = (ports: number): boolean =>
    placeInRacks(hosts, ports / 2, placement).racks <= (ports * ports) / 2;
  let right = k;
  while (right <= portsMax && !fits(right)) right += 2;
  return new NetworkError(
    ['k'],
    `a fat-tree of k = ${k} has ${(k * k) / 2} edge switches of ${k / 2} hosts, and this run needs ` +
      `${racks}${right <= portsMax ? `: k = ${right} is right` : ''}`
  );
}
