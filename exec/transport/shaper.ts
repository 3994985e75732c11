/**
 * The environment's network, enforced: each node's uplink and downlink held to its bandwidth, and
 * messages delivered a latency later. What this cannot do is faster than the machine, nor links that
 * hosts share: `launch/enforcement.ts` says which networks it does justice to.
 */
import type { NetworkConfig } from '../../core/environment/network.ts';
import type { NodeId } from '../../core/node.ts';
import type { Clock } from '../clock.ts';
import { type Cables, cablesOf } from './cables.ts';
import { Downlink } from './downlink.ts';
import { Uplink } from './uplink.ts';

/** The way between this node and one peer. */
export interface Route {
  /** Null: bytes leave as they come, and the latency alone is enforced. */
  readonly uplink: Uplink | null;
  readonly latencyNanos: number;
  /**
   * When bytes that have just come in from the peer are through this node's downlink; `inFrame` if
   * they go on with a frame of which some came before.
   */
  arrive(bytes: number, now: number, inFrame: boolean): number;
}

/** Enforces the cable of one node. */
export class Shaper {
  readonly #id: NodeId;
  readonly #cables: Cables;
  readonly #uplink: Uplink;
  readonly #downlink: Downlink;
  /** What this node is held to, for its rows. */
  readonly upBytesPerSecond: number;
  readonly downBytesPerSecond: number;

  private constructor(id: NodeId, cables: Cables, clock: Clock) {
    const host = cables.host(id);
    // Processes do not see each other's buckets: those of one host have equal parts of its cable.
    const sharers = cables.nodesOn(host);
    this.#id = id;
    this.#cables = cables;
    this.upBytesPerSecond = slowest(cables.uplinks(host)) / sharers;
    this.downBytesPerSecond = slowest(cables.downlinks(host)) / sharers;
    this.#uplink = new Uplink(this.upBytesPerSecond, clock);
    this.#downlink = new Downlink(this.downBytesPerSecond);
  }

  /** The shaper of node `id` among all `nodes` of a run; null where nothing is to be enforced. */
  static create(
    network: NetworkConfig,
    id: NodeId,
    nodes: readonly NodeId[],
    clock: Clock
  ): Shaper | null {
    if (network.kind === 'ideal') return null;
    return new Shaper(id, cablesOf(network, nodes), clock);
  }

  /** Makes a direction of the cable carry `factor` of what it should. */
  scale(direction: 'up' | 'down', factor: number): void {
    if (direction === 'up') this.#uplink.bytesPerSecond = factor * this.upBytesPerSecond;
    else this.#downlink.bytesPerSecond = factor * this.downBytesPerSecond;
  }

  /**
   * The way to and from `peer`; null for one on the same host, where messages are free unless there
   * is a loopback, of which the latency is enforced. The receiver adds the latency. Messages to and
   * from the coordinator are few and small, or of an evaluation, which the environment's network
   * does not carry: they have a latency alone.
   */
  route(peer: NodeId): Route | null {
    if (!this.#cables.nodes.includes(peer)) return null;
    const [own, host] = [this.#cables.host(this.#id), this.#cables.host(peer)];
    const latencyNanos = this.#cables.latencyNanos(peer, this.#id);
    if (host === own && latencyNanos === 0) return null;
    if (host === own || peer === 'c' || this.#id === 'c') {
      return { uplink: null, latencyNanos, arrive: (_bytes, now) => now };
    }
    const sender = slowest(this.#cables.uplinks(host));
    return {
      uplink: this.#uplink,
      latencyNanos,
      arrive: (bytes, now, inFrame) => this.#downlink.through(bytes, sender, now, inFrame)
    };
  }
}

// Infinity for a host that has nobody to talk to.
function slowest(links: readonly { readonly bytesPerSecond: number }[]): number {
  return Math.min(...links.map(({ bytesPerSecond }) => bytesPerSecond));
}
