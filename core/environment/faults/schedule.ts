/**
 * The faults of a run, one strand for each node, session or partition that a fault strikes, and when
 * each strand begins. Pure functions: drivers keep the time. Draws are keyed by (seed, fault, whom it
 * strikes, how often it has come), so that no driver and no order of events changes them.
 */
import type { Instant, NodeId } from '../../node.ts';
import { nodeIds } from '../../node-id.ts';
import { exponentialAt, nameKey } from '../../random.ts';
import { parseDuration, parseRate } from '../../units.ts';
import type { Misfit } from '../environment.ts';
import { FAULT } from '../keys.ts';
import type { FaultConfig, FaultsConfig } from './fault.ts';
import {
  haveSession,
  NoSuchSubject,
  nameOf,
  nodesNamed,
  type Subject,
  subjectsNamed
} from './subject.ts';
import type { Condition } from './trigger.ts';

/** One fault, at one of those that it strikes. */
export interface Strand {
  /** Place in `environment.faults`, and the fault there. */
  readonly index: number;
  readonly fault: FaultConfig;
  readonly subject: Subject;
  /** The subject in a word: `w2`, `w1-s0`, `w0,w1/s0`. */
  readonly name: string;
  /** How long it lasts each time, in nanoseconds; null: for good. */
  readonly lastsNanos: number | null;
}

/** The strands of all faults, in their order. Throws `NoSuchSubject`. */
export function strandsOf(faults: FaultsConfig, ids: readonly NodeId[]): Strand[] {
  return faults.flatMap((fault, index) =>
    subjectsOf(fault, ids).map(subject => {
      const lastsNanos = fault.for === undefined ? null : parseDuration(fault.for);
      return { index, fault, subject, name: nameOf(subject), lastsNanos };
    })
  );
}

/**
 * When a strand begins for the time `occurrence` (from 0), where the one before ended at `after`.
 * Infinity: not by time, or not again.
 */
export function beginsAt(
  strand: Strand,
  seed: number,
  occurrence: number,
  after: Instant
): Instant {
  const { at, every, rate, from, until } = strand.fault;
  if (at !== undefined) return occurrence === 0 ? parseDuration(at) : Infinity;
  const last = until === undefined ? Infinity : parseDuration(until);
  if (every !== undefined) {
    const period = parseDuration(every);
    const first = from === undefined ? period : parseDuration(from);
    const begins = first + period * Math.max(0, Math.ceil((after - first) / period));
    return begins <= last ? begins : Infinity;
  }
  // What comes for good comes once.
  const over = occurrence > 0 && strand.lastsNanos === null;
  if (rate === undefined || parseRate(rate) === 0 || over) return Infinity;
  const begin = Math.max(after, from === undefined ? 0 : parseDuration(from));
  const draw = exponentialAt(seed, strand.index, nameKey(strand.name), FAULT, occurrence);
  const begins = begin + Math.max(1, Math.round((draw * 1e9) / parseRate(rate)));
  return begins <= last && Number.isSafeInteger(begins) ? begins : Infinity;
}

/** Strands that wait for a clock, and how far the clocks of the workers are. */
export class ClockWatch {
  readonly #clocks: Float64Array;
  #waiting: Strand[];
  #least = 0;

  constructor(strands: readonly Strand[], workers: number) {
    this.#clocks = new Float64Array(workers);
    this.#waiting = strands.filter(({ fault }) => fault.when !== undefined);
  }

  /** Whether any strand still waits. */
  get watches(): boolean {
    return this.#waiting.length > 0;
  }

  /** A worker has pushed the gradients of `clock` iterations. Returns the strands that begin with it. */
  reached(worker: number, clock: number): readonly Strand[] {
    const before = this.#clocks[worker]!;
    if (clock <= before) return none;
    this.#clocks[worker] = clock;
    if (before === this.#least) this.#least = this.#clocks.reduce((a, b) => Math.min(a, b));
    const met = this.#waiting.filter(({ fault }) => this.#holds(fault.when!));
    if (met.length > 0) this.#waiting = this.#waiting.filter(strand => !met.includes(strand));
    return met;
  }

  #holds({ clock, reaches }: Condition): boolean {
    if (clock === 'min') return this.#least >= reaches;
    if (clock === 'max') return this.#clocks.some(one => one >= reaches);
    return this.#clocks[Number(clock.slice(1))]! >= reaches;
  }
}

const none: readonly Strand[] = [];

/** Faults on nodes, sessions and clocks that a run has not. */
export function faultMisfits(
  faults: FaultsConfig,
  { workers, servers }: { readonly workers: number; readonly servers: number }
): Misfit[] {
  if (faults.length === 0) return [];
  const ids = nodeIds({ workers, servers });
  return faults.flatMap((fault, i): Misfit[] => {
    const whom = fault.kind === 'partition' ? 'groups' : 'on';
    const refuse = (field: string, message: string): Misfit => {
      return { path: ['faults', i, field], message };
    };
    try {
      subjectsOf(fault, ids);
    } catch (error) {
      if (error instanceof NoSuchSubject) return [refuse(whom, error.message)];
      throw error;
    }
    const clock = fault.when?.clock ?? 'min';
    const has = !clock.startsWith('w') || Number(clock.slice(1)) < workers;
    return has ? [] : [refuse('when', `there is no ${clock}: ranks are 0 to ${workers - 1}`)];
  });
}

function subjectsOf(fault: FaultConfig, ids: readonly NodeId[]): Subject[] {
  if (fault.kind !== 'partition') return subjectsNamed(fault.on, ids);
  const groups = fault.groups.map(names => names.flatMap(name => nodesNamed([name], ids)));
  const all = groups.flat();
  const twice = all.find((node, i) => all.indexOf(node) < i);
  if (twice !== undefined)
    throw new NoSuchSubject(`${twice} is named twice: each node is in one group`);
  const apart = all.some(a =>
    groups.some(group => !group.includes(a) && group.some(b => haveSession(a, b)))
  );
  if (!apart)
    throw new NoSuchSubject('no session crosses this partition: nodes of a role have none');
  return [{ kind: 'groups', groups }];
}
