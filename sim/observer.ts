/** What a simulation tells, and what it asks for. */
import type { Effect, Input, Instant, Job, NodeId } from '../core/node.ts';
import type { Row, TransferRow, WorkRow } from '../core/record.ts';
import type { FaultPhase } from './faults/stage.ts';

/** A computation whose result is due before time can go on. */
export interface Outstanding {
  readonly job: Job;
  readonly node: NodeId;
  /** Virtual time at which the result is needed. */
  readonly at: Instant;
}

/** What a simulation tells as it goes; all of it may be ignored. */
export interface Observer {
  row?(row: Row): void;
  /** Work that took time, and training messages that arrived: as many as a run has. */
  span?: ((row: WorkRow | TransferRow) => void) | undefined;
  /** Every input of every node, at the time on its own clock, with the effects that it had. */
  handled?(node: NodeId, now: Instant, input: Input, effects: readonly Effect[]): void;
  /** A fault begins or ends. */
  fault?(phase: FaultPhase): void;
}
