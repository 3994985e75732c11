/** Where the jobs of nodes are computed: a core of their own, shared ones, or a GPU. */
import {
  createEnvironment,
  type Environment,
  jobCoreNanos,
  jobNanos
} from '../core/environment/environment.ts';
import { type HostsConfig, hostConfig, hostNames } from '../core/environment/hosts.ts';
import type { Instant, Job } from '../core/node.ts';
import type { RunSetup } from '../core/setup.ts';
import { keyCount } from '../core/tensors.ts';
import { parseBandwidth, parseDuration } from '../core/units.ts';
import { Device } from './device.ts';
import type { Processors } from './processors.ts';
import type { Seat } from './seat.ts';

const bytesPerElement = 4;

export class Computations {
  readonly #environment: Environment;
  readonly #processors: Processors | null;
  /** By node; null where it computes on cores. */
  readonly #devices: readonly (Device | null)[];
  /** Params of the whole model. */
  readonly #size: number;

  constructor(
    environment: Environment,
    processors: Processors | null,
    devices: readonly (Device | null)[],
    size: number
  ) {
    this.#environment = environment;
    this.#processors = processors;
    this.#devices = devices;
    this.#size = size;
  }

  /**
   * Begins a job of a node, and returns when it is done; Infinity where that depends on who shares the
   * cores with it: then the processors have it under the number `event`.
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
    this.#processors.start(at, node, nanos, this.#environment.pace(job.worker), event);
    return Infinity;
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
  const devices = devicesOf(config.environment.hosts, seats);
  return new Computations(environment, processors, devices, layout.size);
}

/** The device of each node: workers of a host take its GPUs in turn, by rank; null: it has none. */
function devicesOf(config: HostsConfig, seats: readonly Seat[]): (Device | null)[] {
  const ids = seats.map(({ id }) => id);
  const hostOf = seats.map(({ host }) => host);
  const onHost = hostNames(ids, hostOf).map(name => {
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
