/** Faults as data: short forms, what is wrong in words, and when each begins. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError, resolve } from '../../../core/config.ts';
import { crash, formatFaults, hold, partition } from '../../../core/environment/faults/fault.ts';
import { beginsAt, ClockWatch, strandsOf } from '../../../core/environment/faults/schedule.ts';
import { idleParameters } from '../../../core/environment/idle.ts';
import { nodeIds } from '../../../core/node-id.ts';

const test = suite('faults as data');

function faultsOf(faults: unknown) {
  const problem = { kind: 'timing', tensors: [10] };
  const base = { problem, stopAt: { iterations: 3 }, workers: 4, servers: 2 };
  return resolve({ ...base, environment: { faults } }).environment.faults;
}

const strands = (faults: unknown) =>
  strandsOf(faultsOf(faults), nodeIds({ workers: 4, servers: 2 }));

test('a short form is read, and written as it was', () => {
  const forms = [
    'none',
    'pause:w2:at=3s:for=1s',
    'crash:w2:at=3s + cut:w1-s0:rate=2/min:for=10ms',
    'slow-node:workers,s0:4:every=2s:from=1s:until=9s:for=1s',
    'slow-link:w2:0.1:at=3s:direction=up',
    'delay:w1-s0:20ms:when=min@10',
    'hold:servers:when=w3@5:for=1s',
    'partition:w0,w1/s0,c:at=3s:for=1s:oneWay=true'
  ];
  for (const form of forms) assert.is(formatFaults(faultsOf(form)), form);
  assert.equal(
    faultsOf(crash({ on: 'w2', at: '3s', for: '1s' })),
    faultsOf('crash:w2:at=3s:for=1s')
  );
  assert.equal(faultsOf([hold({ on: ['w1-s0'], when: 'max@2', for: '1s' })])[0], {
    kind: 'hold',
    on: ['w1-s0'],
    when: { clock: 'max', reaches: 2 },
    for: '1s'
  });
  const parted = partition({ groups: [['w0'], ['s0']], at: '1s', until: '3s' });
  assert.is(formatFaults(faultsOf(parted)), 'partition:w0/s0:at=1s:for=2s');
});

test('what is wrong is said in one line, with the place and the remedy', () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    [
      'crash:w9:at=1s',
      /^environment\.faults\.0\.on: there is no w9 in this run: c, s0 to s1, w0 to w3$/
    ],
    ['crash:w1:at=3s:until=2s', /^environment\.faults\.0\.until: it ends before it begins, at 3s$/],
    ['pause:w1:every=2s:from=5s:until=4s:for=1s', /until: it ends before it begins, at 5s$/],
    ['hold:w1:rate=-1/s:for=1s', /rate: "-1\/s" is no rate; .* "0\.1\/s", "2\/min", "1\/h"$/],
    ['partition:w0,w1/w1,s0:at=1s:for=1s', /groups: w1 is named twice: each node is in one group$/],
    ['partition:w0,w0/s0:at=1s:for=1s', /groups: w0 is named twice/],
    ['partition:w0/w1:at=1s:for=1s', /groups: no session crosses this partition/],
    ['cut:w1-w2:at=1s:for=1s', /on: w1-w2 is no session: workers have one with each server/],
    ['cut:w1:at=1s:for=1s', /on: "w1" is none: a session is right: w1-s0/],
    ['pause:w1:at=3s', /for: how long does the pause last\? for: "1s", say$/],
    ['pause:w1:every=1s:for=2s', /for: it has not ended when it begins again, every 1s/],
    ['pause:w1:for=1s', /when\? one of at: "3s", every: "10s", rate: "0\.1\/s", when: "w3@5"$/],
    ['pause:w1:at=1s:rate=1/s:for=1s', /when\? one of at/],
    ['pause:w1:when=w7@4:for=1s', /when: there is no w7: ranks are 0 to 3$/],
    ['pause:w1:when=soon:for=1s', /when: a condition on clocks is \{ clock: "w3", reaches: 5 \}/],
    ['paus:w1:at=1s', /unknown fault "paus" \(did you mean "pause"\?\); there are pause:w2:at=3s/],
    ['slow-link:w1:2:at=1s', /factor: at most 1 is right, got 2$/],
    ['pause:w1:at=3:for=1s', /at: "3" has no unit; a duration is a number with its unit/]
  ];
  for (const [form, says] of cases) {
    try {
      faultsOf(form);
      assert.unreachable(form);
    } catch (error) {
      assert.instance(error, ConfigError, form);
      assert.match((error as Error).message, says);
      assert.is((error as Error).message.split('\n').length, 1);
    }
  }
});

test('a role is each of its nodes, a session each pair that has one', () => {
  const names = (faults: string) => strands(faults).map(({ name }) => name);
  assert.equal(names('crash:workers:at=1s'), ['w0', 'w1', 'w2', 'w3']);
  assert.equal(names('cut:w0-servers,w0-s1:at=1s:for=1s'), ['w0-s0', 'w0-s1']);
  assert.is(names('cut:nodes-c:at=1s:for=1s').length, 6);
  assert.equal(names('partition:w0/servers:at=1s:for=1s'), ['w0/s0,s1']);
});

test('a period and a rate begin when they should', () => {
  const [period] = strands('pause:w1:every=2s:from=1s:until=6s:for=500ms');
  assert.equal(
    [0, 1.5e9, 3e9, 3.1e9, 5.5e9].map(after => beginsAt(period!, 1, 0, after)),
    [1e9, 3e9, 3e9, 5e9, Infinity]
  );
  // The mean of n exponential times of mean 1/4 s lies within 4 sigma / sqrt(n) of it.
  const rates = strands('pause:workers:rate=4/s:for=1s');
  const n = 4000;
  let sum = 0;
  for (const strand of rates) {
    for (let occurrence = 0; occurrence < n / 4; occurrence++) {
      sum += beginsAt(strand, 7, occurrence, 5e9) - 5e9;
    }
  }
  assert.ok(Math.abs(sum / n / 1e9 - 0.25) < (4 * 0.25) / Math.sqrt(n), `${sum / n}`);
  const draws = rates.map(strand => beginsAt(strand, 7, 0, 0));
  assert.is(new Set(draws).size, 4, 'each node has its own');
  const others = strands('pause:w3,w2:rate=4/s:for=1s').map(strand => beginsAt(strand, 7, 0, 0));
  assert.equal(others, [draws[3], draws[2]], 'and the same among others');
});

test('a fault without an effect is a warning', () => {
  const idle = (faults: string, environment = {}) => {
    const problem = { kind: 'timing', tensors: [10] };
    const base = { problem, stopAt: { iterations: 3 }, workers: 4, servers: 2 };
    const config = resolve({ ...base, environment: { ...environment, faults } });
    return idleParameters(config).map(({ path, message }) => `${path.join('.')}: ${message}`);
  };
  assert.equal(idle('pause:w1:rate=0/s:for=1s'), ['environment.faults.0.rate: this never happens']);
  assert.match(
    idle('pause:w1:when=w1@4:for=1s')[0]!,
    /when: no clock reaches 4: the run ends at 3/
  );
  assert.match(idle('slow-link:w1:0.5:at=1s')[0]!, /kind: an ideal network has no links/);
  assert.equal(idle('slow-link:w1:0.5:at=1s', { network: 'star:1Gbps:1ms' }), []);
});

test('a watch tells of each condition once', () => {
  const all = strands(
    'pause:w0:when=w1@2:for=1s + pause:w1:when=min@2:for=1s + pause:w2:when=max@3:for=1s'
  );
  const watch = new ClockWatch(all, 2);
  const names = (worker: number, clock: number) =>
    watch.reached(worker, clock).map(({ name }) => name);
  assert.equal(names(1, 1), []);
  assert.equal(names(1, 2), ['w0']);
  assert.equal(names(1, 3), ['w2']);
  assert.equal(names(0, 1), []);
  assert.ok(watch.watches);
  assert.equal(names(0, 2), ['w1']);
  assert.equal(names(0, 3), []);
  assert.not.ok(watch.watches);
});

test.run();
