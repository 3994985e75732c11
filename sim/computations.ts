/** Where the jobs of nodes are computed: a core of their own, shared ones, or a GPU. */
import {
  createEnvironment,
  type Environment,
  jobCoreNanos,
  jobNanos
} from '../core/environment/environment.ts';
import { type HostsConfig, hostConfig, hostNames, paceOnHost } from '../core/environment/hosts.ts';
import { NANOS_MAX } from '../core/environment/keys.ts';
import { type Pace, paceNanos, paceOf } from '../core/environment/pace.ts';
import type { Instant, Job, NodeId } from '../core/node.ts';
import type { RunSetup } from '../core/setup.ts';
import { keyCount } from '../core/tensors.ts';
import { parseBandwidth, parseDuration } from '../core/units.ts';
import { Device } from './device.ts';
import type { Processors } from './processors.ts';
import type { Seat } from './seat.ts';

const bytesPerElement = 4;

/** How gradients are held to their durations by a timer. */
export interface Held {
  /** What each takes of a core: of it, and of each of its params. */
  readonly nanos: number;
  readonly nanosPerElement: number;
  /** When the process of each node goes how fast. */
  readonly paces: readonly (Pace | null)[];
}

export class Computations {
  readonly #environment: Environment;
  readonly #processors: Processors | null;
  /** By node; null where it computes on cores. */
  readonly #devices: readonly (Device | null)[];
  /** Null where they take a core for as long as they last. */
  readonly #held: Held | null;
  /** Params of the whole model. */
  readonly #size: number;

  constructor(
    environment: Environment,
    processors: Processors | null,
    devices: readonly (Device | null)[],
    held: Held | null,
    size: number
  ) {
    this.#environment = environment;
    this.#processors = processors;
    this.#devices = devices;
    this.#held = held;
    this.#size = size;
  }

  /**
   * Begins a job of a node, and returns when it is done. Infinity where that depends on who shares the
   * cores with it: then the processors have it under the number `event`, and it is done when they
   * are, but not before `dueOf`.
   */
  begin(at: Instant, node: number, job: Job, event: number): Instant {
    if (this.#processors === null) return at + jobNanos(this.#environment, job, at);
    const nanos = jobCoreNanos(this.#environment, job, at);
    if (nanos === 0 || !('worker' in job)) return at + nanos;
    const device = this.#devices[node] ?? null;
    if (device !== null && 'params' in job) {
      // Params and gradients are of the same keys.
      const bytes = bytesPerElement * keyCount(job.params.keys, this.#size);
      return device.run(at, bytes, start => jobNanos(this.#environment, job, start), bytes);
    }
    const pace = this.#environment.pace(job.worker);
    if (this.#held === null) this.#processors.start(at, node, nanos, pace, event);
    else {
      const work = this.#heldNanos(job, this.#held);
      if (work === 0) return this.dueOf(at, node, job);
      this.#processors.start(at, node, work, null, event);
    }
    return Infinity;
  }

  /** Before when the result of a job that is begun at `at` is not there: that of a timer; else `at`. */
  dueOf(at: Instant, node: number, job: Job): Instant {
    if (this.#held === null || !('worker' in job)) return at;
    const pace = paceOf([this.#held.paces[node]!, this.#environment.pace(job.worker)]);
    return at + paceNanos(pace, at, jobCoreNanos(this.#environment, job, at), NANOS_MAX);
  }

  // A gradient of the params that it is given, as often as it is computed.
  #heldNanos(job: Job, { nanos, nanosPerElement }: Held): number {
    const steps = job.kind === 'local-steps' ? job.steps : 1;
    const elements = 'params' in job ? keyCount(job.params.keys, this.#size) : this.#size;
    return Math.round(steps * (nanos + nanosPerElement * elements));
  }
}

/** Where the jobs of a run are computed. */
export function computationsOf(
  { config, layout }: RunSetup,
  seats: readonly Seat[],
  processors: Processors | null
): Computations {
  const environment = createEnvironment(
    config.environment,
    config.seed,
    config.workers,
    config.servers
  );
  const { hosts } = config.environment;
  const names = hostNames(
    seats.map(({ id }) => id),
    seats.map(({ host }) => host)
  );
  const devices = devicesOf(hosts, seats, names);
  const held = hosts.held && {
    ...hosts.held,
    paces: seats.map(({ id, host }) => paceOnHost(hosts, config.seed, id, names[host]!))
  };
  return new Computations(environment, processors, devices, held, layout.size);
}

/** The device of each node: workers of a host take its GPUs in turn, by rank; null: it has none. */
function devicesOf(
  config: HostsConfig,
  seats: readonly Seat[],
  names: readonly NodeId[]
): (Device | null)[] {
  const onHost = names.map(name => {
    const { gpu } = hostConfig(config, name);
    if (gpu.kind === 'none') return { devices: [], taken: 0 };
    const [bandwidth, latency] = [parseBandwidth(gpu.bandwidth), parseDuration(gpu.latency)];
    const devices = Array.from({ length: gpu.devices }, () => new Device(bandwidth, latency));
    return { devices, taken: 0 };
  });
  return seats.map(({ id, host }) => {
    // Invariant: every seat is on a host.
    const own = onHost[host]!;
    if (!id.startsWith('w') || own.devices.length === 0) return null;
    return own.devices[own.taken++ % own.devices.length]!;
  });
}
