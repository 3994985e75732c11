/** Metric rows: what both drivers write, in the same form, as the results of a run. */

import type { FaultKind } from './environment/faults/fault.ts';
import type { Message } from './message.ts';
import type { Instant, NodeId, Outcome, WorkOperation } from './node.ts';

/** A measured row. Times are nanoseconds on the clock of the node that recorded it. */
export type Row =
  | IterationRow
  | EvaluationRow
  | ShardRow
  | TrafficRow
  | LinkRow
  | FaultRow
  | OutcomeRow
  | WorkRow
  | TransferRow
  | CrossTrafficRow;

/**
 * One iteration of one worker, recorded when it may start the next one. What is under way when the
 * run ends is no iteration: it has no row, in either driver.
 */
export interface IterationRow {
  readonly kind: 'iteration';
  readonly node: NodeId;
  readonly clock: number;
  /** When the computation began, when it ended, and when the last answer to its push was in. */
  readonly started: Instant;
  readonly computed: Instant;
  readonly ended: Instant;
  /** Time that the last of the answers to come had been parked by the consistency model. */
  readonly parkedNanos: number;
  readonly loss: number | null;
  /** Staleness of this gradient over the shards; null when it was not applied anywhere. */
  readonly stalenessMax: number | null;
  readonly stalenessMean: number | null;
  /** Shards that applied it; fewer than there are marks a partial update. */
  readonly applied: number;
}

/** The test set at one cut. */
export interface EvaluationRow {
  readonly kind: 'evaluation';
  readonly node: NodeId;
  readonly cut: number;
  /** When the cut was complete. */
  readonly at: Instant;
  /** Versions of the cut (mean over shards) and gradients in them. */
  readonly versions: number;
  readonly gradients: number;
  readonly loss: number;
  readonly accuracy: number | null;
  readonly final: boolean;
}

/** What one shard did in a run, recorded at its end. */
export interface ShardRow {
  readonly kind: 'shard';
  readonly node: NodeId;
  readonly versions: number;
  readonly gradients: number;
  readonly dropped: number;
  readonly duplicates: number;
  readonly refused: number;
  /** `histogram[k]` gradients were applied with staleness k. */
  readonly histogram: readonly number[];
  /** Updates that the shard was handed by work other than empty pushes, in elements applied. */
  readonly elementsApplied: number;
}

/** Bytes and messages that left a node, by class. Recorded by the driver at the end. */
export interface TrafficRow {
  readonly kind: 'traffic';
  readonly node: NodeId;
  readonly trainingBytes: number;
  readonly trainingMessages: number;
  readonly evaluationBytes: number;
  readonly evaluationMessages: number;
  readonly controlBytes: number;
  readonly controlMessages: number;
  /** CPU time spent on declared work, by the price list or as measured. */
  readonly workNanos: number;
}

/** Use of one directed link, in buckets of time from the start of the run. */
export interface LinkRow {
  readonly kind: 'link';
  readonly link: string;
  readonly bytesPerSecond: number | null;
  /** Ends of the buckets in nanoseconds, ascending; the first begins at 0. */
  readonly ends: readonly number[];
  /** Bytes carried in each bucket. */
  readonly bytes: readonly number[];
  /** Time during which a message at least was crossing it; only simulated runs measure it. */
  readonly busyNanos?: number;
}

/** What became of the messages of a source of cross traffic, recorded at the end. */
export interface CrossTrafficRow {
  readonly kind: 'cross-traffic';
  /** Its place in `environment.traffic`, and its ends as they are named there. */
  readonly source: number;
  readonly from: string;
  readonly to: string;
  /** All messages sent; the rest counts those delivered, but for the first `warmup`. */
  readonly sent: number;
  readonly messages: number;
  readonly bytes: number;
  /** Mean time from sending to delivery; the longest; null where none was delivered. */
  readonly sojournNanosMean: number | null;
  readonly sojournNanosMax: number | null;
  /** Mean time for which messages waited behind others of their session, the latency over. */
  readonly waitNanosMean: number | null;
  /**
   * Means over batches of so many messages each, in order, 63 batches at most: for intervals of
   * confidence (batch means), since the times of neighbouring messages depend on each other.
   */
  readonly batchMessages: number;
  readonly sojournNanosByBatch: readonly number[];
  readonly waitNanosByBatch: readonly number[];
}

/** CPU work of a node that took time. The simulator's driver records the first of a run. */
export interface WorkRow {
  readonly kind: 'work';
  readonly node: NodeId;
  /** Work that the node declared, or the sending or taking in of a message. */
  readonly operation: WorkOperation | 'send' | 'receive';
  readonly started: Instant;
  readonly ended: Instant;
}

/** A training message on its way. The simulator's driver records the first of a run. */
export interface TransferRow {
  readonly kind: 'transfer';
  readonly node: NodeId;
  readonly to: NodeId;
  readonly message: Message['kind'];
  readonly bytes: number;
  readonly sent: Instant;
  readonly arrived: Instant;
}

/** A fault that has struck. Recorded by the driver when it is over, or at the end of the run. */
export interface FaultRow {
  readonly kind: 'fault';
  /** Place in `environment.faults`, and the kind of fault there. */
  readonly index: number;
  readonly fault: FaultKind;
  /** Whom it struck: `w2`, `w1-s0`, `w0,w1/s0`. */
  readonly subject: string;
  /** Since the beginning of the run. */
  readonly began: Instant;
  /** Null: it was still on at the end of the run. */
  readonly ended: Instant | null;
}

/** The end of a run. */
export interface OutcomeRow {
  readonly kind: 'outcome';
  readonly node: NodeId;
  readonly at: Instant;
  readonly outcome: Outcome;
  /** Digest of the final params, hexadecimal; null in a timing-only run. */
  readonly digest: string | null;
}

/** A row as a clock has it that reads so much more: of iterations, whose times are those of a node. */
export function shiftedRow(row: Row, nanos: number): Row {
  if (row.kind !== 'iteration' || nanos === 0) return row;
  const { started, computed, ended } = row;
  return { ...row, started: started + nanos, computed: computed + nanos, ended: ended + nanos };
}
