/**
 * A network built for the nodes of a run, whatever its shape: hosts, switches, directed links and the
 * route from each host to each other. `sim` models it; `exec` enforces what it can of it; the picture
 * of a topology is drawn from it.
 */

/** A directed link, or one that both directions share. */
export interface FabricLink {
  /** Unique: `w0 up`, `rack1 down`, `leaf0-spine1 up`, `us to eu`, `w0 loopback`. */
  readonly name: string;
  /** More than 0, finite. */
  readonly bytesPerSecond: number;
  /** One way, integer nanoseconds, 0 or more. */
  readonly latencyNanos: number;
  /** `fatpipe`: each message has the capacity for itself; `shared` if nothing is said. */
  readonly policy?: 'shared' | 'fatpipe';
  /** Host or switch at either end; null for a link that only routes know. */
  readonly from: string | null;
  readonly to: string | null;
}

/** What joins links; itself never a bottleneck. */
export interface Switch {
  readonly name: string;
  /** 1 where hosts are joined to it, one more for each further stage. */
  readonly level: number;
}

export interface Fabric {
  /** Names of the hosts; a host is its index here. */
  readonly hosts: readonly string[];
  /** Host of each node, in the order of the nodes. */
  readonly hostOf: readonly number[];
  readonly switches: readonly Switch[];
  readonly links: readonly FabricLink[];
  /**
   * Indices of the links from one host to another, in order; within a host its loopback, or none.
   * Throws where there is no way: the pairs that a run needs have been looked at before it.
   */
  route(fromHost: number, toHost: number): readonly number[];
}

/** A network that does not fit its run. `path` says where, below `environment.network`. */
export class NetworkError extends Error {
  readonly path: readonly (string | number)[];

  constructor(path: readonly (string | number)[], message: string) {
    super(message);
    this.path = path;
  }
}
