/** What of a network has no effect on a run of these nodes. */
import type { NodeId } from '../../node.ts';
import { buildFabric, type LinkedConfig, type NetworkConfig } from '../network.ts';
import type { Fabric } from './fabric.ts';
import { isUnread } from './graph.ts';

/** Parameters without an effect, by their path below `environment.network`. */
export function idleNetwork(
  config: NetworkConfig,
  nodes: readonly NodeId[]
): { readonly path: readonly (string | number)[]; readonly message: string }[] {
  if (config.kind === 'ideal' || (config.kind === 'graph' && isUnread(config))) return [];
  const fabric = buildFabric(config, nodes);
  const idle = idleStages(config, fabric);
  if (config.loopback !== null && new Set(fabric.hostOf).size === fabric.hostOf.length) {
    idle.push({
      path: ['loopback'],
      message: 'no two nodes share a host, so nothing goes over it'
    });
  }
  return idle;
}

// A stage that no way leads over: everybody is on one switch of the stage below.
function idleStages(
  config: LinkedConfig,
  fabric: Fabric
): { readonly path: readonly (string | number)[]; readonly message: string }[] {
  const joined = new Set(
    fabric.links.flatMap(({ from, to }) =>
      from !== null && to !== null && fabric.hosts.includes(from) ? [to] : []
    )
  );
  switch (config.kind) {
    case 'racks':
      if (joined.size > 1) return [];
      return ['oversubscription', ...(config.coreLatency === null ? [] : ['coreLatency'])].map(
        field => ({ path: [field], message: 'all hosts are in one rack, so nothing leaves it' })
      );
    case 'two-level':
      if (joined.size > 1) return [];
      return ['spines', 'uplink'].map(field => {
        return {
          path: [field],
          message: 'all hosts are on one leaf, so nothing goes over a spine'
        };
      });
    case 'wan':
      return config.regions.flatMap((region, index) =>
        joined.has(region) ? [] : [{ path: ['regions', index], message: `no node is in ${region}` }]
      );
    default:
      return [];
  }
}
