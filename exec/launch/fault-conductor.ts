/**
 * Carries the faults of a real run out: the supervisor keeps the time and watches the clocks, stops
 * and kills processes by signals, and tells nodes what to do to their own connections and pace.
 */
import type { Config } from '../../core/config.ts';
import { formatFaults } from '../../core/environment/faults/fault.ts';
import {
  beginsAt,
  ClockWatch,
  type Strand,
  strandsOf
} from '../../core/environment/faults/schedule.ts';
import type { NodeId } from '../../core/node.ts';
import { nodeIds } from '../../core/node-id.ts';
import type { FaultRow } from '../../core/record.ts';
import { hostNanos } from '../clock.ts';
import type { Roster } from './roster.ts';

/** What the supervisor does for it. */
export interface ConductorOwner {
  /** Tells a node, or all nodes, that a fault begins or ends; it is named by its place in the list. */
  tell(node: NodeId | null, strand: number, phase: 'begins' | 'ends'): void;
  signal(node: NodeId, signal: NodeJS.Signals): void;
  /** Whether a node has not ended. */
  isAlive(node: NodeId): boolean;
  fail(node: NodeId, reason: string): void;
  row(row: FaultRow): void;
  trace(text: string): void;
}

/** Conducts the faults of a run with these nodes; null where there are none. */
export function conductorOf(
  config: Config,
  roster: Roster,
  options: {
    readonly fail: ConductorOwner['fail'];
    readonly row: ConductorOwner['row'];
    readonly trace: (of: 'faults', text: string) => void;
  }
): FaultConductor | null {
  if (config.environment.faults.length === 0) return null;
  const { fail, row, trace } = options;
  return new FaultConductor(config, {
    tell(node, strand, phase) {
      for (const { id, link } of roster.seats) {
        if (node === null || node === id) link?.send({ kind: 'fault', strand, phase });
      }
    },
    signal: (node, signal) => roster.seat(node).child?.kill(signal),
    isAlive: node => roster.seat(node).ended === null,
    fail,
    row,
    trace: text => trace('faults', text)
  });
}

export class FaultConductor {
  readonly #owner: ConductorOwner;
  readonly #seed: number;
  readonly #strands: readonly Strand[];
  readonly #watch: ClockWatch;
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #present = new Map<Strand, number>();
  /** By node: pauses that are on. */
  readonly #paused = new Map<NodeId, number>();
  #zero: bigint | null = null;

  constructor(config: Config, owner: ConductorOwner) {
    const { environment, seed, workers } = config;
    this.#owner = owner;
    this.#seed = seed;
    this.#strands = strandsOf(environment.faults, nodeIds(config));
    this.#watch = new ClockWatch(this.#strands, workers);
  }

  /** The run has begun, at this instant of the host's clock. */
  begin(zero: bigint): void {
    this.#zero = zero;
    for (const strand of this.#strands) this.#await(strand, 0, 0);
  }

  /** A worker has pushed so many gradients. */
  reached(worker: number, clock: number): void {
    for (const strand of this.#watch.reached(worker, clock)) this.#begin(strand, 0);
  }

  /** A node that is to be stopped has put down what it was at. */
  frozen(node: NodeId): void {
    if ((this.#paused.get(node) ?? 0) > 0) this.#owner.signal(node, 'SIGSTOP');
  }

  /** The run is over: nothing more happens, and nobody stays stopped. */
  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    for (const [node, pauses] of this.#paused) {
      if (pauses > 0) this.#owner.signal(node, 'SIGCONT');
    }
    for (const [strand, began] of this.#present) this.#record(strand, began, null);
    this.#present.clear();
  }

  #now(): number {
    return this.#zero === null ? 0 : Number(hostNanos() - this.#zero);
  }

  #at(nanos: number, call: () => void): void {
    const millis = Math.max(0, (nanos - this.#now()) / 1e6);
    // Longer than any run, and more than a timer takes.
    if (millis > 2_000_000_000) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      call();
    }, millis);
    this.#timers.add(timer);
  }

  #await(strand: Strand, occurrence: number, after: number): void {
    const at = beginsAt(strand, this.#seed, occurrence, after);
    if (at < Infinity) this.#at(at, () => this.#begin(strand, occurrence));
  }

  #begin(strand: Strand, occurrence: number): void {
    const began = this.#now();
    const { subject, lastsNanos } = strand;
    if (subject.kind === 'node' && !this.#owner.isAlive(subject.node)) return;
    this.#present.set(strand, began);
    this.#tell(strand, 'begins', began);
    this.#do(strand, 'begins');
    if (lastsNanos === null) return;
    this.#at(began + lastsNanos, () => {
      const ended = this.#now();
      this.#present.delete(strand);
      this.#tell(strand, 'ends', ended);
      this.#do(strand, 'ends');
      this.#record(strand, began, ended);
      this.#await(strand, occurrence + 1, ended);
    });
  }

  #do(strand: Strand, phase: 'begins' | 'ends'): void {
    const { fault, subject } = strand;
    const owner = this.#owner;
    const place = this.#strands.indexOf(strand);
    if (subject.kind !== 'node' || (fault.kind !== 'pause' && fault.kind !== 'crash')) {
      owner.tell(null, place, phase);
      return;
    }
    const { node } = subject;
    if (fault.kind === 'crash') {
      owner.signal(node, 'SIGKILL');
      const what = `killed by environment.faults.${strand.index} (${formatFaults([fault])})`;
      owner.fail(node, `${what}: no protocol of today goes on without it, or takes it in again`);
      return;
    }
    const pauses = (this.#paused.get(node) ?? 0) + (phase === 'begins' ? 1 : -1);
    this.#paused.set(node, pauses);
    if (phase === 'ends' && pauses === 0) owner.signal(node, 'SIGCONT');
    owner.tell(node, place, phase);
  }

  #tell({ index, fault, name }: Strand, phase: 'begins' | 'ends', now: number): void {
    const line = { now, phase, index, fault: fault.kind, subject: name };
    this.#owner.trace(`${JSON.stringify(line)}\n`);
  }

  #record({ index, fault, name }: Strand, began: number, ended: number | null): void {
    this.#owner.row({ kind: 'fault', index, fault: fault.kind, subject: name, began, ended });
  }
}
