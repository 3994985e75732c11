import type { Arrived, Decided, Message, Push, Settlement } from '../../../core/message.ts';
import type { Effect, Input } from '../../../core/node.ts';
import { allKeys } from '../../../core/tensors.ts';
import { Play, payload, send } from './play.ts';

/** First K of P gradients, on two shards that must agree which. */
export function kSync(): string {
  const play = new Play(
    `K-sync (Dutta et al. 2018, section 3; backup workers: Chen et al. 2016, section 3): an update is
     the mean of the first K gradients of this version, the others are given up, and all go on from
     the next version. P = 3, K = 2, two shards. Which gradients make up an update must be the same on
     both, so the model is sequenced: server 0 decides, shards apply in the order of its decisions.`
  );
  play.happens('w0', computed(0), [send('s0', push(0)), send('s1', push(1))]);
  play.happens('w2', computed(0), [send('s0', push(2)), send('s1', push(2))]);
  play.happens('w1', computed(0), [send('s0', push(1)), send('s1', push(1))]);
  play.tell(
    `The shards hear of them in different orders. s1 tells the sequencer of each as it comes: the
     payload stays where it is.`
  );
  play.deliver('w2', 's1', [send('s0', arrived(2))]);
  play.deliver('w1', 's1', [send('s0', arrived(1))]);
  play.deliver('w0', 's0', []);
  play.deliver('w0', 's1', [send('s0', arrived(0))]);
  play.deliver('s1', 's0', []);
  play.tell(
    `A gradient counts when all shards have it, so that the death of its worker tears nothing. s1 has
     all three by now; s0 has that of w0, and then that of w2, of which it has heard from s1.`
  );
  play.deliver('s1', 's0', []);
  play.deliver('s1', 's0', []);
  play.tell(
    `w0 and w2 are the first two. The sequencer decides, tells the other shard, applies it here, and
     orders w1 to give up iteration 0.`
  );
  play.deliver('w2', 's0', [
    send('s1', first),
    send('w1', { kind: 'abort', view: 1, clock: 0, restart: false }),
    { kind: 'work', operation: 'apply', elements: 2 },
    { kind: 'work', operation: 'apply', elements: 2 },
    send('w0', answer(0, applied)),
    send('w2', answer(2, applied))
  ]);
  play.tell(`w1 has ended iteration 0 already, so the order is left alone.`);
  play.deliver('s0', 'w1', []);
  play.tell(
    `s1 has the gradient of w2 before that of w0, and folds them in the order of the decision. What
     w1 gave waits there for a decision of its own.`
  );
  play.deliver('s0', 's1', [
    { kind: 'work', operation: 'apply', elements: 2 },
    { kind: 'work', operation: 'apply', elements: 2 },
    send('w0', answer(0, applied)),
    send('w2', answer(2, applied))
  ]);
  play.tell(
    `Its gradient reaches s0 at last. It is of version 0, and too late: dropped on both shards, so no
     update is torn. w1 goes on from version 1, as all do.`
  );
  play.deliver('w1', 's0', [send('s1', second), send('w1', answer(1, dropped))]);
  play.deliver('s0', 's1', [send('w1', answer(1, dropped))]);
  play.deliver('s0', 'w1', []);
  play.deliver('s1', 'w1', [iteration(1, 0), compute(1)]);
  for (const worker of [0, 2] as const) {
    play.deliver('s0', `w${worker}`, []);
    play.deliver('s1', `w${worker}`, [iteration(worker, 2), compute(worker)]);
  }
  return play.finish();
}

const named = (worker: number) => ({ worker, incarnation: 0, clock: 0 });

const first: Decided = {
  kind: 'decided',
  view: 1,
  number: 0,
  steps: [
    { kind: 'fold', ...named(0), weight: 1 },
    { kind: 'fold', ...named(2), weight: 1 },
    { kind: 'commit', gradientScale: 1 / 2, rateScale: 1 },
    { kind: 'admit', ...named(0), clock: 1 },
    { kind: 'admit', ...named(2), clock: 1 },
    { kind: 'abort', ...named(1), restart: false }
  ]
};

const second: Decided = {
  kind: 'decided',
  view: 1,
  number: 1,
  steps: [
    { kind: 'drop', ...named(1), fate: 'dropped' },
    { kind: 'admit', ...named(1), clock: 1 }
  ]
};

const applied: Settlement = { clock: 0, fate: 'applied', weight: 1, staleness: 0 };
const dropped: Settlement = { clock: 0, fate: 'dropped', weight: 0, staleness: 0 };

function computed(id: number): Exclude<Input, { kind: 'message' }> {
  const update = { keys: allKeys, length: 4, values: Float32Array.of(1, 2, 3, 4) };
  const result = { kind: 'gradient', loss: 0.5, samples: 32, update, nextKeys: null } as const;
  return { kind: 'computed', id, result };
}

function push(worker: number): Push {
  return {
    kind: 'push',
    view: 1,
    incarnation: 0,
    clock: 0,
    round: 0,
    cut: 0,
    base: 0,
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

function arrived(worker: number): Arrived {
  return { kind: 'arrived', view: 1, worker, incarnation: 0, clock: 0, base: 0, samples: 32 };
}

function answer(worker: number, settlement: Settlement): Message {
  return {
    kind: 'answer',
    view: 1,
    clock: 0,
    round: 0,
    received: true,
    settled: [settlement],
    reply: {
      what: 'params',
      clock: 1,
      version: 1,
      slowest: worker === 1 ? 1 : 0,
      keys: allKeys,
      base: null,
      payload: payload([-1, -1]),
      parkedNanos: 0
    }
  };
}

function compute(worker: number): Effect {
  const values = Float32Array.of(-1, -1);
  const parts = [0, 1].map(server => ({ server, version: 1, values }));
  const params = { keys: allKeys, parts };
  return { kind: 'compute', id: 1, job: { kind: 'gradient', worker, clock: 1, params } };
}

function iteration(worker: number, shards: number): Effect {
  return {
    kind: 'record',
    row: {
      kind: 'iteration',
      node: `w${worker}`,
      clock: 0,
      started: 0,
      computed: 10_000_000,
      ended: 12_000_000,
      parkedNanos: 0,
      loss: 0.5,
      stalenessMax: shards === 0 ? null : 0,
      stalenessMean: shards === 0 ? null : 0,
      applied: shards
    }
  };
}
