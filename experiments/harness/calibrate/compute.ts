/** How long gradients of a problem take on the device at hand: alone, and on every core at once. */
import { availableParallelism } from 'node:os';
import { median } from 'simple-statistics';
import { quadratic } from '../../../core/config/problem.ts';
import { type Config, resolve } from '../../../core/config.ts';
import type { Job } from '../../../core/node.ts';
import { setupRun } from '../../../core/setup.ts';
import type { BackendName } from '../../../exec/backends/backend.ts';
import { ComputeThread } from '../../../exec/compute-thread.ts';
import { runReal } from '../../../exec/supervisor.ts';

export interface MeasuredCompute {
  readonly problem: string;
  readonly backend: string | null;
  /** Of one worker that trains with one server: its params are fresh, and its caches are not. */
  readonly nanos: readonly number[];
  /**
   * How many threads' worth of gradients the machine computes when every core has one: less than it
   * has cores, where two of them are threads of one core, or share its caches and its memory.
   */
  readonly cores: number;
}

const warmup = 20;
const gradientsMax = 300;
const secondsMax = 8;

/** More threads at once show nothing new. */
const threadsMax = 32;

/** Measures; the list is in the order of the batches of worker 0. Nothing else should run. */
export async function measureCompute(
  given: Config,
  backend: BackendName | null
): Promise<MeasuredCompute> {
  // One shard, whatever the run has: its params are then the whole model.
  const config = { ...given, servers: 1 };
  const { cores, bare, device } = await together(config, backend, secondsMax);
  return {
    problem: config.problem.kind,
    backend: device === null ? null : `${device.name} ${device.version}`,
    nanos: await gradientTimesOfARun(config, backend, bare),
    cores
  };
}

/**
 * How many threads' worth of gradients this machine computes when every core has one, of a problem as
 * small as those whose gradients are held to durations.
 */
export async function measureCores(seconds: number): Promise<number> {
  const config = resolve({
    workers: 1,
    servers: 1,
    problem: quadratic({ dimension: 100_000 }),
    environment: { compute: 'instant' },
    stopAt: { iterations: 1 }
  });
  return (await together(config, null, seconds)).cores;
}

// One thread's gradients, then those of a thread on every core.
async function together(config: Config, backend: BackendName | null, seconds: number) {
  const count = Math.min(availableParallelism(), threadsMax);
  const threads: ComputeThread[] = [];
  try {
    const first = await ComputeThread.start({ config, backend });
    threads.push(first);
    const bare = median(await gradientTimes(first, config, seconds));
    while (threads.length < count) threads.push(await ComputeThread.start({ config, backend }));
    const crowded = await Promise.all(
      threads.map(thread => gradientTimes(thread, config, seconds / 2))
    );
    const cores = (count * bare) / median(crowded.flat());
    return {
      cores: Math.min(Math.max(cores, 1), count) * (availableParallelism() / count),
      bare,
      device: first.backend
    };
  } finally {
    await Promise.all(threads.map(thread => thread.end()));
  }
}

async function gradientTimes(
  thread: ComputeThread,
  config: Config,
  seconds: number
): Promise<number[]> {
  const { assignment, initialParams } = setupRun(config, thread.model);
  const parts = assignment.shards.map(({ server }) => ({
    server,
    version: 0,
    values: initialParams
  }));
  const nanos: number[] = [];
  const began = performance.now();
  for (let clock = 0; nanos.length < gradientsMax; clock++) {
    const params = { keys: { kind: 'all' }, parts } as const;
    const job: Job = { kind: 'gradient', worker: 0, clock, params };
    const computed = await thread.compute(clock, job, null);
    if (computed.result.kind === 'failure') throw new Error(computed.result.reason);
    if (clock >= warmup) nanos.push(Math.round(computed.nanos));
    if (performance.now() - began > seconds * 1000 && nanos.length > 0) break;
  }
  return nanos;
}

async function gradientTimesOfARun(
  given: Config,
  backend: BackendName | null,
  bareNanos: number
): Promise<number[]> {
  const count = Math.min(gradientsMax, Math.max(1, Math.ceil((secondsMax * 1e9) / bareNanos)));
  const config = resolve({
    ...given,
    workers: 1,
    servers: 1,
    evaluation: null,
    environment: { compute: 'instant' },
    stopAt: { iterations: warmup + count }
  });
  const { rows } = await runReal(config, { transport: 'tcp', backend });
  return rows.flatMap(row =>
    row.kind === 'iteration' && row.clock >= warmup ? [row.computed - row.started] : []
  );
}
