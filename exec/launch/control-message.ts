/**
 * What a node's process and the supervisor say to each other: how a run is set up, watched and
 * ended. No word of the protocol of training: that passes between the nodes.
 */
import type { Config } from '../../core/config.ts';
import type { NodeId, Outcome } from '../../core/node.ts';
import type { Row } from '../../core/record.ts';
import type { BackendName } from '../backends/backend.ts';
import type { ComputeDevice } from '../compute-thread.ts';
import type { PacingReport } from '../pacing.ts';
import type { DriverReport } from '../process.ts';

/** Which transport sessions take where both would do. */
export type TransportChoice = 'auto' | 'tcp' | 'unix';

/** From the supervisor, in the order of a run. */
export type ToNode =
  /** The whole configuration, and its hash, which the node checks. */
  | {
      readonly kind: 'run';
      readonly config: Config;
      readonly configuration: string;
      /** Backend that is forced, or null. */
      readonly backend: BackendName | null;
      readonly transport: TransportChoice;
      readonly trace: boolean;
      /** Folder for Unix sockets that other nodes of this host find; null on another host. */
      readonly socketFolder: string | null;
    }
  /** Where everybody listens, best address first; every node of the run is there. */
  | {
      readonly kind: 'peers';
      readonly addresses: readonly (readonly [NodeId, readonly string[]])[];
      /** Whether the environment is enforced: all nodes share this host. */
      readonly enforce: boolean;
    }
  /** All are ready: the node's life begins. */
  | { readonly kind: 'go' }
  /** A fault, by its place among the strands of the configuration, begins or ends. */
  | { readonly kind: 'fault'; readonly strand: number; readonly phase: 'begins' | 'ends' }
  /** All have ended: close and exit. */
  | { readonly kind: 'leave' }
  /** The run has failed: exit at once. */
  | { readonly kind: 'abort'; readonly reason: string };

/** From a node, in the order of a run. */
export type FromNode =
  | {
      readonly kind: 'here';
      /** Names the host: nodes of one host see the same clock and may share a file system. */
      readonly host: string;
      readonly hostName: string;
      readonly pid: number;
      readonly nodeVersion: string;
      /** What to add to the node's host clock to get the supervisor's. */
      readonly clockOffsetNanos: number;
      readonly roundTripNanos: number;
    }
  | { readonly kind: 'listening'; readonly addresses: readonly string[] }
  | { readonly kind: 'ready'; readonly device: ComputeDevice | null }
  /** What a node that is not ready yet is waiting for, in words. */
  | { readonly kind: 'waiting'; readonly waitsFor: string }
  /** The node's clock is at 0, at this instant of its host's clock. */
  | { readonly kind: 'started'; readonly origin: string }
  /** The coordinator's first view: time zero of the run, on the node's clock. */
  | { readonly kind: 'began'; readonly at: number }
  /** A worker has pushed so many gradients: told where a fault waits for clocks. */
  | { readonly kind: 'clock'; readonly clock: number }
  /** The node has put down what it was at, and can be stopped. */
  | { readonly kind: 'frozen' }
  | { readonly kind: 'rows'; readonly rows: readonly Row[] }
  /** Lines of the node's trace, each with its end. */
  | { readonly kind: 'trace'; readonly text: string }
  /** Every second: how long the computation under way has been, and peers without a session. */
  | {
      readonly kind: 'pulse';
      readonly computingNanos: number | null;
      readonly missing: readonly NodeId[];
    }
  | { readonly kind: 'ended'; readonly outcome: Outcome; readonly report: NodeReport }
  /** The process cannot go on, and ends. */
  | { readonly kind: 'failed'; readonly reason: string };

/** What a node's process says of itself at its end, for the manifest. */
export interface NodeReport extends DriverReport {
  readonly pacing: PacingReport | null;
  /** Whether the environment was enforced on it. */
  readonly enforced: boolean;
  readonly device: ComputeDevice | null;
  /** Sessions that broke and came back. */
  readonly reconnections: number;
  readonly warnings: readonly string[];
}
