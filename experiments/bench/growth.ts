/**
 * How the simulator grows: whole runs without values, asynchronous, at a fixed number of messages of
 * each worker, each run in a process of its own. Time is that of the processor: other programs on
 * this machine take little of it.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Measurement } from '../harness/bench.ts';
import { messagesOf, type Size, timed } from './peers/timing-only.ts';

/** Where the servers' ports bind: workers share those of 64 servers. */
const incast = [512, 1024, 2048, 4096].map(workers => {
  return { workers, servers: 64, iterations: 3, consistency: 'asp' as const };
});
/** Where both sides bind: the workers' ports carry as much together as those of 16 servers. */
const balanced = [256, 512, 1024, 2048].map(workers => {
  const workerMegabits = (10_000 * 16) / workers;
  return { workers, servers: 16, iterations: 3, consistency: 'asp' as const, workerMegabits };
});
/** The heap of a machine of two gibibytes: where there is more, Node collects later. */
const largestHeap = '--max-old-space-size=1024';
const largest: Size = { workers: 10_000, servers: 100, iterations: 5, consistency: 'asp' };

/** What one run took. */
interface Taken {
  readonly seconds: number;
  readonly mebibytes: number;
}

export async function bench(): Promise<readonly Measurement[]> {
  const { seconds, mebibytes } = alone(largest, [largestHeap]);
  return [
    ...growth('servers bind', incast, '<= 2.3 times'),
    ...growth('both sides bind', balanced, '<= 2.6 times'),
    { name: `${nameOf(largest)}, time`, value: seconds, unit: 's', target: '<= 90 s' },
    { name: `${nameOf(largest)}, memory`, value: mebibytes, unit: 'MiB', target: '<= 2048 MiB' }
  ];
}

/** Each run, and by how much its time is that of the run before, with half as many workers. */
function growth(what: string, sizes: readonly Size[], target: string): Measurement[] {
  let before: number | null = null;
  const measurements: Measurement[] = [];
  for (const size of sizes) {
    const { seconds, mebibytes } = alone(size);
    const name = `${what}, ${nameOf(size)}`;
    const rate = messagesOf(size) / seconds / 1000;
    const memory = `${Math.round(mebibytes)} MiB`;
    measurements.push({ name: `${name}, ${memory}`, value: rate, unit: 'thousand messages/s' });
    if (before !== null) {
      measurements.push({
        name: `${name}, time over that of half`,
        value: seconds / before,
        unit: 'times',
        target
      });
    }
    before = seconds;
  }
  return measurements;
}

function nameOf({ workers, servers, iterations }: Size): string {
  return `${workers} workers x ${servers} servers x ${iterations}`;
}

/** One run in a process of its own, whose memory is that of the run. */
function alone(size: Size, options: readonly string[] = []): Taken {
  const script = `
    const { run } = await import(${JSON.stringify(import.meta.url)});
    const before = process.cpuUsage();
    await run(${JSON.stringify(size)});
    const { user, system } = process.cpuUsage(before);
    const mebibytes = process.resourceUsage().maxRSS / 1024;
    console.log(JSON.stringify({ seconds: (user + system) / 1e6, mebibytes }));`;
  const args = [...process.execArgv, ...options, '--input-type=module', '--eval', script];
  const cwd = fileURLToPath(new URL('.', import.meta.url));
  const child = spawnSync(process.execPath, args, { cwd, encoding: 'utf8' });
  if (child.status !== 0) throw new Error(`${nameOf(size)}: ${child.stderr}`);
  return JSON.parse(child.stdout.trim().split('\n').at(-1) ?? '');
}

/** What the process of one run does. */
export async function run(size: Size): Promise<void> {
  await timed(size);
}
