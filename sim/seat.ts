/** A node in a simulation, and what its driver knows of it. */
import type { Input, Instant, Node, NodeId, Outcome } from '../core/node.ts';
import type { TrafficRow } from '../core/record.ts';
import { createNode, type RunSetup } from '../core/setup.ts';

export interface Seat {
  readonly id: NodeId;
  readonly node: Node;
  readonly host: number;
  /** The node is at work until then; what arrives waits in `inbox`. */
  busyUntil: Instant;
  readonly inbox: Input[];
  /** Messages that leave when the work before them is done. */
  delayed: number;
  /** Sets of each timer: an event of an earlier set is outdated. */
  readonly timers: Map<string, number>;
  /** Timers that have fired and not been handed over: clearing or setting one still takes it back. */
  readonly fired: Set<string>;
  /** Computations that have not been cancelled. */
  readonly computing: Set<number>;
  outcome: Outcome | null;
  readonly traffic: { -readonly [field in keyof TrafficRow]: TrafficRow[field] };
}

/** The node of this id, at its host, with nothing done yet. */
export function seat(setup: RunSetup, id: NodeId, host: number): Seat {
  return {
    id,
    node: createNode(setup, id),
    host,
    busyUntil: 0,
    inbox: [],
    delayed: 0,
    timers: new Map(),
    fired: new Set(),
    computing: new Set(),
    outcome: null,
    traffic: {
      kind: 'traffic',
      node: id,
      trainingBytes: 0,
      trainingMessages: 0,
      evaluationBytes: 0,
      evaluationMessages: 0,
      controlBytes: 0,
      controlMessages: 0,
      workNanos: 0
    }
  };
}
