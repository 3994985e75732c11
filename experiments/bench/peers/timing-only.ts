/** The run without values that speed is measured by: the whole protocol on a star of shared links. */
import { timing } from '../../../core/config/problem.ts';
import { type Config, resolve } from '../../../core/config.ts';
import { createLearner } from '../../../exec/learning/learner.ts';
import { type SimulatedRun, simulate } from '../../harness/simulate.ts';

/** Size of a run, and what differs from run to run. */
export interface Size {
  readonly workers: number;
  readonly servers: number;
  readonly iterations: number;
  readonly consistency: 'asp' | 'bsp';
  /** Of a worker's port, in Mbit/s; the servers' have 10,000. */
  readonly workerMegabits?: number;
}

/** Bytes of a server's port in a second. */
export const bytesPerSecond = 1.25e9;
/** Elements of each shard: 400 kB. */
export const shardElements = 100_000;

/** 400 kB to each server and back, computing for 5 ms (log-normal, cv 0.5), ports of 10 Gbit/s. */
export function timingOnly(size: Size): Config {
  const { workers, servers, iterations, consistency, workerMegabits = 10_000 } = size;
  const port = `${workerMegabits}Mbps` as const;
  return resolve({
    problem: timing({ parameters: shardElements * servers }),
    workers,
    servers,
    consistency,
    stopAt: { iterations },
    environment: {
      compute: { kind: 'log-normal', mean: '5ms', cv: 0.5 },
      network: {
        kind: 'star',
        bandwidth: '10Gbps',
        latency: '20us',
        ...(workerMegabits === 10_000 ? {} : { workers: { up: port, down: port } })
      }
    }
  });
}

/** Messages of training: a pull, then a push of each iteration, to every server, and the answers. */
export function messagesOf({ workers, servers, iterations }: Omit<Size, 'consistency'>): number {
  return 2 * workers * servers * (iterations + 1);
}

/** What a run took, and when it ended in virtual time. */
export interface Timed {
  /** Of the processor, one thread: other programs on the machine take little of it. */
  readonly seconds: number;
  readonly messagesPerSecond: number;
  readonly virtualSeconds: number;
}

/** Simulates one run; returns the virtual seconds at which its last iteration ended. */
export async function endOf(size: Size): Promise<number> {
  const config = timingOnly(size);
  const learner = await createLearner(config, { backend: null });
  const { rows } = await simulate(config, { learner });
  return lastIteration(rows) / 1e9;
}

function lastIteration(rows: SimulatedRun['rows']): number {
  let last = 0;
  for (const row of rows) if (row.kind === 'iteration' && row.ended > last) last = row.ended;
  return last;
}
