import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Job } from '../../core/node.ts';
import { setupRun } from '../../core/setup.ts';
import { hostNanos } from '../../exec/clock.ts';
import { ComputeThread } from '../../exec/compute-thread.ts';
import { createLearner } from '../../exec/learning/learner.ts';
import { quadraticRun } from './quadratic-run.ts';

const computeThread = suite('compute thread');

const config = quadraticRun({ servers: 2 });

/** The gradient at the initial params, as the parts of two servers, in memory made by `make`. */
async function gradientJob(make: (length: number) => Float32Array): Promise<Job> {
  const learner = await createLearner(config, { backend: null });
  const { model } = learner;
  const { shards } = setupRun(config, model).assignment;
  const parts = shards.map(({ server, ranges }) => {
    const { begin, end } = ranges[0]!;
    const values = make(end - begin);
    values.set(model.initialParams!.subarray(begin, end));
    return { server, version: 0, values };
  });
  learner.close();
  return { kind: 'gradient', worker: 1, clock: 3, params: { keys: { kind: 'all' }, parts } };
}

const own = (length: number): Float32Array => new Float32Array(length);
const shared = (length: number): Float32Array =>
  new Float32Array(new SharedArrayBuffer(4 * length));

computeThread(
  'the thread computes what the learner computes, from either kind of memory',
  async () => {
    const thread = await ComputeThread.start({ config, backend: null });
    const learner = await createLearner(config, { backend: null });
    for (const [id, make] of [own, shared].entries()) {
      const job = await gradientJob(make);
      const { result, nanos } = await thread.compute(id, job, null);
      assert.equal(result, await learner.compute(job));
      assert.ok(nanos > 0);
      // The node still holds the params: they are not taken away.
      assert.ok(job.kind === 'gradient' && job.params.parts[0]!.values!.length > 0);
    }
    learner.close();
    await thread.end();
  }
);

computeThread('a result is held back until it is due, unless it is cancelled', async () => {
  const thread = await ComputeThread.start({ config, backend: null });
  const job = await gradientJob(shared);
  const due = hostNanos() + 30_000_000n;
  const hour = hostNanos() + 3_600_000_000_000n;
  await thread.compute(0, job, due);
  assert.ok(hostNanos() >= due);
  let cancelledEnded = false;
  void thread.compute(1, job, hour).then(() => {
    cancelledEnded = true;
  });
  thread.cancel(1);
  // The one behind it does not wait for the hour.
  await thread.compute(2, job, null);
  assert.not(cancelledEnded);
  await thread.end();
});

computeThread('a job that the device cannot do is a failure with its reason', async () => {
  const thread = await ComputeThread.start({ config, backend: null });
  const params = { keys: { kind: 'all' } as const, parts: [] };
  const { result } = await thread.compute(
    0,
    { kind: 'gradient', worker: 0, clock: 0, params },
    null
  );
  assert.is(result.kind, 'failure');
  await thread.end();
});

computeThread('a problem that cannot be made is told when the thread starts', async () => {
  const problem = {
    kind: 'module',
    module: 'test/exec/no-such-model.ts',
    export: 'default',
    options: {},
    hash: null,
    data: null
  };
  try {
    await ComputeThread.start({ config: quadraticRun({ problem }), backend: null });
    assert.unreachable();
  } catch (error) {
    assert.match((error as Error).message, /no-such-model/);
  }
});

computeThread.run();
