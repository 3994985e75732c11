/** The hosts of a simulation: which node is where, and the network between them. */
import { type NetworkConfig, placeNodes } from '../core/environment/network.ts';
import type { NodeId } from '../core/node.ts';
import { createNetwork, type Network } from './network.ts';

export interface Hosts {
  readonly network: Network;
  /** Host of each node, in the order of the nodes. */
  readonly of: readonly number[];
}

/** Places the nodes and builds the network that the configuration describes. */
export function hostsOf(config: NetworkConfig, ids: readonly NodeId[]): Hosts {
  if (config.kind === 'ideal') {
    return { network: createNetwork({ kind: 'ideal' }), of: ids.map((_, index) => index) };
  }
  const { hosts, hostOf } = placeNodes(config, ids);
  const ports = hosts.map(host => ({
    name: host.name,
    uplink: { bytesPerSecond: host.upBytesPerSecond, latencyNanos: host.upLatencyNanos },
    downlink: { bytesPerSecond: host.downBytesPerSecond, latencyNanos: host.downLatencyNanos }
  }));
  return { network: createNetwork({ kind: 'star', hosts: ports }), of: hostOf };
}
