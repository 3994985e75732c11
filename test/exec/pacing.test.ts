/** Gradients of a real run are held to the times that they take in the simulator. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { resolve } from '../../core/config.ts';
import { createEnvironment } from '../../core/environment/environment.ts';
import { processPace } from '../../core/environment/hosts.ts';
import { nodeIds, rankOf } from '../../core/node-id.ts';
import { Pacing } from '../../exec/pacing.ts';
import { iterationsOf, timingRows } from '../sim/timing-rows.ts';

const test = suite('pacing');

const laws = {
  compute: 'log-normal:10ms:0.5',
  stragglers:
    'transient:0.2:4 + permanent:1:2 + markov:40ms:20ms:3 + rack:2:50ms:25ms:2 + diurnal:1s:3'
};
const hosts = {
  background: 'share:0.25:30ms:30ms',
  preemption: 'rate:60ms:15ms + at:100ms:70ms'
};

test('whatever slows a gradient, both drivers have it take as long', () => {
  for (const environment of [laws, { ...laws, hosts }]) {
    const changes = { environment, consistency: 'asp', stopAt: { iterations: 60 }, seed: 77 };
    const rows = iterationsOf(timingRows(changes));
    const config = resolve({
      workers: 3,
      servers: 2,
      problem: { kind: 'timing', tensors: [1000] },
      ...changes
    });
    const ids = nodeIds(config);
    const paces = ids.map(id => processPace(config.environment, config.seed, ids, id));
    const params = { keys: { kind: 'all' as const }, parts: [] };
    assert.is(rows.length, 180);
    for (const { node, clock, started, computed } of rows) {
      const worker = rankOf(node);
      const pacing = new Pacing(
        createEnvironment(config.environment, config.seed, config.workers),
        paces[ids.indexOf(node)] ?? null
      );
      const nanos = pacing.durationNanos({ kind: 'gradient', worker, clock, params }, started);
      const off = (nanos ?? Number.NaN) - (computed - started);
      // A result that comes while its process stands still waits for it, by a rounding of the two.
      assert.ok(
        Math.abs(off) <= 1,
        `${node} ${clock}: ${nanos}, and simulated ${computed - started}`
      );
    }
  }
});

test('what the environment gives no time is not paced', () => {
  const config = resolve({
    problem: { kind: 'timing', tensors: [10] },
    stopAt: { iterations: 1 },
    environment: { compute: 'instant', stragglers: 'markov:1s:1s:5' }
  });
  const pacing = new Pacing(createEnvironment(config.environment, config.seed, config.workers));
  const params = { keys: { kind: 'all' as const }, parts: [] };
  assert.is(pacing.durationNanos({ kind: 'gradient', worker: 0, clock: 0, params }, 5), null);
  assert.is(pacing.durationNanos({ kind: 'keys', worker: 0, clock: 0 }, 5), null);
});

test.run();
