/** A worker of a sparse model, which pulls the rows that its next batch touches. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { resolve } from '../../core/config.ts';
import { describe } from '../../core/describe.ts';
import type { Message, Reply } from '../../core/message.ts';
import type { Effect, Node, NodeId } from '../../core/node.ts';
import { createNode, setupRun } from '../../core/setup.ts';
import { type KeySet, layout } from '../../core/tensors.ts';
import { plainPayload } from '../../core/values.ts';
import { firstView } from '../../core/view.ts';

const test = suite('worker of a sparse model');

/** Ten rows of two keys, on one server. */
function sparseWorker(iterations: number): Node {
  const config = resolve({
    workers: 1,
    servers: 1,
    consistency: 'asp',
    problem: { kind: 'quadratic', dimension: 1, condition: 1, noise: 0, heterogeneity: 0 },
    stopAt: { iterations }
  });
  const model = {
    layout: layout([{ name: 'table', shape: [10, 2], rows: true }]),
    sparse: true,
    initialParams: new Float32Array(20),
    frequencies: null
  };
  const worker = createNode(setupRun(config, model), 'w0');
  worker.handle({ kind: 'start', incarnation: 0, restored: null }, 0);
  return worker;
}

const rows = (...first: number[]): KeySet => {
  return { kind: 'some', ranges: [], rows: Uint32Array.from(first), width: 2 };
};

function receive(worker: Node, from: NodeId, message: Message): string[] {
  return lines(worker.handle({ kind: 'message', from, session: 0, sequence: 0, message }, 0));
}

function answer(clock: number, next: number, keys: KeySet, slowest = next): Message {
  const count = keys.kind === 'some' ? 2 * keys.rows.length : 20;
  const reply: Reply = {
    what: 'params',
    clock: next,
    version: next,
    slowest,
    keys,
    base: null,
    payload: plainPayload(new Float32Array(count), count),
    parkedNanos: 0
  };
  return { kind: 'answer', view: 1, clock, round: 0, received: next > clock, settled: [], reply };
}

function lines(effects: readonly Effect[]): string[] {
  return effects.flatMap(effect => {
    if (effect.kind === 'send') return [describe(effect.message)];
    if (effect.kind === 'compute') return [`compute #${effect.id} ${effect.job.kind}`];
    return effect.kind === 'cancel' ? [`cancel #${effect.id}`] : [];
  });
}

const view: Message = { kind: 'view', view: firstView(1, 1) };
const abort = (clock: number, restart: boolean): Message => {
  return { kind: 'abort', view: 1, clock, restart };
};

test('it asks its device for the keys of the first batch, and pulls those', () => {
  const worker = sparseWorker(5);
  assert.equal(receive(worker, 'c', view), ['compute #0 keys']);
  const keys = { kind: 'keys', keys: rows(2, 8) } as const;
  const pulls = worker.handle({ kind: 'computed', id: 0, result: keys }, 0);
  assert.equal(lines(pulls), ['pull v1 clock=0 4 keys']);
  assert.equal(receive(worker, 's0', answer(0, 0, rows(2, 8))), ['compute #1 gradient']);
});

test('a gradient brings the keys of the batch after it', () => {
  const worker = sparseWorker(5);
  receive(worker, 'c', view);
  worker.handle({ kind: 'computed', id: 0, result: { kind: 'keys', keys: rows(2, 8) } }, 0);
  receive(worker, 's0', answer(0, 0, rows(2, 8)));
  const update = { keys: rows(2, 8), length: 4, values: new Float32Array(4) };
  const gradient = { kind: 'gradient', loss: 1, samples: 1, update, nextKeys: rows(0) } as const;
  const pushes = worker.handle({ kind: 'computed', id: 1, result: gradient }, 0);
  assert.equal(lines(pushes), ['push v1 clock=0 base=0 gradient 4 keys 16B wants 2 keys']);
});

test('one that is to end an iteration pulls nothing until its device has told the next keys', () => {
  const worker = sparseWorker(5);
  receive(worker, 'c', view);
  worker.handle({ kind: 'computed', id: 0, result: { kind: 'keys', keys: rows(2, 8) } }, 0);
  receive(worker, 's0', answer(0, 0, rows(2, 8)));
  const ended = receive(worker, 's0', abort(0, false));
  assert.equal(ended, ['cancel #1', 'push v1 clock=0 base=0 empty wants 0 keys']);
  assert.equal(receive(worker, 's0', answer(0, 1, rows())), ['compute #2 keys']);
  const keys = { kind: 'keys', keys: rows(4) } as const;
  const pulls = worker.handle({ kind: 'computed', id: 2, result: keys }, 0);
  assert.equal(lines(pulls), ['pull v1 clock=1 2 keys']);
});

test('one that is to start again asks for the keys of the same batch', () => {
  const worker = sparseWorker(5);
  receive(worker, 'c', view);
  worker.handle({ kind: 'computed', id: 0, result: { kind: 'keys', keys: rows(2, 8) } }, 0);
  receive(worker, 's0', answer(0, 0, rows(2, 8)));
  assert.equal(receive(worker, 's0', abort(0, true)), ['cancel #1', 'compute #2 keys']);
});

test('one that is to end its last iteration wants nothing more', () => {
  const worker = sparseWorker(1);
  receive(worker, 'c', view);
  worker.handle({ kind: 'computed', id: 0, result: { kind: 'keys', keys: rows(2) } }, 0);
  receive(worker, 's0', answer(0, 0, rows(2)));
  const ended = receive(worker, 's0', abort(0, false));
  assert.equal(ended, ['cancel #1', 'push v1 clock=0 base=0 empty wants nothing']);
});

test('a joiner whose first pull finds the others ahead asks for the keys of where they are', () => {
  const worker = sparseWorker(9);
  receive(worker, 'c', view);
  worker.handle({ kind: 'computed', id: 0, result: { kind: 'keys', keys: rows(2) } }, 0);
  assert.equal(receive(worker, 's0', answer(0, 0, rows(2), 6)), ['compute #1 keys']);
  const keys = { kind: 'keys', keys: rows(9) } as const;
  const pulls = worker.handle({ kind: 'computed', id: 1, result: keys }, 0);
  assert.equal(lines(pulls), ['pull v1 clock=6 2 keys']);
});

test.run();
