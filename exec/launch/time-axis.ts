/** Rows of all nodes on one axis of time: that of the run, which begins with the first view. */
import type { NodeId } from '../../core/node.ts';
import { type Row, shiftedRow } from '../../core/record.ts';

/** A node's clock, as the supervisor sees it. */
interface NodeClock {
  /** Where it counts from, on the clock of the supervisor's host. */
  readonly origin: bigint;
}

/** Holds rows back until it is known when the run began and when the clock of their node did. */
export class TimeAxis {
  readonly #deliver: (row: Row) => void;
  readonly #clocks = new Map<NodeId, NodeClock>();
  #held: { readonly from: NodeId; readonly row: Row }[] = [];
  /** Time zero of the run, on the clock of the supervisor's host. */
  #zero: bigint | null = null;

  constructor(deliver: (row: Row) => void) {
    this.#deliver = deliver;
  }

  /** Time zero of the run on the host's clock; null before it is known. */
  get zero(): bigint | null {
    return this.#zero;
  }

  /**
   * A node's clock counts from `origin` of its host's clock; `offsetNanos` is what to add to that
   * one to get this host's.
   */
  started(id: NodeId, origin: bigint, offsetNanos: number): void {
    this.#clocks.set(id, { origin: origin + BigInt(Math.round(offsetNanos)) });
    this.#release();
  }

  /** The run began at `at` of the coordinator's clock. */
  began(at: number): void {
    const clock = this.#clocks.get('c');
    if (clock === undefined) throw new Error('the run begins before its coordinator');
    this.#zero = clock.origin + BigInt(at);
    this.#release();
  }

  add(from: NodeId, row: Row): void {
    const shifted = this.#shift(from, row);
    if (shifted === null) this.#held.push({ from, row });
    else this.#deliver(shifted);
  }

  /** Delivers what is still held back, as it is: the run ended before it began. */
  close(): void {
    for (const { row } of this.#held) this.#deliver(row);
    this.#held = [];
  }

  #release(): void {
    const held = this.#held;
    this.#held = [];
    for (const { from, row } of held) this.add(from, row);
  }

  // The coordinator's rows count from the beginning of the run already.
  #shift(from: NodeId, row: Row): Row | null {
    if (row.kind !== 'iteration') return row;
    const clock = this.#clocks.get(from);
    if (this.#zero === null || clock === undefined) return null;
    return shiftedRow(row, Number(clock.origin - this.#zero));
  }
}

/** When a row speaks of, for sorting: what sums up a run comes last. */
export function timeOf(row: Row): number {
  switch (row.kind) {
    case 'iteration':
      return row.ended;
    case 'evaluation':
    case 'outcome':
      return row.at;
    case 'fault':
      return row.began;
    default:
      return Infinity;
  }
}
