/**
 * What happens to a run: compute times, stragglers, speeds, the network, prices of work. Plain data
 * and keyed draws, the same in both drivers: `sim` models it, `exec` enforces it.
 */
import { z } from 'zod';
import type { Job } from '../node.ts';
import { duration, parseDuration } from '../units.ts';
import { unreachable } from '../unreachable.ts';
import { ComputeSchema, computeDraw, constant } from './compute.ts';
import { CostsSchema, free } from './costs.ts';
import { FaultsSchema } from './faults/fault.ts';
import { FlowsSchema } from './flows.ts';
import { HostsSchema, idleHosts } from './hosts.ts';
import { NANOS_MAX } from './keys.ts';
import { LinksSchema } from './links.ts';
import { ideal, NetworkSchema } from './network.ts';
import { permanentSlowdowns, StragglersSchema, transientSlowdown } from './straggler.ts';
import { TrafficSchema } from './traffic.ts';

/** What is left out has these values; `environment({})` shows them. */
export const EnvironmentSchema = z.strictObject({
  /** How long one gradient takes on a worker of speed 1. */
  compute: ComputeSchema.default(constant('10ms')),
  /** Added to each of them: how late its end is noticed. */
  lateness: duration({ max: '1h' }).default('0s'),
  stragglers: StragglersSchema.default([]),
  /** Relative speeds: worker w has that of place w mod length, and takes draw / speed. */
  speeds: z.array(z.number().min(1e-6).max(1e6)).min(1).default([1]),
  network: NetworkSchema.default(ideal()),
  flows: FlowsSchema.prefault({}),
  links: LinksSchema.default([]),
  traffic: TrafficSchema.default([]),
  costs: CostsSchema.default(free()),
  hosts: HostsSchema.default(idleHosts()),
  /** What goes wrong, and when. */
  faults: FaultsSchema.default([])
});
/** An environment as it is resolved. */
export type EnvironmentConfig = z.output<typeof EnvironmentSchema>;
/** An environment as an experiment writes it. */
export type EnvironmentInput = z.input<typeof EnvironmentSchema>;

/** An environment, resolved and checked. Throws a `ZodError` that names the path of what is wrong. */
export function environment(input: EnvironmentInput): EnvironmentConfig {
  return EnvironmentSchema.parse(input);
}

/** An environment at work: pure functions of what they are asked. */
export interface Environment {
  /**
   * How long `worker` computes its gradient of iteration `clock`, in whole nanoseconds: the law's
   * draw, times the stragglers' slow-downs, over the worker's speed, plus the lateness. At most
   * 2^50.
   */
  computeNanos(worker: number, clock: number): number;
}

/**
 * How long a job takes on the device that it is for, in whole nanoseconds. Evaluation and the keys of
 * a batch take none: they are not training.
 */
export function jobNanos(environment: Environment, job: Job): number {
  switch (job.kind) {
    case 'gradient':
      return environment.computeNanos(job.worker, job.clock);
    case 'local-steps': {
      let nanos = 0;
      for (let step = 0; step < job.steps; step++) {
        nanos += environment.computeNanos(job.worker, job.batch + step);
      }
      return nanos;
    }
    case 'keys':
    case 'evaluation':
      return 0;
    default:
      return unreachable(job);
  }
}

/** What does not fit a run of so many workers, with its place in the environment. */
export interface Misfit {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Finds ranks and speeds of workers that a run has not. */
export function environmentMisfits(config: EnvironmentConfig, workers: number): Misfit[] {
  const misfits: Misfit[] = [];
  const refuse = (path: readonly (string | number)[], message: string): void => {
    misfits.push({ path, message });
  };
  if (config.speeds.length > workers) {
    refuse(['speeds'], `there are ${config.speeds.length} speeds, and ${workers} workers`);
  }
  config.stragglers.forEach((straggler, i) => {
    if (straggler.kind !== 'permanent') return;
    const { workers: named } = straggler;
    const path = ['stragglers', i, 'workers'];
    const excess = typeof named === 'number' ? named > workers : named.some(w => w >= workers);
    if (excess) refuse(path, `ranks are 0 to ${workers - 1}, ${workers} workers in all`);
  });
  return misfits;
}

/** The environment of a run with `workers` workers under `seed`. Throws on the first misfit. */
export function createEnvironment(
  config: EnvironmentConfig,
  seed: number,
  workers: number
): Environment {
  const misfit = environmentMisfits(config, workers)[0];
  if (misfit) throw new Error(`environment.${misfit.path.join('.')}: ${misfit.message}`);
  const draw = computeDraw(config.compute, seed);
  const slowdown = transientSlowdown(config.stragglers, seed);
  const { speeds } = config;
  const late = parseDuration(config.lateness);
  const paces = permanentSlowdowns(config.stragglers, workers).map(
    (factor, worker) => factor / speeds[worker % speeds.length]!
  );
  return {
    computeNanos(worker, clock) {
      // A worker that joined later has a rank beyond those that stragglers are named among.
      const pace = worker < workers ? paces[worker]! : 1 / speeds[worker % speeds.length]!;
      const nanos = draw(worker, clock) * slowdown(worker, clock) * pace;
      return Math.min(Math.round(nanos + late), NANOS_MAX);
    }
  };
}
