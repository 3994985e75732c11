import type { Answer, Push, Reply, Settlement } from '../../../core/message.ts';
import type { Effect, Input } from '../../../core/node.ts';
import type { Payload } from '../../../core/params.ts';
import { allKeys } from '../../../core/tensors.ts';
import { Play, payload, send } from './play.ts';

/** A compressor whose update is whole after two rounds. */
export function powerSgd(): string {
  const play = new Play(
    `PowerSGD at rank 1 (Vogels et al. 2019, algorithm 1): of a matrix M of n rows and m columns, all
     workers hold the same Q (m values). Round 0 brings P = MQ (n values), of which the server sends
     back the mean; every worker makes its columns orthonormal, and round 1 brings Q = M'P (m values).
     The update is P times the mean Q. Here n = 3 and m = 2, two workers, one server, a barrier. A
     matrix that is sharded is cut by rows, and each piece of it is a matrix of its own.`
  );
  play.tell(
    `Round 0. The push wants no params: what it waits for is the round's aggregate. Nothing is settled
     by it, since an update counts when its last round is in.`
  );
  play.happens('w0', computed, [encode(6), send('s0', push(0, [1, 2, 3], false))]);
  play.happens('w1', computed, [encode(6), send('s0', push(0, [3, 2, 1], false))]);
  play.deliver('w0', 's0', [decode(3)]);
  const p: Reply = reply('aggregate', 7, powered([2, 2, 2]));
  play.deliver('w1', 's0', [decode(3), send('w0', answer(0, [], p)), send('w1', answer(0, [], p))]);
  play.tell(
    `Round 1, with the wish for the params of the next iteration. Worker, incarnation, clock and round
     are the identity of a push: a lost answer to either round is given again, and nothing is added
     twice.`
  );
  play.deliver('s0', 'w0', [decode(3), encode(6), send('s0', push(1, [0.5, 0.25], true))]);
  play.deliver('s0', 'w1', [decode(3), encode(6), send('s0', push(1, [1.5, 0.75], true))]);
  play.deliver('w0', 's0', [decode(2)]);
  play.tell(
    `The mean Q goes back in an answer of its own, ahead of the params: workers start the next
     iteration's round 0 from it, and their error feedback is what the aggregate has missed. The
     params may be parked by the consistency model, the aggregate never is.`
  );
  const q: Reply = reply('aggregate', 7, powered([1, 0.5]));
  const next: Reply = reply('params', 8, payload([1, 2, 3, 4, 5, 6]));
  const settled: Settlement[] = [{ clock: 7, fate: 'applied', weight: 1, staleness: 0 }];
  play.deliver('w1', 's0', [
    decode(2),
    send('w0', answer(1, [], q)),
    send('w1', answer(1, [], q)),
    { kind: 'work', operation: 'apply', elements: 6 },
    send('w0', answer(1, settled, next)),
    send('w1', answer(1, settled, next))
  ]);
  for (const worker of [0, 1] as const) {
    play.deliver('s0', `w${worker}`, [decode(2)]);
    play.deliver('s0', `w${worker}`, [compute(worker)]);
  }
  return play.finish();
}

const encode = (elements: number): Effect => ({ kind: 'work', operation: 'encode', elements });
const decode = (elements: number): Effect => ({ kind: 'work', operation: 'decode', elements });
const powered = (values: readonly number[]): Payload => payload(values, 'powersgd:1');

const computed: Exclude<Input, { kind: 'message' }> = {
  kind: 'computed',
  id: 7,
  result: {
    kind: 'gradient',
    loss: 0.3,
    samples: 32,
    update: { keys: allKeys, length: 6, values: Float32Array.of(1, 2, 3, 4, 5, 6) },
    nextKeys: null
  }
};

function push(round: number, factor: readonly number[], last: boolean): Push {
  return {
    kind: 'push',
    view: 1,
    incarnation: 0,
    clock: 7,
    round,
    cut: 0,
    base: 7,
    contribution: { kind: 'gradient', keys: allKeys, payload: powered(factor), samples: 32 },
    want: last ? { keys: allKeys, base: null } : null,
    origins: null
  };
}

function answer(round: number, settled: readonly Settlement[], brought: Reply): Answer {
  return { kind: 'answer', view: 1, clock: 7, round, received: true, settled, reply: brought };
}

function reply(what: Reply['what'], clock: number, values: Payload): Reply {
  return {
    what,
    clock,
    version: clock,
    slowest: 7,
    keys: allKeys,
    base: null,
    payload: values,
    parkedNanos: 0
  };
}

function compute(worker: number): Effect {
  const values = Float32Array.of(1, 2, 3, 4, 5, 6);
  const params = { keys: allKeys, parts: [{ server: 0, version: 8, values }] };
  return { kind: 'compute', id: 8, job: { kind: 'gradient', worker, clock: 8, params } };
}
