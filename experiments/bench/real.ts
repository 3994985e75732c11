/** The real driver: what processes, sockets and the protocol leave of bare gradient loops. */
import { spawn } from 'node:child_process';
import { median } from 'simple-statistics';
import { mlp, mnist } from '../../core/config/problem.ts';
import { type Config, resolve } from '../../core/config.ts';
import type { Job } from '../../core/node.ts';
import type { IterationRow } from '../../core/record.ts';
import { setupRun } from '../../core/setup.ts';
import { openBackend } from '../../exec/backends/backend.ts';
import { createLearner } from '../../exec/learning/learner.ts';
import { runReal } from '../../exec/supervisor.ts';
import type { Measurement } from '../harness/bench.ts';

/** Always there, so that figures of different machines speak of the same kernels. */
const backend = 'wasm';
const workers = 2;
const iterations = 600;
/** Steps at the start of either loop that do not count: compilers warm up. */
const warmup = 100;
const repetitions = 3;

export async function bench(): Promise<readonly Measurement[]> {
  const shares: number[] = [];
  const starts: number[] = [];
  const rates: number[] = [];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const loops = await Promise.all(Array.from({ length: workers }, bareLoop));
    const bare = loops.reduce((sum, rate) => sum + rate, 0);
    const { rows, startSeconds } = await runReal(config(), { backend });
    const rate = stepsPerSecond(rows.filter(row => row.kind === 'iteration'));
    rates.push(rate);
    shares.push(rate / bare);
    starts.push(startSeconds ?? Number.NaN);
  }
  return [
    {
      name: 'worker-steps of 2 workers and 1 server, unpaced, of two bare gradient loops',
      value: median(shares),
      unit: 'of the steps',
      target: '>= 0.7 of the steps'
    },
    { name: 'the same, absolute', value: median(rates), unit: 'worker-steps/s' },
    {
      name: 'first real step after the call',
      value: median(starts),
      unit: 's',
      target: '<= 3 s'
    }
  ];
}

function config(): Config {
  return resolve({
    problem: mlp({ hidden: [128], data: mnist({ test: 1000 }) }),
    workers,
    servers: 1,
    consistency: 'asp',
    optimizer: 'sgd:0.2',
    environment: { compute: 'instant' },
    stopAt: { iterations }
  });
}

function stepsPerSecond(rows: readonly IterationRow[]): number {
  const counted = rows.filter(row => row.clock >= warmup);
  const first = Math.min(...counted.map(row => row.started));
  const last = Math.max(...counted.map(row => row.ended));
  return counted.length / ((last - first) / 1e9);
}

/** One gradient loop in a process of its own: steps a second. */
function bareLoop(): Promise<number> {
  const script = `
    const { loop } = await import(${JSON.stringify(import.meta.url)});
    console.log(await loop());`;
  const args = [...process.execArgv, '--input-type=module', '--eval', script];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', data => {
    output += data;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', code => {
      if (code === 0) resolve(Number(output.trim()));
      else reject(new Error(`a bare loop ended with code ${code}`));
    });
  });
}

/** The gradients of one worker, with nothing around them. */
export async function loop(): Promise<number> {
  const learner = await createLearner(config(), { backend: await openBackend(backend) });
  const { assignment, initialParams } = setupRun(config(), learner.model);
  const parts = assignment.shards.map(({ server }) => ({
    server,
    version: 0,
    values: initialParams
  }));
  let began = performance.now();
  for (let clock = 0; clock < iterations; clock++) {
    if (clock === warmup) began = performance.now();
    const params = { keys: { kind: 'all' }, parts } as const;
    const job: Job = { kind: 'gradient', worker: 0, clock, params };
    await learner.compute(job);
  }
  return (1000 * (iterations - warmup)) / (performance.now() - began);
}
