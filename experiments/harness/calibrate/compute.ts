/** How long gradients of a problem take on the device at hand, alone on the machine. */
import type { Config } from '../../../core/config.ts';
import type { Job } from '../../../core/node.ts';
import { setupRun } from '../../../core/setup.ts';
import type { BackendName } from '../../../exec/backends/backend.ts';
import { ComputeThread } from '../../../exec/compute-thread.ts';

export interface MeasuredCompute {
  readonly problem: string;
  readonly backend: string | null;
  readonly nanos: readonly number[];
}

const warmup = 20;
const gradientsMax = 300;
const secondsMax = 8;

/** Measures; the list is in the order of the batches of worker 0. */
export async function measureCompute(
  given: Config,
  backend: BackendName | null
): Promise<MeasuredCompute> {
  // One shard, whatever the run has: its params are then the whole model.
  const config = { ...given, servers: 1 };
  const thread = await ComputeThread.start({ config, backend });
  try {
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
      if (performance.now() - began > secondsMax * 1000 && nanos.length > 0) break;
    }
    const device = thread.backend;
    const name = device === null ? null : `${device.name} ${device.version}`;
    return { problem: config.problem.kind, backend: name, nanos };
  } finally {
    await thread.end();
  }
}
