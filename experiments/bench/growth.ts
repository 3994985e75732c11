/**
 * How the simulator grows: whole runs without values, asynchronous, at a fixed number of messages of
 * each worker, each run in a process of its own. Time is that of the processor: other programs on
 * this machine take little of it.
 */
import type { Measurement } from '../harness/bench.ts';
import { alone } from './peers/alone.ts';
import { messagesOf, type Size } from './peers/timing-only.ts';

export { run } from './peers/alone.ts';

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

export async function bench(): Promise<readonly Measurement[]> {
  const { seconds, mebibytes } = alone(largest, 0, [largestHeap]);
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
    const { seconds, mebibytes } = alone(size, 0);
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
