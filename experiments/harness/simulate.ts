/** One simulated run, from its configuration to its rows. */
import type { Config } from '../../core/config.ts';
import type { Effect, Input, Instant, NodeId, Outcome } from '../../core/node.ts';
import type { Row } from '../../core/record.ts';
import { setupRun } from '../../core/setup.ts';
import type { Learner } from '../../exec/learning/learner.ts';
import type { FaultPhase } from '../../sim/faults/stage.ts';
import type { Observer } from '../../sim/observer.ts';
import { Simulation } from '../../sim/simulation.ts';
import { advance, checkMemory, type RunLimits } from './run-limits.ts';

/** What a simulated run comes to. */
export interface SimulatedRun {
  readonly rows: readonly Row[];
  readonly outcome: Outcome;
  /** Virtual time at the end. */
  readonly nanos: Instant;
  /** Messages of all classes. */
  readonly messages: number;
  /** Gradients and evaluations computed, and the seconds of this machine that those of values took. */
  readonly computations: number;
  readonly computeSeconds: number;
}

/** What a simulated run needs besides its configuration. */
export interface SimulateOptions {
  /** Computes gradients and evaluations. Made by `createLearner`; closed by whoever made it. */
  readonly learner: Learner;
  /** Every input with its effects, for a trace. */
  readonly handled?: (node: NodeId, now: Instant, input: Input, effects: readonly Effect[]) => void;
  /** Faults that begin and end, for a trace. */
  readonly fault?: (phase: FaultPhase) => void;
  /** Work and transfers that become rows: as many as a timeline of the start needs, unless said. */
  readonly spansMax?: number;
  /** Looks at every invariant after every event, and throws the first `Violation`. */
  readonly check?: boolean;
  /** Throws `RunLimitReached` when the run has had so many events, or the process so many bytes. */
  readonly limits?: RunLimits;
  /** Called now and then with the virtual time and the latest evaluation's cut. */
  readonly progress?: (nanos: Instant, evaluations: number) => void;
}

/** Spans enough for the first iterations of some tens of nodes, and some hundred kilobytes. */
const spansShown = 3000;

/** Computations from one look at the memory to the next. */
const memoryEvery = 64;

/**
 * Runs `config` in virtual time. Throws on bugs and at the limits; a run that fails or diverges says
 * so.
 */
export async function simulate(config: Config, options: SimulateOptions): Promise<SimulatedRun> {
  const { learner, handled, fault, progress, spansMax = spansShown, check, limits } = options;
  const rows: Row[] = [];
  let spans = 0;
  let evaluations = 0;
  const observer: { -readonly [event in keyof Observer]: Observer[event] } = {
    row: row => {
      rows.push(row);
      if (row.kind !== 'evaluation') return;
      evaluations += 1;
      progress?.(simulation.now, evaluations);
    },
    span: row => {
      rows.push(row);
      // Nobody is told of the rest, and it costs nothing.
      if (++spans >= spansMax) observer.span = undefined;
    },
    ...(handled === undefined ? {} : { handled }),
    ...(fault === undefined ? {} : { fault })
  };
  const watched = check === true || limits !== undefined;
  const watch = { check: check === true, eventsMax: limits?.events ?? Infinity };
  const setup = setupRun(config, learner.model);
  const simulation = new Simulation(setup, observer, watched ? watch : null);
  // Without values nothing is computed, and the clock would cost more than that.
  const seconds = learner.model.initialParams === null ? () => 0 : () => performance.now() / 1000;
  const memoryMax = limits?.memoryBytes ?? Infinity;
  let computations = 0;
  let computeSeconds = 0;
  for (;;) {
    const outstanding = advance(simulation, rows);
    if (outstanding === null) break;
    if (memoryMax < Infinity && computations % memoryEvery === 0) {
      checkMemory(memoryMax, simulation, rows);
    }
    const began = seconds();
    const result = learner.compute(outstanding.job);
    simulation.provide(result instanceof Promise ? await result : result);
    computations += 1;
    computeSeconds += seconds() - began;
  }
  const outcome = simulation.outcome ?? { kind: 'failed', reason: 'the run did not end' };
  const { now, messages } = simulation;
  return { rows, outcome, nanos: now, messages, computations, computeSeconds };
}
