/**
 * The simulator as a whole: messages a second of the processor's time without values, once what is hot
 * has been compiled, and what it adds to real gradients.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from 'simple-statistics';
import { mlp, mnist } from '../../core/config/problem.ts';
import { type Config, resolve } from '../../core/config.ts';
import { createLearner } from '../../exec/learning/learner.ts';
import type { Measurement } from '../harness/bench.ts';
import { simulate } from '../harness/simulate.ts';
import { alone } from './peers/alone.ts';
import { timingOnly } from './peers/timing-only.ts';

export { run } from './peers/alone.ts';

const repetitions = 5;

/** Runs before any that is measured: V8 compiles what is hot during the first three or four. */
const before = 5;

export async function bench(): Promise<readonly Measurement[]> {
  const measurements: Measurement[] = [];
  for (const consistency of ['asp', 'bsp'] as const) {
    const size = { workers: 64, servers: 4, iterations: 100, consistency };
    const rates = Array.from({ length: 3 }, () => alone(size, before).messagesPerSecond);
    measurements.push({
      name: `${consistency}, timing only, 64 workers x 4 servers x 100 iterations`,
      value: median(rates) / 1000,
      unit: 'thousand messages/s',
      target: '>= 150 thousand messages/s'
    });
  }
  measurements.push(...apart('256 workers x 8 servers x 20 iterations', 'large'));
  measurements.push(await overhead());
  const [, memory] = apart('256 workers of the MLP, real gradients', 'values');
  if (memory !== undefined) measurements.push({ ...memory, target: '<= 1536 MiB' });
  return measurements;
}

// Everything but the gradients and evaluations themselves, which are timed inside the run: the two
// are measured in the same seconds, so that a busy machine slows both. The compiler is not part of
// either: the protocol and the simulator are far more code than the gradients, which are WebAssembly.
async function overhead(): Promise<Measurement> {
  const config = digits(8, { gradients: 400 });
  const learner = await createLearner(config, { backend: null });
  for (let count = 0; count < before; count++) await simulate(config, { learner });
  const ratios: number[] = [];
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const began = performance.now();
    const { computeSeconds } = await simulate(config, { learner });
    ratios.push((performance.now() - began) / 1000 / computeSeconds);
  }
  const backend = learner.backend?.name ?? 'no backend';
  learner.close();
  return {
    name: `simulated run over its bare gradients and evaluations (${backend})`,
    value: median(ratios),
    unit: 'times',
    target: '<= 1.1 times'
  };
}

function digits(workers: number, stopAt: Config['stopAt']): Config {
  return resolve({
    problem: mlp({ hidden: [128], data: mnist({ test: 1000 }) }),
    workers,
    servers: 2,
    consistency: 'asp',
    optimizer: 'sgd:0.2',
    evaluation: { everyGradients: 64 },
    stopAt,
    environment: { network: 'star:1Gbps:50us' }
  });
}

/** Runs one case in a process of its own, whose memory is that of the case. */
function apart(name: string, which: 'large' | 'values'): Measurement[] {
  const script = `
    const { ${which} } = await import(${JSON.stringify(import.meta.url)});
    const began = performance.now();
    await ${which}();
    const seconds = (performance.now() - began) / 1000;
    console.log(JSON.stringify({ seconds, kibibytes: process.resourceUsage().maxRSS }));`;
  const args = [...process.execArgv, '--input-type=module', '--eval', script];
  const cwd = fileURLToPath(new URL('.', import.meta.url));
  const child = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
  if (child.status !== 0) throw new Error(`${name}: ${child.stderr}`);
  const { seconds, kibibytes } = JSON.parse(child.stdout.trim().split('\n').at(-1) ?? '');
  return [
    { name: `${name}, time`, value: seconds, unit: 's', target: '<= 5 s' },
    { name: `${name}, memory`, value: kibibytes / 1024, unit: 'MiB', target: '<= 500 MiB' }
  ];
}

/** 256 workers, 8 servers, no values. */
export async function large(): Promise<void> {
  const config = timingOnly({ workers: 256, servers: 8, iterations: 20, consistency: 'asp' });
  await simulate(config, { learner: await createLearner(config, { backend: null }) });
}

/** 256 workers with real gradients, several rounds of them. */
export async function values(): Promise<void> {
  const config = digits(256, { gradients: 768 });
  await simulate(config, { learner: await createLearner(config, { backend: null }) });
}
