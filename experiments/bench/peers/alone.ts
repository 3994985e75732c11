/** One run in a process of its own, as a sweep does it: its time and its memory are those of the run. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setHeapGrowth } from '../../harness/heap-growth.ts';
import { oneThread } from '../../harness/job-pool.ts';
import { endOf, messagesOf, type Size, type Timed } from './timing-only.ts';

/** What a run took. */
export interface Taken extends Timed {
  /** By the clock: other programs on the machine take part of it. */
  readonly wallSeconds: number;
  /** The most that were resident. */
  readonly mebibytes: number;
}

/** Runs one size, after `before` runs of `like`: by the third, V8 has compiled what is hot. */
export function alone(size: Size, before: number, like = size): Taken {
  const script = `
    const { run } = await import(${JSON.stringify(import.meta.url)});
    const [size, like] = ${JSON.stringify([size, like])};
    console.log(JSON.stringify(await run(size, ${before}, like)));`;
  const own = [...oneThread, '--input-type=module', '--eval', script];
  const cwd = fileURLToPath(new URL('.', import.meta.url));
  const args = [...process.execArgv, ...own];
  const child = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
  const { workers, servers } = size;
  if (child.status !== 0) throw new Error(`${workers} x ${servers}: ${child.stderr}`);
  return JSON.parse(child.stdout.trim().split('\n').at(-1) ?? '');
}

/** What that process does: a benchmark, which is bundled into one file, has to export it. */
export async function run(size: Size, before: number, like: Size): Promise<Taken> {
  setHeapGrowth(size);
  for (let count = 0; count < before; count++) await endOf(like);
  const began = process.cpuUsage();
  const beganAt = performance.now();
  const virtualSeconds = await endOf(size);
  const wallSeconds = (performance.now() - beganAt) / 1000;
  const { user, system } = process.cpuUsage(began);
  const seconds = (user + system) / 1e6;
  const messagesPerSecond = messagesOf(size) / seconds;
  const mebibytes = process.resourceUsage().maxRSS / 1024;
  return { seconds, wallSeconds, messagesPerSecond, virtualSeconds, mebibytes };
}
