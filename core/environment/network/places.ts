/** Which rack each host stands in. A rack is whatever hosts are joined to: a switch with places. */
import { z } from 'zod';
import { type Bandwidth, type Duration, duration } from '../../units.ts';
import type { Host } from './hosts.ts';

/**
 * `spread`: servers are dealt out over the racks in turn, workers fill the rest. `own-rack`: workers
 * fill racks first, servers have racks of their own behind them. `colocated`: servers are on the
 * hosts of workers.
 */
export const RackPlacementSchema = z.enum(['spread', 'own-rack', 'colocated']);
export type RackPlacement = z.output<typeof RackPlacementSchema>;

/** Fields of a shape whose hosts are in racks, or on leaves, with one stage of switches above. */
export const rackFields = {
  /** One way, host to host in one rack: half of it is each host's part. */
  latency: duration({ max: '1h' }),
  /** What a way to another rack adds, half of it at each uplink; null: as much as `latency`. */
  coreLatency: duration({ max: '1h' }).nullable().default(null),
  placement: RackPlacementSchema.default('spread')
};

export interface RackOptions {
  /** Of each host, in each direction. */
  readonly bandwidth: Bandwidth;
  readonly latency: Duration;
  readonly coreLatency?: Duration | null;
  readonly placement?: RackPlacement;
}

/** Racks of a network, in order. */
export interface Places {
  readonly racks: number;
  /** Rack of each host. */
  readonly rackOf: readonly number[];
  /** The place of each host in its rack, from 0. */
  readonly placeOf: readonly number[];
}

/**
 * Puts hosts in racks of `hostsPerRack` places, as few racks as there must be. The coordinator's
 * host, whose messages are few and small, takes no place: it is on the switch of the first rack.
 */
export function placeInRacks(
  hosts: readonly Host[],
  hostsPerRack: number,
  placement: RackPlacement
): Places {
  const servers = indicesOf(hosts, name => name.startsWith('s'));
  const others = indicesOf(hosts, name => !name.startsWith('s') && name !== 'c');
  const rackOf = hosts.map(() => 0);
  const placeOf = hosts.map(() => hostsPerRack);
  const filled: number[] = [];
  const put = (host: number, rack: number): void => {
    while (filled.length <= rack) filled.push(0);
    rackOf[host] = rack;
    placeOf[host] = filled[rack]!++;
  };
  if (placement === 'own-rack') {
    for (const [index, host] of others.entries()) put(host, Math.floor(index / hostsPerRack));
    const behind = filled.length;
    for (const [index, host] of servers.entries()) {
      put(host, behind + Math.floor(index / hostsPerRack));
    }
  } else {
    const racks = Math.ceil((servers.length + others.length) / hostsPerRack);
    for (const [index, host] of servers.entries()) put(host, index % racks);
    let rack = 0;
    for (const host of others) {
      while ((filled[rack] ?? 0) === hostsPerRack) rack += 1;
      put(host, rack);
    }
  }
  return { racks: Math.max(1, filled.length), rackOf, placeOf };
}

function indicesOf(hosts: readonly Host[], wanted: (name: string) => boolean): number[] {
  return hosts.flatMap(({ name }, index) => (wanted(name) ? [index] : []));
}
