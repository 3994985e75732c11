/** Between the faults of a simulation and the simulation. */
import type { Input, Instant } from '../../core/node.ts';
import type { FaultRow } from '../../core/record.ts';

/** What the simulation lets faults do. Nodes are indices. */
export interface Stage {
  now(): Instant;
  /** Calls at an instant, after what is due before. */
  later(at: Instant, call: () => void): void;
  hand(node: number, input: Input): void;
  /** Loses what is on its way from one node to another. */
  lose(from: number, to: number): void;
  /** Whether a node is there: it has neither stopped nor crashed. */
  isAlive(node: number): boolean;
  /** Whether any node has a computation under way. */
  isComputing(): boolean;
  incarnation(node: number): number;
  /** How fast a node works: 1 as it should, 0 not at all. */
  setSpeed(node: number, speed: number): void;
  hostOf(node: number): number;
  /** Makes the links from a host, or to it, carry so many times what they would. */
  setLinkFactor(host: number, direction: 'up' | 'down', factor: number): void;
  /** Ends a node's life without a word. */
  crash(node: number): void;
  /** Begins a node's next life. */
  restart(node: number): void;
  fail(reason: string): void;
  row(row: FaultRow): void;
  told(phase: FaultPhase): void;
}

/** A fault begins or ends, for the trace. */
export interface FaultPhase {
  readonly now: Instant;
  readonly phase: 'begins' | 'ends';
  readonly index: number;
  readonly fault: FaultRow['fault'];
  readonly subject: string;
}
