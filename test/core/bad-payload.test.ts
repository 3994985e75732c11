/** Payloads that no encoder wrote, in frames that are whole: the run fails, and says whose fault it is. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { quadratic } from '../../core/config/problem.ts';
import { resolve } from '../../core/config.ts';
import type { Contribution, Message, Push } from '../../core/message.ts';
import type { Effect, Node, NodeId } from '../../core/node.ts';
import type { Payload } from '../../core/params.ts';
import { createNode, setupRun } from '../../core/setup.ts';
import { allKeys, layout } from '../../core/tensors.ts';
import { plainPayload } from '../../core/values.ts';
import { firstView } from '../../core/view.ts';

const test = suite('a payload that cannot be decoded');

const model = {
  layout: layout([{ name: 'x', shape: [8], rows: false }]),
  sparse: false,
  initialParams: new Float32Array(8),
  frequencies: null
};

/** A node of two workers and a server, in training. */
function node(id: NodeId, compressor: string, consistency = 'asp'): Node {
  const config = resolve({
    workers: 2,
    servers: 1,
    consistency,
    compressor,
    problem: quadratic({ dimension: 8 }),
    stopAt: { iterations: 3 }
  });
  const made = createNode(setupRun(config, model), id);
  made.handle({ kind: 'start', incarnation: 0, restored: null }, 0);
  for (const peer of ['c', 's0', 'w0', 'w1'] as const) {
    if (peer !== id) made.handle({ kind: 'session-up', peer, session: 0, incarnation: 0 }, 0);
  }
  if (id !== 'c') hear(made, 'c', { kind: 'view', view: firstView(2, 1) });
  return made;
}

function hear(to: Node, from: NodeId, message: Message): readonly Effect[] {
  return to.handle({ kind: 'message', from, session: 0, sequence: 0, message }, 0);
}

function sent(effects: readonly Effect[], kind: Message['kind']): Message[] {
  return effects.flatMap(effect =>
    effect.kind === 'send' && effect.message.kind === kind ? [effect.message] : []
  );
}

const garbage: Payload = {
  format: 'topk',
  elements: 8,
  byteLength: 12,
  bytes: new Uint8Array(12).fill(0xff)
};

function push(payload: Payload): Push {
  const contribution: Contribution = { kind: 'gradient', keys: allKeys, payload, samples: 1 };
  return {
    kind: 'push',
    view: 1,
    incarnation: 0,
    clock: 0,
    round: 0,
    base: 0,
    cut: 0,
    origins: null,
    contribution,
    want: { keys: allKeys, base: null }
  };
}

for (const consistency of ['asp', 'bsp']) {
  test(`a server under ${consistency} names the sender and what is wrong, and takes nothing more`, () => {
    const server = node('s0', 'topk:0.5', consistency);
    const reason =
      'push of w0, clock 0: bad payload "topk" of 8 values: 4294967295 values in 12 bytes';
    assert.equal(sent(hear(server, 'w0', push(garbage)), 'failed'), [{ kind: 'failed', reason }]);
    assert.equal(hear(server, 'w1', push(garbage)), []);
    const again = server.handle({ kind: 'session-up', peer: 'c', session: 1, incarnation: 0 }, 0);
    assert.equal(sent(again, 'failed'), [{ kind: 'failed', reason }]);
    const effects = hear(server, 'c', { kind: 'halt', reason: 'failed' });
    assert.equal(effects.at(-1), {
      kind: 'stop',
      outcome: { kind: 'failed', reason: 'failed' }
    });
  });
}

test('plain values of another length are none; their sender is named though another came last', () => {
  const server = node('s0', 'none', 'bsp');
  const short = { ...plainPayload(new Float32Array(6), 6), elements: 8 };
  assert.equal(sent(hear(server, 'w1', push(short)), 'failed'), []);
  const whole = push(plainPayload(new Float32Array(8), 8));
  assert.equal(sent(hear(server, 'w0', whole), 'failed'), [
    { kind: 'failed', reason: 'push of w1, clock 0: bad payload "none" of 8 values: in 24 bytes' }
  ]);
});

test('a worker whose params cannot be read says so', () => {
  const worker = node('w0', 'none');
  const answer: Message = {
    kind: 'answer',
    view: 1,
    clock: 0,
    round: 0,
    received: false,
    settled: [],
    reply: {
      what: 'params',
      clock: 0,
      version: 0,
      slowest: 0,
      keys: allKeys,
      base: null,
      payload: { ...plainPayload(new Float32Array(6), 6), elements: 8 },
      parkedNanos: 0
    }
  };
  const [failed] = sent(hear(worker, 's0', answer), 'failed');
  assert.match(failed?.kind === 'failed' ? failed.reason : '', /^bad payload "none" of 8 values/);
});

test('the coordinator ends a run whose server has failed', () => {
  const coordinator = node('c', 'none');
  for (const id of ['s0', 'w0', 'w1'] as const) {
    hear(coordinator, id, { kind: 'join', incarnation: 0 });
  }
  hear(coordinator, 's0', { kind: 'failed', reason: 'push of w1, clock 0: bad' });
  const effects = (['s0', 'w0', 'w1'] as const).flatMap(id =>
    hear(coordinator, id, { kind: 'halted' })
  );
  assert.equal(effects.at(-1), {
    kind: 'stop',
    outcome: { kind: 'failed', reason: 's0: push of w1, clock 0: bad' }
  });
});

test.run();
