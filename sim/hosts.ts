/** The hosts of a simulation: which node is where, and the network between them. */

import type { Config } from '../core/config.ts';
import { burstBytes } from '../core/environment/chunks.ts';
import type { FlowsConfig } from '../core/environment/flows.ts';
import type { LinksConfig } from '../core/environment/links.ts';
import { buildFabric, type NetworkConfig } from '../core/environment/network.ts';
import {
  intervalDraw,
  type NamedHosts,
  sizeDraw,
  type TrafficConfig,
  trafficEnds
} from '../core/environment/traffic.ts';
import type { NodeId } from '../core/node.ts';
import { parseBandwidth, parseDuration, parseSize } from '../core/units.ts';
import type { ChunkSettings } from './chunk-network.ts';
import { CrossTraffic, type TrafficSource } from './cross-traffic.ts';
import type { FlowOptions } from './flow-options.ts';
import { withLinks } from './link-schedules.ts';
import { createNetwork, type Network, type NetworkDescription } from './network.ts';
import { sharingLaw } from './sharing-law.ts';
import type { Link } from './topology.ts';

export interface Hosts {
  readonly network: Network;
  /** Host of each node, in the order of the nodes. */
  readonly of: readonly number[];
  /** What others send over the network; null when nobody does. */
  readonly traffic: CrossTraffic | null;
}

/** Places the nodes and builds the network that the configuration describes. */
export function hostsOf(
  { environment, seed }: Pick<Config, 'environment' | 'seed'>,
  ids: readonly NodeId[]
): Hosts {
  const { flows, links, network } = environment;
  const { names, of, topology } = placed(network, links, ids);
  const description: NetworkDescription =
    topology === null ? { kind: 'ideal' } : { kind: 'fabric', fabric: topology };
  const traffic = trafficOf(environment.traffic, seed, { names, of, ids });
  const chunks = flows.model === 'chunks' ? chunkSettings(flows, topology?.links ?? []) : null;
  return {
    network: createNetwork(description, { chunks, flows: flowOptions(flows), links, traffic }),
    of,
    traffic
  };
}

/** The names of the hosts, the host of each node, and what joins them; null for an ideal network. */
function placed(config: NetworkConfig, links: LinksConfig, ids: readonly NodeId[]) {
  if (config.kind === 'ideal') {
    return { names: ids, of: ids.map((_, index) => index), topology: null };
  }
  const fabric = buildFabric(config, ids);
  return { names: fabric.hosts, of: fabric.hostOf, topology: withLinks(fabric, links) };
}

function trafficOf(config: TrafficConfig, seed: number, hosts: NamedHosts): CrossTraffic | null {
  if (config.length === 0) return null;
  const sources = config.map((source, index): TrafficSource => {
    const { fromHost, toHost } = trafficEnds(source, hosts);
    const { from, to } = source;
    return {
      from,
      to,
      fromHost,
      toHost,
      interval: intervalDraw(source, index, seed),
      bytes: sizeDraw(source, index, seed),
      isFifo: source.discipline === 'fifo',
      startNanos: parseDuration(source.start),
      messagesMax: source.messages ?? Infinity,
      warmup: source.warmup
    };
  });
  return new CrossTraffic(sources);
}

function flowOptions({ sharing, overhead, rateCap, slowStart }: FlowsConfig): FlowOptions {
  return {
    law: sharingLaw(sharing),
    overheadBytes: parseSize(overhead.bytes),
    overheadNanos: parseDuration(overhead.time),
    bytesPerSecondMax: rateCap === null ? Infinity : parseBandwidth(rateCap),
    slowStart: slowStart && {
      windowBytes: parseSize(slowStart.window),
      idleNanos: slowStart.idle === null ? Infinity : parseDuration(slowStart.idle)
    }
  };
}

function chunkSettings({ chunks }: FlowsConfig, links: readonly Link[]): ChunkSettings {
  const { chunk, perFlow, goodput } = chunks;
  return {
    chunkBytes: parseSize(chunk),
    perFlow,
    burstBytes: links.map(({ name }) => burstBytes(chunks, name)),
    goodput
  };
}
