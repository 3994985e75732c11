import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { describe, describeSend } from '../../core/describe.ts';
import type { Message, Push, Reply } from '../../core/message.ts';
import type { Payload } from '../../core/params.ts';
import { allKeys, type KeySet } from '../../core/tensors.ts';
import { messages } from './message-arbitrary.ts';

const test = suite('describe');

const payload = (byteLength: number, format = 'none'): Payload => ({
  format,
  elements: 103,
  byteLength,
  bytes: null
});

const some: KeySet = {
  kind: 'some',
  ranges: [{ begin: 0, end: 4 }],
  rows: Uint32Array.from([8, 16]),
  width: 4
};

const push: Push = {
  kind: 'push',
  view: 1,
  incarnation: 0,
  clock: 7,
  round: 0,
  cut: 0,
  base: 6,
  contribution: { kind: 'gradient', keys: allKeys, payload: payload(412), samples: 32 },
  want: { keys: allKeys, base: null },
  origins: null
};

const reply: Reply = {
  what: 'params',
  clock: 8,
  version: 9,
  slowest: 5,
  keys: allKeys,
  base: null,
  payload: payload(412),
  parkedNanos: 0
};

const named = { worker: 3, incarnation: 0, clock: 7 };

const lines: readonly (readonly [Message, string, string])[] = [
  [{ kind: 'join', incarnation: 2 }, 'join incarnation=2', 'join'],
  [
    {
      kind: 'view',
      view: {
        number: 2,
        workers: [0, 1, 2, 4, 5].map(rank => ({ rank, incarnation: rank === 4 ? 1 : 0 })),
        servers: [
          { rank: 1, incarnation: 0, shard: 1 },
          { rank: 2, incarnation: 0, shard: 0 }
        ],
        sequencer: 1
      }
    },
    'view v2 workers=w0..w2,w4(life=1),w5 servers=s1,s2(shard=0) sequencer=s1',
    'view'
  ],
  [
    { kind: 'pull', view: 1, clock: 0, keys: allKeys, base: null },
    'pull v1 clock=0 all',
    'pull clock=0'
  ],
  [
    { kind: 'pull', view: 1, clock: 4, keys: some, base: 3 },
    'pull v1 clock=4 12 keys since 3',
    'pull clock=4'
  ],
  [push, 'push v1 clock=7 base=6 gradient 412B wants all', 'push clock=7 412B'],
  [
    {
      ...push,
      incarnation: 1,
      round: 1,
      cut: 3,
      contribution: { kind: 'delta', keys: some, payload: payload(53, 'topk'), samples: 32 },
      want: null,
      origins: [
        { worker: 1, incarnation: 0, clock: 6, base: 5 },
        { worker: 2, incarnation: 0, clock: 7, base: 6 }
      ]
    },
    'push v1 life=1 clock=7 round=1 cut=#3 base=6 delta 12 keys 53B of topk wants nothing from w1@6,w2@7',
    'push clock=7 53B of topk'
  ],
  [
    { ...push, contribution: { kind: 'empty' }, want: { keys: some, base: 6 } },
    'push v1 clock=7 base=6 empty wants 12 keys since 6',
    'push clock=7'
  ],
  [
    { kind: 'answer', view: 1, clock: 7, round: 0, received: true, settled: [], reply: null },
    'answer v1 clock=7 received',
    'answer clock=7'
  ],
  [
    {
      kind: 'answer',
      view: 1,
      clock: 7,
      round: 1,
      received: false,
      settled: [
        { clock: 6, fate: 'applied', weight: 1, staleness: 2 },
        { clock: 7, fate: 'applied', weight: 0.5, staleness: 0 },
        { clock: 5, fate: 'stale', weight: 0, staleness: 9 }
      ],
      reply: { ...reply, parkedNanos: 12_000 }
    },
    'answer v1 clock=7 round=1 applied@6 staleness=2 applied@7 *0.5 staleness=0 stale@5 ' +
      'params clock=8 version=9 slowest=5 all 412B parked=12000ns',
    'answer clock=7 412B'
  ],
  [
    { kind: 'offer', view: 1, reply: { ...reply, what: 'aggregate', base: 4 } },
    'offer v1 aggregate clock=8 version=9 slowest=5 all since 4 412B',
    'offer 412B'
  ],
  [
    { kind: 'abort', view: 1, clock: 7, restart: true },
    'abort v1 clock=7 restart',
    'abort clock=7'
  ],
  [
    { kind: 'arrived', view: 1, worker: 3, incarnation: 0, clock: 7, base: 6, samples: 32 },
    'arrived v1 w3 clock=7 base=6 samples=32',
    'arrived clock=7'
  ],
  [
    {
      kind: 'decided',
      view: 1,
      number: 4,
      steps: [
        { kind: 'fold', ...named, weight: 0.5 },
        { kind: 'drop', ...named, fate: 'stale' },
        { kind: 'commit', gradientScale: 0.25, rateScale: 1 },
        { kind: 'admit', ...named },
        { kind: 'abort', ...named, incarnation: 2, restart: true }
      ]
    },
    'decided v1 #4 fold w3@7 *0.5, stale w3@7, commit gradient*0.25 rate*1, admit w3@7, ' +
      'abort w3@7 life=2 restart',
    'decided #4'
  ],
  [{ kind: 'decided', view: 1, number: 5, steps: [] }, 'decided v1 #5 nothing', 'decided #5'],
  [
    { kind: 'reduce', view: 1, number: 4, server: 1, sums: [0.5, 3] },
    'reduce v1 #4 s1 sums=0.5,3',
    'reduce #4'
  ],
  [{ kind: 'cut', view: 1, number: 3, final: true }, 'cut v1 #3 final', 'cut #3'],
  [
    { kind: 'mark', view: 1, number: 3, clock: 8, final: false },
    'mark v1 #3 clock=8',
    'mark clock=8 #3'
  ],
  [
    { kind: 'part', number: 3, version: 9, gradients: 64, payload: payload(412) },
    'part #3 version=9 gradients=64 412B',
    'part #3 412B'
  ],
  [
    { kind: 'progress', version: 9, gradients: 64, slowest: 7 },
    'progress version=9 gradients=64 slowest=7',
    'progress'
  ],
  [{ kind: 'finished', clock: 9, diverged: true }, 'finished clock=9 diverged', 'finished clock=9'],
  [{ kind: 'failed', reason: 'out of memory' }, 'failed: out of memory', 'failed'],
  [{ kind: 'halt', reason: 'target' }, 'halt target', 'halt'],
  [{ kind: 'halted' }, 'halted', 'halted'],
  [{ kind: 'heartbeat', progress: 9 }, 'heartbeat progress=9', 'heartbeat'],
  [
    { kind: 'replicate', view: 1, number: 5, at: 1200, from: 'w3', input: push },
    'replicate v1 #5 at=1200ns w3: push v1 clock=7 base=6 gradient 412B wants all',
    'replicate #5 412B'
  ],
  [{ kind: 'replicated', view: 1, number: 5 }, 'replicated v1 #5', 'replicated #5'],
  [
    { kind: 'segment', view: 1, clock: 7, step: 2, keys: allKeys, payload: payload(96, 'int8') },
    'segment v1 clock=7 step=2 all 96B of int8',
    'segment clock=7 96B of int8'
  ]
];

test('every kind of message is one line', () => {
  for (const [message, line, sent] of lines) {
    assert.is(describe(message), line);
    assert.is(describeSend('w3', 's1', message), `w3→s1 ${sent}`);
  }
});

test('any message is one line, and the same one again', () => {
  fc.assert(
    fc.property(messages, message => {
      const line = describe(message);
      assert.is(describe(message), line);
      assert.ok(line.startsWith(message.kind));
      assert.not.match(line, /\n|undefined|\[object/);
    }),
    { numRuns: 1000, seed: 38 }
  );
});

test.run();
