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
  const hosts = new Set(fabric.hosts);
  const joined = new Set(
    fabric.links.flatMap(({ from, to }) =>
      from !== null && to !== null && hosts.has(from) ? [to] : []
    )
  );
  switch (config.kind) {
    case 'racks':
      if (joined.size > 1) return [];
      return ['oversubscription', ...(config.coreLatency === null ? [] : ['coreLatency'])].map(
        field => ({ path: [field], message: 'all hosts are in one rack, so nothing leaves it' })
      );
    case 'two-level': {
      const tell = (message: string, ...fields: string[]) => {
        return [...fields, ...(config.routing === 'hash' ? [] : ['routing'])].map(field => {
          return { path: [field], message };
        });
      };
      if (joined.size > 1) {
        return config.spines === 1 ? tell('every way is over the one spine') : [];
      }
      const core = config.coreLatency === null ? [] : ['coreLatency'];
      const message = 'all hosts are on one leaf, so nothing goes over a spine';
      return tell(message, 'spines', 'uplink', ...core);
    }
    case 'fat-tree': {
      if (joined.size > 1 || config.routing === 'hash') return [];
      const message = 'all hosts are on one edge switch, so nothing leaves it';
      return [{ path: ['routing'], message }];
    }
    case 'wan':
      return config.regions.flatMap((region, index) =>
        joined.has(region) ? [] : [{ path: ['regions', index], message: `no node is in ${region}` }]
      );
    default:
      return [];
  }
}
