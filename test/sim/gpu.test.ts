/** GPUs behind PCIe links: pipelines by hand, and runs whose workers share one. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Device } from '../../sim/device.ts';
import { iterationsOf, size, timingRows } from './timing-rows.ts';

const test = suite('GPU');
const millisecond = 1e6;

/** A million bytes a second: a byte a microsecond. */
const run = (device: Device, now: number, there: number, kernel: number, back: number): number =>
  device.run(now * 1000, there, () => kernel * 1000, back) / 1000;

test('a job is copied there, computed, and copied back', () => {
  assert.is(run(new Device(1e6, 0), 5, 10, 100, 20), 5 + 10 + 100 + 20);
  assert.is(run(new Device(1e6, 3000), 5, 10, 100, 20), 5 + 13 + 100 + 23);
});

test('jobs are pipelined: copies of one beside the kernel of another, each first come first served', () => {
  const device = new Device(1e6, 0);
  // Microseconds. Copies there end at 10, 20, 30; kernels at 110, 210, 310; copies back 20 later.
  assert.equal(
    [0, 0, 0].map(now => run(device, now, 10, 100, 20)),
    [130, 230, 330]
  );
  // Where the link is the bottleneck: there at 50, 100, 150; kernels 10 later each, and back 20 more.
  const slow = new Device(1e6, 0);
  assert.equal(
    [0, 0, 0].map(now => run(slow, now, 50, 10, 20)),
    [80, 130, 180]
  );
  // The way back is the bottleneck: kernels end at 20, 30, 40; copies back take 50 each in turn.
  const back = new Device(1e6, 0);
  assert.equal(
    [0, 0, 0].map(now => run(back, now, 10, 10, 50)),
    [70, 120, 170]
  );
  // One that comes when all is idle again waits for nobody.
  assert.is(run(back, 500, 10, 10, 50), 570);
});

test('a kernel is timed when it begins', () => {
  const device = new Device(1e6, 0);
  const starts: number[] = [];
  const kernel = (start: number): number => {
    starts.push(start);
    return 7000;
  };
  device.run(0, 3, kernel, 0);
  device.run(0, 3, kernel, 0);
  assert.equal(starts, [3000, 10_000]);
});

/** Four bytes for each of 1000 params over 4 MB/s: a millisecond a copy. */
const gpu = (devices: number) => ({
  kind: 'pcie',
  bandwidth: `${4 * size * 1000}B/s`,
  latency: '0ms',
  devices
});
const computed = (hosts: object, workersPerHost = 3): number[] => {
  const network = { kind: 'star', bandwidth: '1Tbps', latency: '0ms', workersPerHost };
  const environment = { compute: 'constant:10ms', network, hosts };
  const rows = timingRows({ environment, stopAt: { iterations: 1 } });
  return ['w0', 'w1', 'w2'].map(node => {
    return Math.round(iterationsOf(rows, node)[0]!.computed / 1000) / 1000;
  });
};

test('workers of a host share its GPUs, and those with one of their own do not', () => {
  // Copied there at 1, 2, 3 ms; kernels end at 11, 21, 31 ms; a millisecond back.
  assert.equal(computed({ gpu: gpu(1) }), [12, 22, 32]);
  // w0 and w2 have the first device, w1 the second.
  assert.equal(computed({ gpu: gpu(2) }), [12, 12, 22]);
  assert.equal(computed({ gpu: gpu(1) }, 1), [12, 12, 12]);
  assert.equal(computed({ workers: { gpu: gpu(3) } }), [12, 12, 12]);
  assert.equal(computed({ servers: { gpu: gpu(3) } }), [10, 10, 10]);
  // GPUs compute; the core of the host is nobody's bottleneck then.
  assert.equal(computed({ gpu: gpu(1), cores: 1 }), [12, 22, 32]);
  assert.equal(computed({ cores: 1 }), [30, 30, 30]);
});

test('a process that stands still leaves its kernel running', () => {
  const preemption = 'at:5ms:50ms';
  assert.equal(computed({ gpu: gpu(3), nodes: { w0: { preemption } } })[0], 55);
  assert.equal(computed({ nodes: { w0: { preemption } } }, 1)[0], 60);
});

test('what is cancelled leaves the rest of the run as it is', () => {
  const changes = {
    environment: { compute: 'exponential:1ms', hosts: { gpu: gpu(1) } },
    consistency: 'asp',
    stopAt: { seconds: 0.05 }
  };
  const rows = timingRows(changes);
  assert.ok(iterationsOf(rows).length > 10 && iterationsOf(rows)[0]!.computed > 2 * millisecond);
  assert.equal(timingRows(changes), rows);
});

test.run();
