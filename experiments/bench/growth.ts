/**
 * How the simulator grows: whole runs without values, asynchronous, at a fixed number of messages of
 * each worker, each run in a process of its own, with the options that runs of a sweep have. Times
 * are those of the processor: other programs on this machine take little of them.
 */
import type { Measurement } from '../harness/bench.ts';
import { alone, type Taken } from './peers/alone.ts';
import { messagesOf, type Size } from './peers/timing-only.ts';

export { run } from './peers/alone.ts';

/** Where the servers' ports bind: workers share those of 64 servers. */
const incast = [512, 1024, 2048, 4096].map(workers => {
  return { workers, servers: 64, iterations: 3, consistency: 'asp' as const };
});
/** Where both sides bind: the workers' ports carry as much together as those of 16 servers. */
const balanced = [256, 512, 1024, 2048].map(workers => {
  const workerMegabits = (10_000 * 16) / workers;
  return { workers, servers: 16, iterations: 8, consistency: 'asp' as const, workerMegabits };
});
/** Before each run, so that a ratio of times is not one of compiling. */
const small = { workers: 64, servers: 4, iterations: 100 };
const largest: Size = { workers: 10_000, servers: 100, iterations: 5, consistency: 'asp' };

export async function bench(): Promise<readonly Measurement[]> {
  return [
    ...growth('servers bind', incast, '<= 2.3 times'),
    ...growth('both sides bind', balanced, '<= 2.6 times'),
    ...figuresOf(largest)
  ];
}

/** Each run, and by how much its time is that of the run before, with half as many workers. */
function growth(what: string, sizes: readonly Size[], target: string): Measurement[] {
  let before: Taken | null = null;
  const measurements: Measurement[] = [];
  for (const size of sizes) {
    const taken = told(size);
    const name = `${what}, ${nameOf(size)}`;
    const rate = messagesOf(size) / taken.seconds / 1000;
    const memory = `${Math.round(taken.mebibytes)} MiB`;
    measurements.push({ name: `${name}, ${memory}`, value: rate, unit: 'thousand messages/s' });
    if (before !== null) {
      measurements.push({
        name: `${name}, time over that of half`,
        value: taken.seconds / before.seconds,
        unit: 'times',
        target
      });
    }
    before = taken;
  }
  return measurements;
}

function figuresOf(size: Size): Measurement[] {
  const { seconds, wallSeconds, mebibytes } = told(size);
  const name = nameOf(size);
  return [
    { name: `${name}, time of the processor`, value: seconds, unit: 's', target: '< 90 s' },
    { name: `${name}, time by the clock`, value: wallSeconds, unit: 's' },
    { name: `${name}, memory`, value: mebibytes, unit: 'MiB', target: '< 2048 MiB' }
  ];
}

// Minutes go by before all is measured: what is there already is told.
function told(size: Size): Taken {
  const taken = alone(size, 1, { ...size, ...small });
  const seconds = taken.seconds.toFixed(1);
  process.stderr.write(`  ${nameOf(size)}: ${seconds} s, ${Math.round(taken.mebibytes)} MiB\n`);
  return taken;
}

function nameOf({ workers, servers, iterations }: Size): string {
  return `${workers} workers x ${servers} servers x ${iterations}`;
}
