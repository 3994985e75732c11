/**
 * The environment's network, enforced: each node's uplink and downlink held to its bandwidth, and
 * messages delivered a latency later. What this cannot do is faster than the machine.
 */
import { type Host, type NetworkConfig, placeNodes } from '../../core/environment/network.ts';
import type { NodeId } from '../../core/node.ts';
import type { Clock } from '../clock.ts';
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
  readonly #hostOf: ReadonlyMap<NodeId, Host>;
  readonly #uplink: Uplink;
  readonly #downlink: Downlink;
  /** What this node is held to, for its rows. */
  readonly upBytesPerSecond: number;
  readonly downBytesPerSecond: number;

  private constructor(id: NodeId, hostOf: ReadonlyMap<NodeId, Host>, clock: Clock) {
    const host = hostOf.get(id);
    if (host === undefined) throw new Error(`${id} has no host in this network`);
    // Processes do not see each other's buckets: those of one host have equal parts of its cable.
    const sharers = [...hostOf.values()].filter(other => other === host).length;
    this.#id = id;
    this.#hostOf = hostOf;
    this.upBytesPerSecond = host.upBytesPerSecond / sharers;
    this.downBytesPerSecond = host.downBytesPerSecond / sharers;
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
    const { hosts, hostOf } = placeNodes(network, nodes);
    const table = new Map(nodes.map((node, index) => [node, hosts[hostOf[index]!]!]));
    return new Shaper(id, table, clock);
  }

  /**
   * The way to and from `peer`; null for one on the same host, where messages are free. The latency
   * is that of the sender's uplink and the receiver's downlink; the receiver adds both. Messages to
   * and from the coordinator are few and small, or of an evaluation, which the environment's
   * network does not carry: they have a latency alone.
   */
  route(peer: NodeId): Route | null {
    const own = this.#hostOf.get(this.#id)!;
    const host = this.#hostOf.get(peer);
    if (host === undefined || host === own) return null;
    const latencyNanos = host.upLatencyNanos + own.downLatencyNanos;
    if (peer === 'c' || this.#id === 'c') {
      return { uplink: null, latencyNanos, arrive: (_bytes, now) => now };
    }
    const sender = host.upBytesPerSecond;
    return {
      uplink: this.#uplink,
      latencyNanos,
      arrive: (bytes, now, inFrame) => this.#downlink.through(bytes, sender, now, inFrame)
    };
  }
}
