import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Config } from '../../core/config.ts';
import type { NodeId, Outcome } from '../../core/node.ts';
import { nodeIds } from '../../core/node-id.ts';
import type { Row } from '../../core/record.ts';
import { createNode, setupRun } from '../../core/setup.ts';
import { Clock } from '../../exec/clock.ts';
import { createLearner, type Learner } from '../../exec/learning/learner.ts';
import { type Device, ProcessDriver } from '../../exec/process.ts';
import type { Address } from '../../exec/transport/address.ts';
import { peersOf, Sessions } from '../../exec/transport/sessions.ts';
import { Traffic } from '../../exec/transport/traffic.ts';
import { digestOf, quadraticRun, simulatedDigest } from './quadratic-run.ts';

const driver = suite('process driver');

interface Member {
  readonly id: NodeId;
  readonly driver: ProcessDriver;
  readonly sessions: Sessions;
}

interface Outcomes {
  readonly rows: readonly Row[];
  readonly outcomes: ReadonlyMap<NodeId, Outcome>;
  readonly ups: number;
}

/** Runs all nodes of `config` in this process, over TCP. `each` is called for each row. */
async function run(
  config: Config,
  each: (row: Row, members: readonly Member[]) => void = () => {}
): Promise<Outcomes> {
  const learner = await createLearner(config, { backend: null });
  const rows: Row[] = [];
  const outcomes = new Map<NodeId, Outcome>();
  let ups = 0;
  let end = (): void => {};
  const ended = new Promise<void>(resolve => {
    end = resolve;
  });
  const ids = nodeIds(config);
  const members = ids.map((id): Member => {
    const driver: ProcessDriver = new ProcessDriver({
      incarnation: 0,
      device: inline(learner),
      faulty: false,
      timingOnly: config.problem.kind === 'timing',
      trace: null,
      send: (to, message, priority) => sessions.send(to, message, priority),
      row: row => {
        rows.push(row);
        each(row, members);
      },
      began: () => {},
      stopped: outcome => {
        outcomes.set(id, outcome);
        if (outcomes.size === ids.length) end();
      }
    });
    const sessions = new Sessions(sessionOptions(id, ids), {
      up: peer => {
        ups += 1;
        driver.up(peer);
      },
      down: peer => driver.down(peer),
      message: (peer, sequence, message) => driver.message(peer, sequence, message),
      drained: (peer, credit) => driver.drained(peer, credit),
      lost: (_peer, reason) => assert.unreachable(reason),
      refused: () => {}
    });
    return { id, driver, sessions };
  });
  const addresses = new Map<NodeId, Address[]>();
  for (const { id, sessions } of members) {
    addresses.set(id, [await sessions.listen({ kind: 'tcp', host: '127.0.0.1', port: 0 })]);
  }
  for (const { sessions } of members) sessions.connect(addresses, null);
  const setup = setupRun(config, learner.model);
  for (const { id, driver } of members) driver.start(createNode(setup, id), null);
  await ended;
  for (const { sessions } of members) sessions.close();
  learner.close();
  return { rows, outcomes, ups };
}

function sessionOptions(id: NodeId, ids: readonly NodeId[]) {
  return {
    id,
    incarnation: 0,
    life: Buffer.from(id.padEnd(8)).toString('hex'),
    configuration: '00'.repeat(32),
    token: 'the token of this test',
    peers: peersOf(id, ids),
    clock: new Clock(),
    traffic: new Traffic(),
    maxFrameBytes: 1_000_000
  };
}

function inline(learner: Learner): Device {
  return {
    compute: async (_id, job) => ({ result: await learner.compute(job), nanos: 1 }),
    cancel: () => {}
  };
}

const iterations = (rows: readonly Row[]): number =>
  rows.filter(row => row.kind === 'iteration').length;

driver('a run over TCP ends with the params of the simulated one, bit for bit', async () => {
  const config = quadraticRun();
  const { rows, outcomes } = await run(config);
  assert.is(digestOf(rows), await simulatedDigest(config));
  assert.is(iterations(rows), 24);
  for (const outcome of outcomes.values()) {
    assert.equal(outcome, { kind: 'done', reason: 'iterations' });
  }
});

driver('sessions that are cut again and again change nothing of the result', async () => {
  const config = quadraticRun({ workers: 3, servers: 2, stopAt: { iterations: 30 } });
  let cuts = 0;
  const { rows, ups } = await run(config, (row, members) => {
    if (row.kind !== 'iteration' || row.clock % 4 !== 1) return;
    const member = members.find(({ id }) => id === row.node)!;
    member.sessions.cut(cuts % 2 === 0 ? 's0' : 's1');
    cuts += 1;
  });
  assert.is(digestOf(rows), await simulatedDigest(config));
  assert.ok(cuts >= 20);
  assert.ok(ups > 22, `${ups} sessions`);
});

driver('each gradient of asp is applied once, whatever is cut', async () => {
  const config = quadraticRun({ consistency: 'asp', workers: 3, stopAt: { iterations: 20 } });
  let cuts = 0;
  const { rows } = await run(config, (row, members) => {
    if (row.kind === 'iteration' && ++cuts % 3 === 0) {
      members.find(({ id }) => id === row.node)!.sessions.cut('s0');
    }
  });
  const shard = rows.find(row => row.kind === 'shard');
  assert.is(shard?.kind === 'shard' && shard.gradients, 60);
});

driver('a timing-only run sends bytes as long as payloads, and knows none of them', async () => {
  const config = quadraticRun({ problem: { kind: 'timing', tensors: [1000, 500] } });
  const { rows } = await run(config);
  assert.is(digestOf(rows), null);
  assert.is(iterations(rows), 24);
});

driver.run();
