/**
 * What happens to a run: compute times, stragglers, speeds, the network, prices of work. Plain data
 * and keyed draws, the same in both drivers: `sim` models it, `exec` enforces it.
 */
import { z } from 'zod';
import { expected } from '../expected.ts';
import type { Job } from '../node.ts';
import { nodeIds } from '../node-id.ts';
import { duration, parseDuration } from '../units.ts';
import { unreachable } from '../unreachable.ts';
import { ComputeSchema, computeDraw, constant } from './compute.ts';
import { CostsSchema, free } from './costs.ts';
import { FaultsSchema } from './faults/fault.ts';
import { FlowsSchema } from './flows.ts';
import { HostsSchema, plainHosts } from './hosts.ts';
import { NANOS_MAX } from './keys.ts';
import { LinksSchema, profilesOf } from './links.ts';
import { ideal, NetworkSchema } from './network.ts';
import { type Pace, paceNanos } from './pace.ts';
import { hasRacks, racksOfWorkers } from './racks.ts';
import { StragglersSchema } from './straggler.ts';
import { iterationSlowdown, permanentSlowdowns, stragglerPace } from './straggler-draws.ts';
import { TrafficSchema } from './traffic.ts';

const fields = {
  /** How long one gradient takes on a worker of speed 1. */
  compute: ComputeSchema.default(constant('10ms')),
  /** Added to each of them: how late its end is noticed. Where cores are shared, time on a core. */
  lateness: duration({ max: '1h' }).default('0s'),
  stragglers: StragglersSchema.default([]),
  /** Relative speeds: worker w has that of place w mod length, and takes draw / speed. */
  speeds: z
    .array(z.number().min(1e-6).max(1e6), expected('a list of speeds', '[1, 1, 0.5]'))
    .min(1)
    .default([1]),
  network: NetworkSchema.default(ideal()),
  flows: FlowsSchema.prefault({}),
  links: LinksSchema.default([]),
  traffic: TrafficSchema.default([]),
  costs: CostsSchema.default(free()),
  hosts: HostsSchema.default(plainHosts()),
  /** What goes wrong, and when. */
  faults: FaultsSchema.default([])
};

/** What is left out has these values; `environment({})` shows them. */
export const EnvironmentSchema = z.strictObject(
  fields,
  expected('an environment', '{"compute": "exponential:20ms", "network": "star:10Gbps:50us"}')
);
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
   * How long `worker` computes its gradient of iteration `clock`, begun at `now` (0) with a core to
   * itself, in whole nanoseconds: the law's draw, times the stragglers' slow-downs, over the worker's
   * speed, plus the lateness, and longer by the spells that it falls in. At most 2^50.
   */
  computeNanos(worker: number, clock: number, now?: number): number;
  /** The same without the spells: what it takes of a core that goes at the worker's pace. */
  coreNanos(worker: number, clock: number, now?: number): number;
  /** The spells in which a worker computes slowly; null where it has none. */
  pace(worker: number): Pace | null;
}

/**
 * How long a job that is begun at `now` takes on the device that it is for, in whole nanoseconds.
 * Evaluation and the keys of a batch take none: they are not training.
 */
export function jobNanos(environment: Environment, job: Job, now = 0): number {
  const pace = 'worker' in job ? environment.pace(job.worker) : null;
  return paceNanos(pace, now, jobCoreNanos(environment, job, now), NANOS_MAX);
}

/** What a job takes of a core or a device that goes at the pace of its worker. */
export function jobCoreNanos(environment: Environment, job: Job, now: number): number {
  switch (job.kind) {
    case 'gradient':
      return environment.coreNanos(job.worker, job.clock, now);
    case 'local-steps': {
      let nanos = 0;
      for (let step = 0; step < job.steps; step++) {
        nanos += environment.coreNanos(job.worker, job.batch + step, now);
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
  if (config.flows.model === 'chunks') refuseInChunks(config, refuse);
  if (config.hosts.held !== null) refuseWhereHeld(config, refuse);
  config.stragglers.forEach((straggler, i) => {
    if (straggler.kind === 'rack' && straggler.size === 'network' && !hasRacks(config.network)) {
      const message = `the network, ${config.network.kind}, has no racks: so many workers are right: 4`;
      refuse(['stragglers', i, 'size'], message);
    }
    if (straggler.kind !== 'permanent') return;
    const { workers: named } = straggler;
    const path = ['stragglers', i, 'workers'];
    const excess = typeof named === 'number' ? named > workers : named.some(w => w >= workers);
    if (excess) refuse(path, `ranks are 0 to ${workers - 1}, ${workers} workers in all`);
  });
  return misfits;
}

// A job on a core goes on more slowly, or stands still; a timer's time is known when it is set.
function refuseWhereHeld(
  { faults }: EnvironmentConfig,
  refuse: (path: readonly (string | number)[], message: string) => void
): void {
  faults.forEach(({ kind }, i) => {
    if (kind !== 'pause' && kind !== 'slow-node') return;
    refuse(['faults', i], `a ${kind}, and gradients are held by a timer: hosts.held null is right`);
  });
}

// What only flows have: a chunk that waits in a queue has its departure already.
function refuseInChunks(
  { links }: EnvironmentConfig,
  refuse: (path: readonly (string | number)[], message: string) => void
): void {
  const model = 'and flows.model is "chunks": "fluid" is right';
  links.forEach((link, i) => {
    const changes = Object.values(profilesOf(link)).some(points => points.length > 0);
    if (changes) refuse(['links', i], `a link that changes in the course of a run, ${model}`);
    if (link.policy === 'fatpipe') refuse(['links', i, 'policy'], `a fat pipe, ${model}`);
  });
}

/**
 * The environment of a run with `workers` workers under `seed`. `servers` take places in the racks of
 * a network. Throws on the first misfit.
 */
export function createEnvironment(
  config: EnvironmentConfig,
  seed: number,
  workers: number,
  servers = 1
): Environment {
  const misfit = environmentMisfits(config, workers)[0];
  if (misfit) throw new Error(`environment.${misfit.path.join('.')}: ${misfit.message}`);
  const draw = computeDraw(config.compute, seed);
  const slowdown = iterationSlowdown(config.stragglers, seed);
  const { speeds } = config;
  const late = parseDuration(config.lateness);
  const factors = permanentSlowdowns(config.stragglers, workers).map(
    (factor, worker) => factor / speeds[worker % speeds.length]!
  );
  const byRack = config.stragglers.some(one => one.kind === 'rack' && one.size === 'network');
  const racks = byRack ? racksOfWorkers(config.network, nodeIds({ workers, servers })) : null;
  const spells = config.stragglers.some(({ kind }) => kind === 'markov' || kind === 'rack');
  const paces: (Pace | null)[] = [];
  const pace = (worker: number): Pace | null => {
    if (!spells) return null;
    const known = paces[worker];
    if (known !== undefined) return known;
    const made = stragglerPace(config.stragglers, seed, worker, racks ?? []);
    paces[worker] = made;
    return made;
  };
  const coreNanos = (worker: number, clock: number, now = 0): number => {
    // A worker that joined later has a rank beyond those that stragglers are named among.
    const factor = worker < workers ? factors[worker]! : 1 / speeds[worker % speeds.length]!;
    const slow = slowdown === null ? 1 : slowdown(worker, clock, now);
    return Math.min(Math.round(draw(worker, clock) * slow * factor + late), NANOS_MAX);
  };
  return {
    computeNanos: (worker, clock, now = 0) =>
      paceNanos(pace(worker), now, coreNanos(worker, clock, now), NANOS_MAX),
    coreNanos,
    pace
  };
}
