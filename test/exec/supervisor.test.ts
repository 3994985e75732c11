import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import * as path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { NodeId } from '../../core/node.ts';
import { createLearner } from '../../exec/learning/learner.ts';
import { type RealRun, RealRunError } from '../../exec/real-run.ts';
import { runReal } from '../../exec/supervisor.ts';
import { readTrace, replay } from '../../experiments/harness/replay.ts';
import { digestOf, quadraticRun, simulatedDigest } from './quadratic-run.ts';

const supervisor = suite('supervisor');

/** Whether a process of this id is there. */
function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function errorOf(run: Promise<RealRun>): Promise<RealRunError> {
  try {
    await run;
  } catch (error) {
    if (error instanceof RealRunError) return error;
    throw error;
  }
  throw new Error('the run succeeded');
}

supervisor(
  'a run over TCP ends as the simulated one, with all rows on one axis of time',
  async () => {
    const config = quadraticRun();
    const { rows, outcome, nodes } = await runReal(config, { transport: 'tcp' });
    assert.equal(outcome, { kind: 'done', reason: 'iterations' });
    assert.is(digestOf(rows), await simulatedDigest(config));
    assert.equal(
      nodes.map(({ id }) => id),
      ['c', 's0', 'w0', 'w1']
    );
    for (const { pid } of nodes) assert.not(alive(pid));
    const kinds = new Map<string, number>();
    let last = 0;
    for (const row of rows) {
      kinds.set(row.kind, (kinds.get(row.kind) ?? 0) + 1);
      if (row.kind !== 'iteration') continue;
      assert.ok(row.started >= 0 && row.ended >= row.computed);
      assert.ok(row.computed - row.started >= 1_000_000, 'a gradient takes its modelled duration');
      assert.ok(row.ended >= last, 'in order');
      last = row.ended;
    }
    assert.equal(Object.fromEntries(kinds), {
      iteration: 24,
      evaluation: 1,
      outcome: 1,
      shard: 1,
      traffic: 4,
      link: 6
    });
  }
);

supervisor(
  'a run over Unix sockets leaves a trace that replays with identical digests',
  async () => {
    const config = quadraticRun({ servers: 2, consistency: 'ssp:2' });
    const folder = mkdtempSync(path.join(tmpdir(), 'slackline-test-'));
    try {
      await runReal(config, { transport: 'unix', traceFolder: folder });
      writeFileSync(path.join(folder, 'config.json'), JSON.stringify(config));
      assert.is(readdirSync(folder).length, 6);
      const learner = await createLearner(config, { backend: null });
      const report = await replay(await readTrace(folder), learner);
      learner.close();
      assert.is(report.divergence, null);
      assert.ok(report.inputs > 100);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }
);

supervisor(
  'a worker that is killed ends the run, which names it, and leaves no process',
  async () => {
    const pids = new Map<NodeId, number>();
    let killed = false;
    const error = await errorOf(
      runReal(quadraticRun({ stopAt: { seconds: 3600 } }), {
        onProgress: progress => {
          if (progress.kind === 'joined') pids.set(progress.node, progress.pid);
          if (progress.kind === 'row' && !killed) {
            killed = true;
            process.kill(pids.get('w1')!, 'SIGKILL');
          }
        }
      })
    );
    assert.is(error.node, 'w1');
    assert.is(error.message, 'w1: killed by SIGKILL');
    assert.is(pids.size, 4);
    for (const pid of pids.values()) assert.not(alive(pid));
  }
);

supervisor('a node that cannot start says why', async () => {
  const problem = {
    kind: 'module',
    module: 'test/exec/no-such-model.ts',
    export: 'default',
    options: {},
    hash: null,
    data: null
  };
  const error = await errorOf(runReal(quadraticRun({ problem })));
  assert.match(error.message, /^w[01]: .*no-such-model/);
});

supervisor('a run that is interrupted ends its processes', async () => {
  const pids: number[] = [];
  const interruption = new AbortController();
  const error = await errorOf(
    runReal(quadraticRun({ stopAt: { seconds: 3600 } }), {
      signal: interruption.signal,
      onProgress: progress => {
        if (progress.kind === 'joined') pids.push(progress.pid);
        if (progress.kind === 'row') interruption.abort();
      }
    })
  );
  assert.is(error.message, 'interrupted');
  assert.is(pids.length, 4);
  for (const pid of pids) assert.not(alive(pid));
});

supervisor('when the supervisor is killed, its nodes end by themselves', async () => {
  const script = fileURLToPath(new URL('supervised.ts', import.meta.url));
  const parent = spawn(process.execPath, ['--import', 'tsx', script], {
    stdio: ['ignore', 'pipe', 'inherit']
  });
  const pids: number[] = [];
  for await (const line of createInterface({ input: parent.stdout! })) {
    const progress = JSON.parse(line);
    if (progress.kind === 'joined') pids.push(progress.pid);
    if (progress.kind === 'started') break;
  }
  assert.is(pids.length, 4);
  parent.kill('SIGKILL');
  await gone(pids);
  await ended(parent);
});

function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise(resolve => child.once('exit', () => resolve()));
}

/** Nobody is told of the end of another's children: it is looked for. */
async function gone(pids: readonly number[]): Promise<void> {
  while (pids.some(alive)) await new Promise(resolve => setTimeout(resolve, 5));
}

supervisor.run();
