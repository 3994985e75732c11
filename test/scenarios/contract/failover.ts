import type { Answer, Message, Push, Replicate } from '../../../core/message.ts';
import type { Effect } from '../../../core/node.ts';
import { allKeys } from '../../../core/tensors.ts';
import type { View } from '../../../core/view.ts';
import { Play, payload, send } from './play.ts';

/** A server dies between received and settled. */
export function failover(): string {
  const play = new Play(
    `A server's failover (chain replication: van Renesse and Schneider 2004; for parameter servers: Li
     et al. 2014, section 4.3). Shard 0 is at s0, its head, and at s1, which follows it: what the head
     takes in it ships, with its time, and only what the follower has is received. Two workers under
     BSP; iteration 4.`
  );
  play.happens('w0', computed(4), [send('s0', push(0, 1))]);
  play.deliver('w0', 's0', [send('s1', replicate(17, push(0, 1)))]);
  play.tell(
    `The follower is the same machine and is fed the same inputs: it folds w0's gradient too. Now the
     update is received, durable as promised, and w0 need not send it again for its own sake. It is not
     settled: the barrier waits for w1.`
  );
  play.deliver('s0', 's1', [send('s0', { kind: 'replicated', view: 1, number: 17 })]);
  play.deliver('s1', 's0', [send('w0', received)]);
  play.deliver('s0', 'w0', []);
  play.tell(`w1's gradient reaches the head and dies with it, on its way to the follower.`);
  play.happens('w1', computed(4), [send('s0', push(1, 1))]);
  play.deliver('w1', 's0', [send('s1', replicate(18, push(1, 1)))]);
  play.crash('s0');
  play.tell(
    `The coordinator misses its heartbeats and makes the follower the head of shard 0, in view 2. Its
     state is that of input 17.`
  );
  play.happens('c', { kind: 'session-down', peer: 's0', session: 0 }, []);
  play.happens('c', { kind: 'timer', name: 'heartbeat' }, [
    send('s1', viewChange),
    send('w0', viewChange),
    send('w1', viewChange)
  ]);
  play.deliver('c', 's1', []);
  play.tell(
    `Workers send again what has not been answered, to the head of now and under its view. Of w0 that
     is its wish alone: the update is known by (w0, life 0, clock 4, round 0), and is not folded twice.
     So parked wishes need no replication: they come again.`
  );
  play.deliver('c', 'w0', [send('s1', push(0, 2))]);
  play.deliver('w0', 's1', []);
  play.tell(
    `w1's was never received, and is taken now. The barrier closes; nothing has been lost.`
  );
  play.deliver('c', 'w1', [send('s1', push(1, 2))]);
  play.deliver('w1', 's1', [
    { kind: 'work', operation: 'apply', elements: 2 },
    { kind: 'work', operation: 'apply', elements: 2 },
    send('w0', settled),
    send('w1', settled)
  ]);
  play.deliver('s1', 'w0', [compute(0)]);
  play.deliver('s1', 'w1', [compute(1)]);
  return play.finish();
}

const view: View = {
  number: 2,
  workers: [
    { rank: 0, incarnation: 0 },
    { rank: 1, incarnation: 0 }
  ],
  servers: [{ rank: 1, incarnation: 0, shard: 0 }],
  sequencer: 1
};

const viewChange: Message = { kind: 'view', view };

function computed(id: number) {
  const update = { keys: allKeys, length: 2, values: Float32Array.of(1, 2) };
  const result = { kind: 'gradient', loss: 0.5, samples: 32, update, nextKeys: null } as const;
  return { kind: 'computed', id, result } as const;
}

function push(worker: number, viewNumber: number): Push {
  return {
    kind: 'push',
    view: viewNumber,
    incarnation: 0,
    clock: 4,
    round: 0,
    cut: 0,
    base: 4,
    contribution: {
      kind: 'gradient',
      keys: allKeys,
      payload: payload([worker, worker]),
      samples: 32
    },
    want: { keys: allKeys, base: null },
    origins: null
  };
}

function replicate(number: number, input: Push): Replicate {
  const worker = number === 17 ? 'w0' : 'w1';
  return { kind: 'replicate', view: 1, number, at: 81_000_000 + number, from: worker, input };
}

const received: Answer = {
  kind: 'answer',
  view: 1,
  clock: 4,
  round: 0,
  received: true,
  settled: [],
  reply: null
};

const settled: Answer = {
  kind: 'answer',
  view: 2,
  clock: 4,
  round: 0,
  received: true,
  settled: [{ clock: 4, fate: 'applied', weight: 1, staleness: 0 }],
  reply: {
    what: 'params',
    clock: 5,
    version: 5,
    slowest: 5,
    keys: allKeys,
    base: null,
    payload: payload([1, 2]),
    parkedNanos: 0
  }
};

function compute(worker: number): Effect {
  const params = {
    keys: allKeys,
    parts: [{ server: 0, version: 5, values: Float32Array.of(1, 2) }]
  };
  return { kind: 'compute', id: 5, job: { kind: 'gradient', worker, clock: 5, params } };
}
