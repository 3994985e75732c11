import type { Answer, Message, Push, Settlement } from '../../../core/message.ts';
import type { Effect } from '../../../core/node.ts';
import { allKeys } from '../../../core/tensors.ts';
import type { Member, View } from '../../../core/view.ts';
import { Play, payload, send } from './play.ts';

/** A worker dies and comes back, under SSP. */
export function deathAndRejoin(): string {
  const play = new Play(
    `A worker's death and rejoin under SSP with bound 1 (Ho et al. 2013; membership in numbered views
     as in viewstamped replication: Liskov and Cowling 2012). w0 has ended iteration 6 and w1 is at
     iteration 5, on one server; the slowest clock is 5.`
  );
  play.happens('w0', computed(6), [send('s0', push(0, 0, 6, 1))]);
  play.tell(
    `w0 is two clocks ahead of w1 with it: applied, and its wish for iteration 7 is parked.`
  );
  play.deliver('w0', 's0', [apply]);
  play.crash('w1');
  play.happens('c', { kind: 'session-down', peer: 'w1', session: 0 }, [
    { kind: 'set-timer', name: 'heartbeat', at: 3_000_000_000 }
  ]);
  play.tell(
    `It does not come back in time: view 2 is without it. Parked wishes are looked at again, at once.
     The slowest clock is over the live, and w0 goes on. From here on a message of w1's first life is
     refused, whenever it comes: it speaks of view 1.`
  );
  play.happens('c', { kind: 'timer', name: 'heartbeat' }, [
    send('s0', viewOf(2, [live(0)])),
    send('w0', viewOf(2, [live(0)]))
  ]);
  play.deliver('c', 's0', [send('w0', answer(2, 6, 7, [settledAt(6)]))]);
  play.deliver('c', 'w0', [send('s0', push(0, 0, 6, 2))]);
  play.tell(
    `w0 sends again what was not answered when it heard of the view; the answer is on its way, and the
     server gives it again: the wish is admitted, the update is none. The first of the two answers
     counts.`
  );
  play.deliver('w0', 's0', [send('w0', answer(2, 6, 7, [settledAt(6)]))]);
  play.deliver('s0', 'w0', [compute(0, 7)]);
  play.deliver('s0', 'w0', []);
  play.tell(
    `w1 starts a second life, knows nothing, and says so. It is told of view 3, as everybody; what it
     sends under that view before the server has it is kept there until then.`
  );
  play.happens('w1', { kind: 'start', incarnation: 1, restored: null }, []);
  play.happens('w1', { kind: 'session-up', peer: 's0', session: 1, incarnation: 0 }, []);
  play.happens('w1', { kind: 'session-up', peer: 'c', session: 1, incarnation: 0 }, [
    send('c', { kind: 'join', incarnation: 1 })
  ]);
  const third = viewOf(3, [live(0), { rank: 1, incarnation: 1 }]);
  play.deliver('w1', 'c', [send('s0', third), send('w0', third), send('w1', third)]);
  const pull: Message = { kind: 'pull', view: 3, clock: 0, keys: allKeys, base: null };
  play.deliver('c', 'w1', [send('s0', pull)]);
  play.deliver('w1', 's0', []);
  play.tell(
    `A joiner stands at the slowest clock of the others, 7, and holds it back from now on. Its pull
     names iteration 0; the reply says where the slowest is, and the largest of all servers' is where
     it begins. Its batch (w1, 7) is the one that its first life would have met there.`
  );
  play.deliver('c', 's0', [send('w1', answer(3, 0, 0, []))]);
  play.deliver('s0', 'w1', [compute(1, 7)]);
  play.deliver('c', 'w0', []);
  play.happens('w1', computed(0), [send('s0', push(1, 1, 7, 3))]);
  play.deliver('w1', 's0', [apply, send('w1', answer(3, 7, 8, [settledAt(7)]))]);
  play.deliver('s0', 'w1', [compute(1, 8)]);
  return play.finish();
}

const apply: Effect = { kind: 'work', operation: 'apply', elements: 2 };

const live = (rank: number): Member => ({ rank, incarnation: 0 });

function viewOf(number: number, workers: readonly Member[]): { kind: 'view'; view: View } {
  const servers = [{ rank: 0, incarnation: 0, shard: 0 }];
  return { kind: 'view', view: { number, workers, servers, sequencer: 0 } };
}

function settledAt(clock: number): Settlement {
  return { clock, fate: 'applied', weight: 1, staleness: clock === 6 ? 1 : 0 };
}

function computed(id: number) {
  const update = { keys: allKeys, length: 2, values: Float32Array.of(1, 2) };
  const result = { kind: 'gradient', loss: 0.5, samples: 32, update, nextKeys: null } as const;
  return { kind: 'computed', id, result } as const;
}

function push(worker: number, incarnation: number, clock: number, view: number): Push {
  return {
    kind: 'push',
    view,
    incarnation,
    clock,
    round: 0,
    cut: 0,
    base: 11 + worker,
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

function answer(view: number, clock: number, next: number, settled: readonly Settlement[]): Answer {
  return {
    kind: 'answer',
    view,
    clock,
    round: 0,
    received: settled.length > 0,
    settled,
    reply: {
      what: 'params',
      clock: next,
      version: next === 8 ? 13 : 12,
      slowest: 7,
      keys: allKeys,
      base: null,
      payload: payload([1, 2]),
      parkedNanos: next === 7 ? 3_000_000_000 : 0
    }
  };
}

function compute(worker: number, clock: number): Effect {
  const version = clock === 8 ? 13 : 12;
  const params = {
    keys: allKeys,
    parts: [{ server: 0, version, values: Float32Array.of(1, 2) }]
  };
  const id = worker === 0 ? clock : clock - 7;
  return { kind: 'compute', id, job: { kind: 'gradient', worker, clock, params } };
}
