/** What a real run comes to. */
import type { NodeId, Outcome } from '../core/node.ts';
import type { Row } from '../core/record.ts';
import type { NodeReport } from './launch/control-message.ts';

export interface RealRun {
  /** In the order of their times, on the axis that begins with the first view. */
  readonly rows: readonly Row[];
  readonly outcome: Outcome;
  readonly nodes: readonly RealNode[];
  /** What a reader of the results must know, as sentences. */
  readonly warnings: readonly string[];
  /** From the call to the beginning of the first gradient; null where there was none. */
  readonly startSeconds: number | null;
  /** From the call to the end of the last process. */
  readonly durationSeconds: number;
  /** Whether the environment was enforced. */
  readonly enforced: boolean;
}

/** A node of a run, for the manifest. */
export interface RealNode {
  readonly id: NodeId;
  readonly hostName: string;
  readonly pid: number;
  readonly nodeVersion: string;
  /** What was added to its host's clock to get the supervisor's, and how far that may be off. */
  readonly clockOffsetNanos: number;
  readonly clockErrorNanos: number;
  /** Null for a node that did not end in order. */
  readonly report: NodeReport | null;
}

/** A run that did not come to its end: which node is to blame, where one is, and why. */
export class RealRunError extends Error {
  readonly node: NodeId | null;

  constructor(node: NodeId | null, message: string) {
    super(message);
    this.name = 'RealRunError';
    this.node = node;
  }
}
