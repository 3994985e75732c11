/** What simulated runs at once bring. */
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { mlp, mnist } from '../../core/config/problem.ts';
import { type Config, resolve } from '../../core/config.ts';
import type { Measurement } from '../harness/bench.ts';
import type { SimulatedJob } from '../harness/job-message.ts';
import { JobPool } from '../harness/job-pool.ts';

const turns = 3;

export async function bench(): Promise<readonly Measurement[]> {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'slackline-bench-'));
  try {
    // In turns, the best of each: what else this machine does takes from both.
    const seconds = { one: Number.POSITIVE_INFINITY, two: Number.POSITIVE_INFINITY };
    for (let turn = 0; turn < turns; turn++) {
      seconds.one = Math.min(seconds.one, await sweepSeconds(path.join(folder, `1-${turn}`), 1));
      seconds.two = Math.min(seconds.two, await sweepSeconds(path.join(folder, `2-${turn}`), 2));
    }
    return [
      {
        name: '12 runs with --jobs 2 against --jobs 1',
        value: seconds.one / seconds.two,
        unit: 'times as fast',
        target: '>= 1.7'
      }
    ];
  } finally {
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

function config(seed: number): Config {
  return resolve({
    seed,
    problem: mlp({ hidden: [128], data: mnist({ test: 1000 }) }),
    consistency: 'ssp:4',
    environment: { network: 'star:1Gbps:50us', stragglers: 'transient:0.1:10' },
    evaluation: { everyGradients: 64 },
    stopAt: { gradients: 640 }
  });
}

async function sweepSeconds(folder: string, jobs: number): Promise<number> {
  const configs = Array.from({ length: 12 }, (_, seed) => config(seed));
  return timed(() => runAll(folder, jobs, configs));
}

// As the command does them: in fresh processes, start-up and storing included.
async function runAll(folder: string, jobs: number, configs: readonly Config[]): Promise<void> {
  const pool = new JobPool({ size: jobs, backend: 'wasm' });
  try {
    await pool.backend(configs.length);
    const list = configs.map((config, index): SimulatedJob => {
      const limits = { events: null, memoryBytes: null };
      return { id: String(index), config, folder, code: '', trace: false, check: false, limits };
    });
    await pool.run(list, {
      started() {},
      progress() {},
      ended(_job, end) {
        if (end.kind === 'failed') throw new Error(end.reason);
      }
    });
  } finally {
    pool.close();
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return (performance.now() - began) / 1000;
}
