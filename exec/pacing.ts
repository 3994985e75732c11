/** Holds gradients to the durations that the environment gives them, and counts those it cannot. */
import { type Environment, jobCoreNanos } from '../core/environment/environment.ts';
import { NANOS_MAX } from '../core/environment/keys.ts';
import { type Pace, paceNanos, paceOf } from '../core/environment/pace.ts';
import type { Instant, Job } from '../core/node.ts';

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
  readonly #process: Pace | null;
  /** How many times as long gradients take that begin now. */
  slowdown = 1;
  #paced = 0;
  #overruns = 0;
  #lateNanos = 0;
  #lateNanosMax = 0;

  /** `pace`: when the process stands still, and what its host leaves it (`processPace`). */
  constructor(environment: Environment, pace: Pace | null = null) {
    this.#environment = environment;
    this.#process = pace;
  }

  /**
   * How long a job that is begun at `now`, on the clock of the node, is to take; null for one that the
   * environment gives no time.
   */
  durationNanos(job: Job, now: Instant): number | null {
    const work = jobCoreNanos(this.#environment, job, now);
    if (work === 0 || !('worker' in job)) return null;
    const pace = paceOf([this.#process, this.#environment.pace(job.worker)]);
    return paceNanos(pace, now, work * this.slowdown, NANOS_MAX);
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
