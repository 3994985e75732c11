import type { Message, Push, Reply } from '../../../core/message.ts';
import type { Effect, Input, Job } from '../../../core/node.ts';
import { allKeys } from '../../../core/tensors.ts';
import { Play, payload, send } from './play.ts';

const steps = 4;

/** Local steps between exchanges, and an optimizer of its own where they meet. */
export function localSgd(): string {
  const play = new Play(
    `Local SGD with an outer optimizer (Stich 2019; DiLoCo: Douillard et al. 2023, algorithm 1): a
     worker takes H = 4 SGD steps on its own, and what it gives is the delta of its params. The server
     takes the mean of the deltas for a gradient and hands it to its optimizer (Nesterov momentum).
     Two workers, one server, a barrier. An iteration is one exchange, whatever it holds inside: here
     iteration 3, over the batches 12 to 15 of each worker.`
  );
  play.happens('w0', computed(3), [send('s0', push(0, 3))]);
  play.happens('w1', computed(3), [send('s0', push(1, 3))]);
  play.deliver('w0', 's0', []);
  play.tell(
    `The barrier: the deltas are added in worker order, and the commit is the outer step. Params go
     back as they do for gradients.`
  );
  play.deliver('w1', 's0', [
    { kind: 'work', operation: 'apply', elements: 2 },
    { kind: 'work', operation: 'apply', elements: 2 },
    send('w0', answer(3)),
    send('w1', answer(3))
  ]);
  play.deliver('s0', 'w0', [iteration(0, 3), compute(0, 4)]);
  play.deliver('s0', 'w1', [iteration(1, 3), compute(1, 4)]);
  play.tell(
    `A worker that dies between its local steps begins them again in its next life: from the snapshot
     it knows its clock, and the same job, under an id of that life, walks the same batches.`
  );
  play.crash('w1');
  play.happens('w1', { kind: 'start', incarnation: 1, restored: { clock: 4 } }, []);
  const pull: Message = { kind: 'pull', view: 2, clock: 4, keys: allKeys, base: null };
  play.happens('w1', { kind: 'session-up', peer: 's0', session: 1, incarnation: 0 }, [
    send('s0', pull)
  ]);
  play.deliver('w1', 's0', [send('w1', pulled)]);
  play.deliver('s0', 'w1', [{ kind: 'compute', id: 0, job: job(1, 4) }]);
  return play.finish();
}

/** The job of an iteration: its batches follow those of the iterations before. */
function job(worker: number, clock: number): Job {
  const params = {
    keys: allKeys,
    parts: [{ server: 0, version: clock, values: Float32Array.of(0.5, -0.5) }]
  };
  return {
    kind: 'local-steps',
    worker,
    clock,
    batch: clock * steps,
    params,
    steps,
    learningRate: 0.05
  };
}

function compute(worker: number, clock: number): Effect {
  return { kind: 'compute', id: clock, job: job(worker, clock) };
}

// The update of local steps is their delta: what they have moved the params by, and up is down.
function computed(id: number): Exclude<Input, { kind: 'message' }> {
  const update = { keys: allKeys, length: 2, values: Float32Array.of(0.1, -0.2) };
  const samples = 32 * steps;
  return {
    kind: 'computed',
    id,
    result: { kind: 'gradient', loss: 0.4, samples, update, nextKeys: null }
  };
}

function push(worker: number, clock: number): Push {
  return {
    kind: 'push',
    view: 1,
    incarnation: 0,
    clock,
    round: 0,
    cut: 0,
    base: clock,
    contribution: {
      kind: 'delta',
      keys: allKeys,
      payload: payload([0.1 + worker, -0.2]),
      samples: 32 * steps
    },
    want: { keys: allKeys, base: null },
    origins: null
  };
}

function reply(clock: number): Reply {
  return {
    what: 'params',
    clock,
    version: clock,
    slowest: clock,
    keys: allKeys,
    base: null,
    payload: payload([0.5, -0.5]),
    parkedNanos: 0
  };
}

function answer(clock: number): Message {
  return {
    kind: 'answer',
    view: 1,
    clock,
    round: 0,
    received: true,
    settled: [{ clock, fate: 'applied', weight: 1, staleness: 0 }],
    reply: reply(clock + 1)
  };
}

const pulled: Message = {
  kind: 'answer',
  view: 2,
  clock: 4,
  round: 0,
  received: false,
  settled: [],
  reply: reply(4)
};

function iteration(worker: number, clock: number): Effect {
  return {
    kind: 'record',
    row: {
      kind: 'iteration',
      node: `w${worker}`,
      clock,
      started: 120_000_000,
      computed: 160_000_000,
      ended: 162_000_000,
      parkedNanos: 0,
      loss: 0.4,
      stalenessMax: 0,
      stalenessMean: 0,
      applied: 1
    }
  };
}
