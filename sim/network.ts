import type { LinksConfig } from '../core/environment/links.ts';
import { ChangingNetwork, type LinkSchedule } from './changing-network.ts';
import { ChunkNetwork, type ChunkSettings } from './chunk-network.ts';
import type { CrossTraffic } from './cross-traffic.ts';
import { FlowNetwork } from './flow-network.ts';
import { type FlowOptions, plainFlows } from './flow-options.ts';
import { IdealNetwork } from './ideal-network.ts';
import { schedulesOf, withLinks } from './link-schedules.ts';
import type { LinkStatistics } from './link-usage.ts';
import type { Sharing } from './sharing.ts';
import { buildTopology, type Shape } from './topology.ts';

/**
 * What carries the messages of a simulation. Times are integer nanoseconds and never decrease from
 * call to call, nor pass over an event: `advance` is called at every `nextEvent`.
 *
 * Hosts, sessions and tags are integers of the caller's: hosts as the topology numbers them,
 * sessions small (they index tables), tags whatever names a message to the caller.
 *
 * A session is one directed stream of bytes between two nodes. Its messages are delivered in order;
 * at most one is in its bandwidth phase, which begins at max(sent + latency, end of the one before).
 * Latency takes no bandwidth. A message without bytes is delivered where its bandwidth phase would
 * begin. Lower priorities leave the sender first, at message boundaries.
 */
export interface Network {
  /** Hands a message over. The first message of a session fixes its hosts until it is cut. */
  send(
    now: number,
    fromHost: number,
    toHost: number,
    session: number,
    bytes: number,
    priority: number,
    tag: number
  ): void;
  /** Time of the next event of the network in nanoseconds, not before the last call's; or Infinity. */
  nextEvent(): number;
  /** Processes the events up to `now`; appends the tags of messages delivered, in a fixed order. */
  advance(now: number, delivered: number[]): void;
  /**
   * Ends a session: what is queued or on its way is lost. Returns the tags lost, in the order in
   * which they would have arrived. The number may then be used for a new session.
   */
  cut(now: number, session: number): number[];
  /** Latency of what is sent now on an open session, in nanoseconds. */
  latencyNanos(session: number): number;
  /** Changes links in the course of a run; null where the network has none that can be changed. */
  readonly controls: LinkControls | null;
  /** Latency of what is sent now on an open session, in nanoseconds. */
  latencyNanos(session: number): number;
  /** Messages sent and neither delivered nor lost, and their bytes as they were handed to `send`. */
  underWay(): { readonly messages: number; readonly bytes: number };
  /** What each link has carried up to the latest call. */
  links(): readonly LinkStatistics[];
  /**
   * Throws a `Violation` that says which invariant does not hold: looks at everything. Called when an
   * instant is over, that is, when `nextEvent` has named a later time.
   */
  check(): void;
}

/**
 * What may happen to links. A link is its index in the topology, and in `names`. A link carries
 * `factor` of its capacity while it is up, and nothing while it is down: what is on its way over it
 * then waits, unless its sessions are cut.
 */
export interface LinkControls {
  readonly names: readonly string[];
  /** The links by which messages leave a host, or reach it. */
  linksAt(host: number, direction: 'up' | 'down'): readonly number[];
  /** Changes what a link can carry, for the messages on their way too; 0 holds them. */
  setCapacity(now: number, link: number, bytesPerSecond: number): void;
  /** Makes a link carry so many times its capacity, whatever that is or becomes: 0 or more. */
  scale(now: number, link: number, factor: number): void;
  setUp(now: number, link: number, isUp: boolean): void;
  /** Changes the latency of a link in nanoseconds, for messages sent from now on. */
  setLatency(now: number, link: number, latencyNanos: number): void;
  /** The open sessions that cross a link: those to cut when it fails. */
  sessionsOver(link: number): number[];
}

/** What a run's configuration says of its network. `ideal`: no latency, bandwidth without bound. */
export type NetworkDescription = { readonly kind: 'ideal' } | Shape;

export interface NetworkOptions {
  readonly sharing: Sharing;
  /** Carries messages in chunks; null: as flows that share links by rates. */
  readonly chunks: ChunkSettings | null;
  /** What is said of flows; the solver is that of their law, unless `sharing` is given. */
  readonly flows: FlowOptions;
  /** What is peculiar to single links. */
  readonly links: LinksConfig;
  /** What others send; null when nobody does. */
  readonly traffic: CrossTraffic | null;
  /** First width of the buckets of time in the statistics, in nanoseconds, more than 0. */
  readonly bucketNanos: number;
}

/** Builds a network; the options have defaults that only tests and plots need to change. */
export function createNetwork(
  description: NetworkDescription,
  options: Partial<NetworkOptions> = {}
): Network {
  const { links = [], traffic = null } = options;
  if (description.kind === 'ideal') return changing(new IdealNetwork(), [], traffic);
  const topology = withLinks(buildTopology(description), links);
  const { flows = plainFlows, chunks = null, bucketNanos = 1_000_000 } = options;
  const sharing = options.sharing ?? flows.law.solver();
  const network =
    chunks === null
      ? new FlowNetwork(topology, sharing, bucketNanos, flows)
      : new ChunkNetwork(topology, chunks, bucketNanos);
  return changing(network, schedulesOf(links, topology), traffic);
}

function changing(
  network: Network,
  schedules: readonly LinkSchedule[],
  traffic: CrossTraffic | null
): Network {
  if (schedules.length === 0 && traffic === null) return network;
  return new ChangingNetwork(network, { schedules, traffic });
}
