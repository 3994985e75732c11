import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { NodeId } from '../../core/node.ts';
import type { RealProgress } from '../../exec/launch/progress.ts';
import { RealRunError } from '../../exec/real-run.ts';
import { type RunNodeOptions, runNode } from '../../exec/run-node.ts';
import { runReal } from '../../exec/supervisor.ts';
import { parseAddress } from '../../exec/transport/address.ts';
import { readTokenFile } from '../../exec/transport/token.ts';
import { digestOf, quadraticRun, simulatedDigest } from './quadratic-run.ts';
import { Inbox } from './transport/inbox.ts';

const node = suite('a node that joins');

type Listening = Extract<RealProgress, { kind: 'listening' }>;

/** A run that waits for nodes, and how a node joins it. */
async function waitingRun(config = quadraticRun(), startMillisMax: number | null = null) {
  const progress = new Inbox<RealProgress>();
  const run = runReal(config, { waitForNodes: true, startMillisMax, onProgress: progress.put });
  run.catch(() => {});
  const { address, tokenFile } = (await progress.take()) as Listening;
  const join = (id: NodeId, changes: Partial<RunNodeOptions> = {}) =>
    runNode({
      id,
      join: parseAddress(address),
      token: readTokenFile(tokenFile!),
      listen: null,
      advertise: null,
      backend: null,
      joinMillisMax: 0,
      log: () => {},
      ...changes
    });
  return { run, join, progress };
}

async function messageOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('it succeeded');
}

/** Waits for a progress of this kind. */
async function next<K extends RealProgress['kind']>(
  progress: Inbox<RealProgress>,
  kind: K
): Promise<Extract<RealProgress, { kind: K }>> {
  for (;;) {
    const told = await progress.take();
    if (told.kind === kind) return told as Extract<RealProgress, { kind: K }>;
  }
}

node('nodes that somebody starts take part as those that are launched', async () => {
  const config = quadraticRun();
  const { run, join } = await waitingRun(config);
  const outcomes = await Promise.all((['w1', 'w0', 's0', 'c'] as const).map(id => join(id)));
  const { rows, nodes, warnings } = await run;
  for (const outcome of outcomes) assert.equal(outcome, { kind: 'done', reason: 'iterations' });
  assert.is(digestOf(rows), await simulatedDigest(config));
  assert.is(nodes.length, 4);
  assert.equal(
    warnings.filter(warning => !/took longer than/.test(warning)),
    []
  );
});

node('who does not belong to the run is told so, and the run still waits', async () => {
  const { run, join, progress } = await waitingRun();
  assert.match(
    await messageOf(join('w9')),
    /cannot join 127\.0\.0\.1:\d+: there is no w9 in this run: c, s0, w0 to w1/
  );
  assert.match((await next(progress, 'refused')).text, /no w9/);
  assert.match(
    await messageOf(join('w0', { token: 'the wrong token' })),
    /does not have the token/
  );
  const first = join('w0');
  await next(progress, 'joined');
  assert.match(await messageOf(join('w0')), /w0 has joined already: each node runs once/);
  const others = (['w1', 's0', 'c'] as const).map(id => join(id));
  await Promise.all([first, ...others, run]);
});

node('a run whose nodes do not come says which, and why', async () => {
  const { run, join } = await waitingRun(quadraticRun(), 400);
  const joined = messageOf(join('w0'));
  const message = await messageOf(run);
  assert.match(message, /did not start within 0\.4 s: c has not joined; s0 has not joined/);
  assert.match(message, /w0 waits for the other nodes to join; w1 has not joined/);
  assert.match(await joined, /the run has ended: the run did not start/);
});

node('a run that is not there is waited for, and then given up', async () => {
  const said: string[] = [];
  const message = await messageOf(
    runNode({
      id: 'w0',
      join: parseAddress('127.0.0.1:9'),
      token: 'some token',
      listen: null,
      advertise: null,
      backend: null,
      joinMillisMax: 300,
      log: line => said.push(line)
    })
  );
  assert.match(message, /cannot join 127\.0\.0\.1:9: connect ECONNREFUSED/);
  assert.match(said[0] ?? '', /waiting for the run/);
});

node('other hosts are not let in without a token', async () => {
  const given = process.env['SLACKLINE_TOKEN'];
  delete process.env['SLACKLINE_TOKEN'];
  const listen = parseAddress('0.0.0.0:0');
  const refused = await messageOf(runReal(quadraticRun(), { listen, waitForNodes: true }));
  if (given !== undefined) process.env['SLACKLINE_TOKEN'] = given;
  assert.match(refused, /0\.0\.0\.0:0 lets other hosts in: set SLACKLINE_TOKEN/);
});

node('a failure in the middle is told to all', async () => {
  const config = quadraticRun({ stopAt: { seconds: 3600 } });
  const interruption = new AbortController();
  const progress = new Inbox<RealProgress>();
  const run = runReal(config, {
    waitForNodes: true,
    onProgress: progress.put,
    signal: interruption.signal
  });
  const { address, tokenFile } = (await progress.take()) as Listening;
  const options = {
    join: parseAddress(address),
    token: readTokenFile(tokenFile!),
    listen: null,
    advertise: null,
    backend: null,
    joinMillisMax: 0,
    log: () => {}
  };
  const ends = (['c', 's0', 'w0', 'w1'] as const).map(id => messageOf(runNode({ id, ...options })));
  await next(progress, 'row');
  interruption.abort();
  try {
    await run;
    assert.unreachable();
  } catch (error) {
    assert.instance(error, RealRunError);
  }
  for (const end of ends) assert.is(await end, 'the run has ended: interrupted');
});

node.run();
