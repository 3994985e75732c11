/** One simulated run, from its configuration to its rows. */
import type { Config } from '../../core/config.ts';
import type { Effect, Input, Instant, NodeId, Outcome } from '../../core/node.ts';
import type { Row } from '../../core/record.ts';
import { setupRun } from '../../core/setup.ts';
import type { Learner } from '../../exec/learning/learner.ts';
import type { Observer } from '../../sim/observer.ts';
import { Simulation } from '../../sim/simulation.ts';

/** What a simulated run comes to. */
export interface SimulatedRun {
  readonly rows: readonly Row[];
  readonly outcome: Outcome;
  /** Virtual time at the end. */
  readonly nanos: Instant;
  /** Messages of all classes. */
  readonly messages: number;
  /** Gradients and evaluations computed, and the seconds of this machine that they took. */
  readonly computations: number;
  readonly computeSeconds: number;
}

/** What a simulated run needs besides its configuration. */
export interface SimulateOptions {
  /** Computes gradients and evaluations. Made by `createLearner`; closed by whoever made it. */
  readonly learner: Learner;
  /** Every input with its effects, for a trace. */
  readonly handled?: (node: NodeId, now: Instant, input: Input, effects: readonly Effect[]) => void;
  /** Work and transfers that become rows: as many as a timeline of the start needs, unless said. */
  readonly spansMax?: number;
  /** Called now and then with the virtual time and the latest evaluation's cut. */
  readonly progress?: (nanos: Instant, evaluations: number) => void;
}

/** Spans enough for the first iterations of some tens of nodes, and some hundred kilobytes. */
const spansShown = 3000;

/** Runs `config` in virtual time. Throws only on bugs; a run that fails or diverges says so. */
export async function simulate(config: Config, options: SimulateOptions): Promise<SimulatedRun> {
  const { learner, handled, progress, spansMax = spansShown } = options;
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
      if (++spans >= spansMax) delete observer.span;
    },
    ...(handled === undefined ? {} : { handled })
  };
  const simulation = new Simulation(setupRun(config, learner.model), observer);
  let computations = 0;
  let computeSeconds = 0;
  for (;;) {
    const outstanding = simulation.advance();
    if (outstanding === null) break;
    const began = performance.now();
    const result = learner.compute(outstanding.job);
    simulation.provide(result instanceof Promise ? await result : result);
    computations += 1;
    computeSeconds += (performance.now() - began) / 1000;
  }
  const outcome = simulation.outcome ?? { kind: 'failed', reason: 'the run did not end' };
  const { now, messages } = simulation;
  return { rows, outcome, nanos: now, messages, computations, computeSeconds };
}
