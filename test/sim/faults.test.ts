/** Faults in virtual time: each kind by closed form, what they lose, and how they are recorded. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { NodeId } from '../../core/node.ts';
import { endsOf, faultsOf, millisecond, runWith, shardsOf } from './fault-run.ts';

const test = suite('faults in virtual time');

const star = { network: 'star:100Mbps:1ms' };
const even = [10, 20, 30, 40, 50, 60];

/** The iterations' ends with those from `first` on later by `millis`. */
const later = (first: number, millis: number): number[] =>
  even.map((end, i) => (i < first ? end : end + millis));

test('a pause of a worker delays the barrier by just as much', () => {
  for (const at of ['0s', '1ns', '5ms', '9999999ns']) {
    assert.equal(endsOf(runWith({ faults: `pause:w1:at=${at}:for=7ms` })), later(0, 7), at);
  }
  assert.equal(endsOf(runWith({ faults: 'pause:w1:at=15ms:for=7ms' })), later(1, 7));
  assert.equal(endsOf(runWith({ faults: 'pause:workers:at=15ms:for=7ms' })), later(1, 7));
  // Pauses that overlap stop the worker for their union, those one after another for their sum.
  const overlapping = 'pause:w1:at=12ms:for=5ms + pause:w1:at=15ms:for=5ms';
  assert.equal(endsOf(runWith({ faults: overlapping })), later(1, 8));
  const apart = 'pause:w1:at=12ms:for=1ms + pause:w1:at=14ms:for=3ms';
  assert.equal(endsOf(runWith({ faults: apart })), later(1, 4));
});

test('a server that is stopped serves nobody until it goes on', () => {
  // It would have been asked at 20 ms: what came meanwhile waits until 22 ms.
  assert.equal(endsOf(runWith({ faults: 'pause:s0:at=15ms:for=7ms' })), later(1, 2));
  // Its work under way keeps what is left of it: 1 ms for each of three additions and updates.
  const costs = { applyNanosPerElement: 2000 };
  const options = { environment: { costs }, changes: { servers: 1 } };
  const free = endsOf(runWith(options));
  const paused = endsOf(runWith({ ...options, faults: 'pause:s0:at=11500us:for=3ms' }));
  assert.equal(
    paused,
    free.map(end => end + 3)
  );
});

test('a slow node takes so many times as long for what is left', () => {
  assert.equal(
    endsOf(runWith({ faults: 'slow-node:w1:2:at=0s' })),
    even.map(end => 2 * end)
  );
  // From 15 to 22 ms it does 3.5 of the 5 ms that are left at 15 ms.
  assert.equal(endsOf(runWith({ faults: 'slow-node:w1:2:at=15ms:for=7ms' })), later(1, 3.5));
  // Two at once multiply, and a pause within stops all of it.
  const twice = 'slow-node:w1:2:at=0s + slow-node:w1:3:at=0s:for=60ms';
  assert.equal(endsOf(runWith({ faults: twice }))[0], 60);
  const both = 'slow-node:w1:2:at=0s + pause:w1:at=5ms:for=4ms';
  assert.equal(endsOf(runWith({ faults: both }))[0], 24);
});

test('a slow link carries its share of what it did', () => {
  // One message of S bytes over up and down of 100 Mbit/s takes S / 12.5e6 s and 1 ms.
  const changes = { workers: 1, servers: 1, stopAt: { iterations: 4 } };
  const spans = (faults: string): number[] => {
    const ends = endsOf(runWith({ faults, changes, environment: star }));
    return ends.slice(1).map((end, i) => end - ends[i]!);
  };
  const [free] = spans('none');
  const [there] = spans('slow-link:w0:0.25:at=0s:direction=up');
  const [both] = spans('slow-link:w0:0.25:at=0s');
  const transmission = free! - 10 - 2;
  const push = (there! - free!) / 3;
  assert.ok(push > 0.3 && push < transmission, `${push} of ${transmission} ms`);
  // All of the transmission takes four times as long, whatever the direction.
  assert.ok(Math.abs(both! - (12 + 4 * transmission)) < 1e-5, `${both}`);
  // At a third of the way of a message it has the rest of the bytes to go at the other rate.
  const again = spans('slow-link:w0:0.25:at=0s:for=1h');
  assert.ok(Math.abs(again[0]! - both!) < 1e-5);
});

test('a delay is added to what arrives while it is on', () => {
  const changes = { workers: 1, servers: 1, stopAt: { iterations: 3 } };
  const run = (faults: string) => endsOf(runWith({ faults, changes, environment: star }));
  const free = run('none');
  // The first pull and its reply come late, and so do the push and the reply of every iteration.
  const ends = (extra: number): number[] => free.map((end, i) => end + extra * (2 * i + 4));
  const round = (list: number[]): number[] => list.map(end => Math.round(1e6 * end));
  assert.equal(round(run('delay:w0-s0:5ms:at=0s')), round(ends(5)));
  const two = 'delay:w0-s0:2ms:at=0s + delay:s0:3ms:at=0s:for=1h';
  const late = round(run(two));
  late.forEach((end, i) => {
    assert.is(end - round(ends(5))[i]!, late[0]! - round(ends(5))[0]!, 'extras add up');
  });
  assert.equal(run('delay:w0-s0:5ms:at=1us:for=1us'), free, 'nothing arrives then');
});

test('what is held goes on at the end, in order', () => {
  assert.equal(endsOf(runWith({ faults: 'hold:w1-s0:at=9ms:for=20ms' })), later(0, 19));
  assert.equal(endsOf(runWith({ faults: 'hold:s0:at=9ms:for=20ms' })), later(0, 19));
  // Of an asynchronous worker's pushes to one of two servers nothing is lost and nothing overtakes.
  const changes = { consistency: 'asp', servers: 1, workers: 4, stopAt: { iterations: 20 } };
  const environment = { compute: 'exponential:3ms', ...star };
  const faults = 'hold:workers-s0:rate=60/s:for=4ms + delay:servers:3ms:rate=40/s:for=9ms';
  const run = runWith({ changes, environment, faults });
  assert.ok(faultsOf(run).length > 10);
  const next = new Map<string, number>();
  for (const { node, input } of run.handled) {
    if (input.kind !== 'message') continue;
    const key = `${input.from} ${node}`;
    assert.is(input.sequence, next.get(key) ?? 0, key);
    next.set(key, input.sequence + 1);
  }
  for (const { subject, began, ended } of faultsOf(run).filter(({ fault }) => fault === 'hold')) {
    for (const { node, now, input } of run.handled) {
      if (input.kind !== 'message') continue;
      if (subject !== `${node}-s0` && subject !== `${input.from}-s0`) continue;
      if (node !== 's0' && input.from !== 's0') continue;
      assert.ok(
        now <= began || ended === null || now >= ended,
        `${input.from} to ${node} at ${now}`
      );
    }
  }
});

test('a partition holds what crosses it, one way or both', () => {
  assert.equal(endsOf(runWith({ faults: 'partition:w0,w1/s0:at=9ms:for=20ms' })), later(0, 19));
  const crossing = (oneWay: string): string[] => {
    const faults = `partition:w0/s0,s1:at=5ms:for=20ms${oneWay}`;
    const changes = { consistency: 'asp', stopAt: { iterations: 4 } };
    const environment = { compute: 'constant:4ms' };
    const arrivals = runWith({ faults, changes, environment }).handled.filter(
      ({ input, now }) =>
        input.kind === 'message' && now > 5 * millisecond && now < 25 * millisecond
    );
    const pairs = arrivals.map(({ node, input }) => `${'from' in input && input.from} ${node}`);
    return [...new Set(pairs)].filter(pair => pair.includes('w0') && pair.includes('s'));
  };
  assert.equal(crossing(''), []);
  // Of one way, the servers' answers to what w0 sent before come through, and nothing of w0.
  assert.equal(crossing(':oneWay=true'), []);
  const answers = runWith({
    faults: 'partition:s0,s1/w0:at=5ms:for=20ms:oneWay=true',
    environment: { compute: 'constant:4ms' },
    changes: { consistency: 'asp', stopAt: { iterations: 4 } }
  });
  const pushes = answers.handled.filter(
    ({ node, now, input }) =>
      node === 's0' && input.kind === 'message' && input.from === 'w0' && now === 8e6
  );
  assert.is(pushes.length, 1, 'the push of 8 ms is there at once, its answer is not');
  assert.equal(endsOf(answers), [4, 25, 29, 33]);
});

test('faults that hold, delay, stop or slow never keep a run from its end', () => {
  const faults = [
    'pause:nodes:rate=20/s:for=3ms',
    'slow-node:nodes:5:rate=20/s:for=8ms',
    'slow-link:nodes:0.1:rate=20/s:for=8ms',
    'delay:workers-servers:2ms:rate=10/s:for=9ms',
    'hold:nodes:rate=10/s:for=5ms',
    'partition:w0,s0,c/w1,s1,w2:rate=20/s:for=6ms',
    'partition:w0/s0:every=9ms:for=3ms:oneWay=true'
  ];
  let struck = 0;
  for (const consistency of ['bsp', 'ssp:1', 'asp']) {
    for (const each of [...faults.map(fault => [fault]), faults]) {
      const run = runWith({ faults: each, environment: star, changes: { consistency } });
      assert.equal(run.outcome, { kind: 'done', reason: 'iterations' }, `${consistency} ${each}`);
      struck += faultsOf(run).length;
      for (const { gradients } of shardsOf(run)) assert.is(gradients, 18);
    }
  }
  assert.ok(struck > 200, `${struck}`);
});

test('a fault that never comes changes no bit', () => {
  const free = runWith({ environment: star });
  const faults = [
    'pause:nodes:rate=0/s:for=1ms',
    'crash:w2:at=1h',
    'cut:workers-servers:rate=0/s:for=1ms',
    'hold:w1:when=w1@100:for=1s',
    'partition:w0/s0:every=1h:for=1s'
  ];
  assert.is(runWith({ environment: star, faults }).digest, free.digest);
});

test('the same seed has the same faults, and another one others', () => {
  const faults = [
    'pause:workers:rate=30/s:for=2ms',
    'cut:workers-servers:rate=10/s:for=1ms',
    'hold:w0-s0:rate=20/s:for=4ms'
  ];
  const digests = [1, 1, 2].map(
    seed => runWith({ faults, environment: star, changes: { seed } }).digest
  );
  assert.is(digests[0], digests[1]);
  assert.is.not(digests[0], digests[2]);
});

test('each fault is recorded, from when to when', () => {
  const faults = 'pause:w1:at=15ms:for=7ms + slow-node:s0:2:at=1ms + pause:w0:every=25ms:for=1ms';
  assert.equal(
    faultsOf(runWith({ faults })).map(({ fault, subject, began, ended }) => {
      return [fault, subject, began / millisecond, ended === null ? null : ended / millisecond];
    }),
    [
      ['pause', 'w1', 15, 22],
      ['pause', 'w0', 25, 26],
      ['pause', 'w0', 50, 51],
      ['slow-node', 's0', 1, null]
    ]
  );
});

test('a condition on clocks holds when the clock comes there, once', () => {
  // Clocks count iterations ended: the second ends, its computation, at 20 ms.
  const at = (faults: string): [string, number][] =>
    faultsOf(runWith({ faults })).map(({ subject, began }) => [subject, began / millisecond]);
  assert.equal(at('pause:s0:when=w1@2:for=1ms'), [['s0', 20]]);
  assert.equal(at('pause:w0:at=21ms:for=9ms + hold:s0:when=min@3:for=1ms')[1], ['s0', 39]);
  assert.equal(at('pause:w0:at=21ms:for=9ms + hold:s0:when=max@3:for=1ms')[0], ['w0', 21]);
  assert.equal(at('pause:w0:at=21ms:for=9ms + hold:s0:when=max@3:for=1us')[1], ['s0', 30]);
  assert.equal(at('pause:s0:when=w1@50:for=1ms'), []);
});

test('a run that can go on no more ends, and says what has happened', () => {
  const ending = (faults: string, changes = {}, compute = '10ms'): string => {
    const environment = { compute: `constant:${compute}` };
    const { outcome } = runWith({ faults, changes, environment });
    return outcome?.kind === 'failed' ? outcome.reason : JSON.stringify(outcome);
  };
  assert.is(
    ending('crash:w2:at=15ms'),
    'nothing is left to happen at 20ms: w2 crashed at 15ms; c, s0, s1, w0, w1, w2 have not ended'
  );
  // However much else goes on in vain, with and without an end.
  const busy = 'crash:w2:at=15ms + pause:nodes:rate=1000/s:for=1us + cut:w0-s0:every=1ms:for=1us';
  assert.match(ending(busy), /^nothing is left to happen at 2\d.*ms: w2 crashed at 15ms, /);
  // A session that is cut before anything is there and back again, for ever.
  const starved = runWith({
    faults: 'cut:w0-s1:every=40ms:for=30ms',
    environment: { network: 'star:100Mbps:20ms' }
  });
  assert.match(JSON.stringify(starved.outcome), /nothing but faults has happened since /);
  for (const node of ['w2', 's0', 'c']) {
    for (const consistency of ['bsp', 'ssp:1', 'asp']) {
      for (const stopAt of [{ iterations: 6 }, { gradients: 1e6 }, { seconds: 2 }]) {
        const changes = { consistency, stopAt };
        const again = `${node} crashed at 300ms, ${node} started anew at 350ms`;
        const reason = ending(`crash:${node}:at=300ms:for=50ms`, changes, '200ms');
        assert.ok(reason.includes(again), reason);
        assert.match(ending(`crash:${node}:at=300ms`, changes, '200ms'), /crashed at 300ms/);
      }
    }
  }
});

test('a crash takes all that the node had, and its next life begins with a new number', () => {
  const faults = 'crash:w1:at=15ms:for=10ms';
  const { handled } = runWith({
    faults,
    changes: { consistency: 'asp', stopAt: { gradients: 999 } }
  });
  const of = (node: NodeId) => handled.filter(one => one.node === node);
  const ends = of('w1').flatMap(({ input }, i) => (input.kind === 'start' ? [i] : []));
  assert.is(ends.length, 2, 'two lives');
  const second = of('w1').slice(ends[1]);
  assert.equal(
    second.slice(0, 4).map(({ now, input }) => [now, input]),
    [
      [0, { kind: 'start', incarnation: 1, restored: null }],
      [0, { kind: 'session-up', peer: 'c', session: 1, incarnation: 0 }],
      [0, { kind: 'session-up', peer: 's0', session: 1, incarnation: 0 }],
      [0, { kind: 'session-up', peer: 's1', session: 1, incarnation: 0 }]
    ]
  );
  assert.not.ok(
    of('w1').some(({ input }, i) => i < ends[1]! && input.kind === 'session-down'),
    'the dead are told nothing'
  );
  for (const peer of ['c', 's0', 's1'] as const) {
    const told = of(peer).filter(
      ({ input }) => input.kind.startsWith('session') && 'peer' in input && input.peer === 'w1'
    );
    assert.equal(
      told.slice(1).map(({ now, input }) => [now / millisecond, input]),
      [
        [15, { kind: 'session-down', peer: 'w1', session: 0 }],
        [25, { kind: 'session-up', peer: 'w1', session: 1, incarnation: 1 }]
      ]
    );
  }
});

test.run();
