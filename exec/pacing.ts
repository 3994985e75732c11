/** Holds gradients to the durations that the environment gives them, and counts those it cannot. */
import { type Environment, jobNanos } from '../core/environment/environment.ts';
import type { Job } from '../core/node.ts';

/** How well a node kept to its modelled durations. */
export interface PacingReport {
  /** Gradients that were to take a modelled duration. */
  readonly paced: number;
  /** Those of them that took longer than that. */
  readonly overruns: number;
  readonly overrunNanosMean: number;
  readonly overrunNanosMax: number;
}

/** A result this late is still on time: it is what wake-ups are off by. */
const lateNanosAllowed = 200_000;

export class Pacing {
  readonly #environment: Environment;
  #paced = 0;
  #overruns = 0;
  #lateNanos = 0;
  #lateNanosMax = 0;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** How long a job is to take, or null for one that the environment gives no time. */
  durationNanos(job: Job): number | null {
    const nanos = jobNanos(this.#environment, job);
    return nanos === 0 ? null : nanos;
  }

  /** A result is there, so many nanoseconds after it was due (negative: before). */
  arrived(lateNanos: number): void {
    this.#paced += 1;
    if (lateNanos <= lateNanosAllowed) return;
    this.#overruns += 1;
    this.#lateNanos += lateNanos;
    this.#lateNanosMax = Math.max(this.#lateNanosMax, lateNanos);
  }

  report(): PacingReport {
    const overruns = this.#overruns;
    return {
      paced: this.#paced,
      overruns,
      overrunNanosMean: overruns === 0 ? 0 : Math.round(this.#lateNanos / overruns),
      overrunNanosMax: this.#lateNanosMax
    };
  }
}
