/**
 * The contract between a protocol node and whatever drives it. A node is a state machine: values
 * in, values out, no clock, no socket, no chance of its own. This is the whole loop of a driver:
 *
 *   for (const effect of node.handle(input, now)) perform(effect);
 *
 * `sim` performs effects in virtual time, `exec` in real time; the node cannot tell which.
 */
import type { Message } from './message.ts';
import type { Params, Update } from './params.ts';
import type { Row } from './record.ts';
import type { KeySet } from './tensors.ts';

/** Integer nanoseconds since the start of the node that is told it. Never decreases. */
export type Instant = number;

/** `w3` worker of rank 3, `s0` server of shard 0, `a1` aggregator of rack 1, `c` the coordinator. */
export type NodeId = `w${number}` | `s${number}` | `a${number}` | 'c';

/** A protocol participant. `handle` is synchronous, total and deterministic. */
export interface Node {
  readonly id: NodeId;
  /** Takes one input and returns the effects to perform, in this order. */
  handle(input: Input, now: Instant): readonly Effect[];
  /** The whole state as data; large immutable parts (params versions) are shared, not copied. */
  snapshot(): Snapshot;
}

/** What a node receives. */
export type Input =
  /** First input of a life. `restored` is the last snapshot persisted, or null for a fresh node. */
  | { kind: 'start'; incarnation: number; restored: Snapshot | null }
  /** A message, in order within its session. `sequence` counts the messages of the session from 0. */
  | { kind: 'message'; from: NodeId; session: number; sequence: number; message: Message }
  | { kind: 'timer'; name: TimerName }
  /** The result of the computation `id`. Never arrives for a computation that was cancelled. */
  | { kind: 'computed'; id: number; result: Result }
  /** What `persist` with this id came to: null when durable, else the reason it failed. */
  | { kind: 'persisted'; id: number; failure: string | null }
  /** A session with `peer` begins. What was sent on an earlier session and not answered is lost. */
  | { kind: 'session-up'; peer: NodeId; session: number; incarnation: number }
  | { kind: 'session-down'; peer: NodeId; session: number }
  /** The sending queue to `peer` has fallen below its low mark; `credit` bytes fit before the high one. */
  | { kind: 'drained'; peer: NodeId; session: number; credit: number };

/** What a node asks for. */
export type Effect =
  /** Lower priorities leave the sender's queue first, at message boundaries; equal ones in order. */
  | { kind: 'send'; to: NodeId; message: Message; priority: number }
  /** Sets or replaces the timer of this name. */
  | { kind: 'set-timer'; name: TimerName; at: Instant }
  | { kind: 'clear-timer'; name: TimerName }
  /** Ids count up from 0 in one incarnation of a node. */
  | { kind: 'compute'; id: number; job: Job }
  | { kind: 'cancel'; id: number }
  /** CPU work of handling the input, done before any effect: `sim` prices it, `exec` labels it. */
  | { kind: 'work'; operation: WorkOperation; elements: number }
  /** Makes `snapshot` durable under `slot` (a later one replaces an earlier one of the same slot). */
  | { kind: 'persist'; id: number; slot: string; snapshot: Snapshot }
  | { kind: 'record'; row: Row }
  /** The node has ended; nothing is handed to it afterwards. */
  | { kind: 'stop'; outcome: Outcome };

/** Timers a node may set; the name says what happens when it fires. */
export type TimerName = 'time-limit' | 'join-deadline' | 'heartbeat' | 'resend' | 'refresh';

/** CPU work that a node declares, priced by element (one float32 each). */
export type WorkOperation = 'encode' | 'decode' | 'apply';

/** Work for the compute device of a node. A batch is named by (worker, clock), never drawn. */
export type Job =
  /** The gradient of the mean loss over the batch (worker, clock) at `params`. */
  | { kind: 'gradient'; worker: number; clock: number; params: Params }
  /**
   * `steps` local SGD steps in one iteration, over the batches (worker, `batch`) and following; the
   * result is a gradient's, and its update is the delta.
   */
  | {
      kind: 'local-steps';
      worker: number;
      clock: number;
      batch: number;
      params: Params;
      steps: number;
      learningRate: number;
    }
  /** The keys that the batch (worker, clock) touches: asked before the first pull of a sparse model. */
  | { kind: 'keys'; worker: number; clock: number }
  /** Loss and accuracy on the test set; costs no virtual time and no training process. */
  | { kind: 'evaluation'; cut: number; params: Params };

/** What a job comes to. */
export type Result =
  | {
      kind: 'gradient';
      /** Mean loss over the batch, or null in a timing-only run. NaN marks a diverged run. */
      loss: number | null;
      samples: number;
      update: Update;
      /** Keys of the batch (worker, clock + 1) for a sparse model, else null. */
      nextKeys: KeySet | null;
    }
  | { kind: 'keys'; keys: KeySet }
  | { kind: 'evaluation'; loss: number; accuracy: number | null }
  /** The device failed: the node ends the run with this reason. */
  | { kind: 'failure'; reason: string };

/** How a run ended. */
export type Outcome =
  | { kind: 'done'; reason: StopReason }
  /** A loss or a param became NaN or infinite in this iteration. */
  | { kind: 'diverged'; node: NodeId; clock: number }
  | { kind: 'failed'; reason: string };

/** Which of the conditions of `stopAt` ended a run. */
export type StopReason = 'target' | 'iterations' | 'gradients' | 'seconds';

/** A node's state as data. */
export type Snapshot = { readonly [field: string]: SnapshotValue };

/** Values a snapshot may hold: JSON, and typed arrays that are never written again. */
export type SnapshotValue =
  | null
  | boolean
  | number
  | string
  | Float32Array
  | Float64Array
  | Uint32Array
  | Uint8Array
  | readonly SnapshotValue[]
  | { readonly [field: string]: SnapshotValue };
