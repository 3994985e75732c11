/** The hosts of a simulation: which node is where, and the network between them. */
import { burstBytes } from '../core/environment/chunks.ts';
import type { FlowsConfig } from '../core/environment/flows.ts';
import { buildFabric, type NetworkConfig } from '../core/environment/network.ts';
import type { NodeId } from '../core/node.ts';
import { parseSize } from '../core/units.ts';
import type { ChunkSettings } from './chunk-network.ts';
import { createNetwork, type Network } from './network.ts';
import type { Link } from './topology.ts';

export interface Hosts {
  readonly network: Network;
  /** Host of each node, in the order of the nodes. */
  readonly of: readonly number[];
}

/** Places the nodes and builds the network that the configuration describes. */
export function hostsOf(config: NetworkConfig, flows: FlowsConfig, ids: readonly NodeId[]): Hosts {
  if (config.kind === 'ideal') {
    return { network: createNetwork({ kind: 'ideal' }), of: ids.map((_, index) => index) };
  }
  const fabric = buildFabric(config, ids);
  const chunks = flows.model === 'chunks' ? chunkSettings(flows, fabric.links) : null;
  return { network: createNetwork({ kind: 'fabric', fabric }, { chunks }), of: fabric.hostOf };
}

function chunkSettings({ chunks }: FlowsConfig, links: readonly Link[]): ChunkSettings {
  const { chunk, perFlow, goodput, messageNanos } = chunks;
  return {
    chunkBytes: parseSize(chunk),
    perFlow,
    burstBytes: links.map(({ name }) => burstBytes(chunks, name)),
    goodput,
    messageNanos: Math.round(messageNanos)
  };
}
