/** Links that go down: what becomes of the sessions across them. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError } from '../../core/config.ts';
import { type FaultRun, millisecond, runWith } from './fault-run.ts';

const test = suite('links that fail');

const star = 'star:1Gbps:1ms';
const state = [
  ['15ms', 'down'],
  ['40ms', 'up']
];

/** Sessions that a node was told of as ended: who, whom with, when. */
function downs({ handled }: FaultRun): string[] {
  return handled.flatMap(({ node, now, input }) =>
    input.kind === 'session-down' ? [`${node} ${input.peer} ${now / millisecond}`] : []
  );
}

test('sessions hold, unless it is said that they end', () => {
  const run = (whenDown?: string) =>
    runWith({ environment: { network: star, links: [{ link: 'w0', state, whenDown }] } });
  const plain = runWith({ environment: { network: star } });
  const [held, cut] = [run(), run('cut')];
  assert.equal(downs(held), []);
  assert.equal(downs(cut), ['c w0 15', 'w0 c 15', 's0 w0 15', 'w0 s0 15', 's1 w0 15', 'w0 s1 15']);
  for (const { outcome, now } of [held, cut]) {
    assert.is(outcome?.kind, 'done');
    assert.ok(now > plain.now + 15 * millisecond);
  }
  assert.equal(run('cut').digest, cut.digest);
});

test('to the nodes it is a cut of all that goes over the link', () => {
  const links = [{ link: 'w0', state, whenDown: 'cut' }];
  const failed = runWith({ environment: { network: star, links } });
  const faults = 'cut:c-w0:at=15ms:for=25ms + cut:servers-w0:at=15ms:for=25ms';
  const cut = runWith({ environment: { network: star }, faults });
  const lines = ({ handled }: FaultRun) => handled.map(one => JSON.stringify(one));
  assert.equal(lines(failed), lines(cut));
});

test('an uplink ends the sessions between racks, and those within go on', () => {
  // w0, w1 and s0 are in the first rack, with the coordinator; w2 and s1 in the other.
  const links = [{ link: 'rack1 down', state, whenDown: 'cut' }];
  const network = {
    kind: 'racks',
    hostsPerRack: 3,
    oversubscription: 1,
    bandwidth: '1Gbps',
    latency: '1ms'
  };
  const run = runWith({ environment: { network, links } });
  assert.is(run.outcome?.kind, 'done');
  const ends = new Set(downs(run).map(text => text.split(' ').slice(0, 2).sort().join(' ')));
  assert.equal(ends, new Set(['c s1', 'c w2', 's1 w0', 's1 w1', 's0 w2']));
});

test('of several entries for a link the last one counts', () => {
  const links = [
    { link: '*', state, whenDown: 'cut' },
    { link: '*', state: [['0s', 'up']] },
    { link: 'w2', state, whenDown: 'cut' }
  ];
  const run = runWith({ environment: { network: star, links } });
  assert.is(run.outcome?.kind, 'done');
  assert.ok(downs(run).length === 6 && downs(run).every(text => text.includes('w2')));
});

test('a link that fails again and again', () => {
  const links = [
    {
      link: 's* down',
      state: [
        ['5ms', 'down'],
        ['7ms', 'up']
      ],
      every: '31ms',
      whenDown: 'cut'
    }
  ];
  for (const consistency of ['bsp', 'ssp:1', 'asp']) {
    const run = runWith({
      environment: { network: star, links },
      faults: 'pause:w1:at=20ms:for=60ms',
      changes: { consistency, stopAt: { iterations: 8 } }
    });
    assert.is(run.outcome?.kind, 'done', consistency);
    assert.ok(new Set(downs(run).map(text => text.split(' ')[2])).size >= 3);
  }
});

test('a run that comes to nothing by it says so', () => {
  const links = [
    {
      link: 'w0',
      state: [
        ['1ms', 'down'],
        ['30ms', 'up']
      ],
      every: '35ms',
      whenDown: 'cut'
    }
  ];
  const network = 'star:1Gbps:20ms';
  const { outcome } = runWith({ environment: { network, links } });
  assert.match(JSON.stringify(outcome), /link w0 failed at .*, link w0 was up again at /);
});

test('a link that is up again and again, and never down, ends nothing', () => {
  const links = [{ link: 'w0', state: [['1ms', 'up']], every: '5ms', whenDown: 'cut' }];
  const run = runWith({ environment: { network: star, links } });
  assert.is(run.outcome?.kind, 'done');
  assert.equal(downs(run), []);
});

test('a run waits for a link that is down for long, whatever else fails meanwhile', () => {
  const long = [
    ['15ms', 'down'],
    ['200s', 'up']
  ];
  const other = {
    link: 'w1',
    state: [
      ['100s', 'down'],
      ['101s', 'up']
    ],
    whenDown: 'cut'
  };
  const faults = 'cut:w1-s0:at=100s:for=1s';
  for (const whenDown of ['hold', 'cut']) {
    const failing = { link: 'w0', state: long, whenDown };
    for (const more of [{ links: [failing, other] }, { links: [failing], faults }]) {
      const { links, faults } = { faults: [], ...more };
      const run = runWith({ environment: { network: star, links }, faults });
      assert.is(run.outcome?.kind, 'done', `${whenDown}: ${JSON.stringify(run.outcome)}`);
      assert.ok(run.now > 200_000 * millisecond);
    }
  }
});

test('a link that is never up again is refused', () => {
  const links = [{ link: 'w0', state: [['1ms', 'down']], every: '30ms' }];
  assert.throws(
    () => runWith({ environment: { network: star, links } }),
    (error: unknown) =>
      error instanceof ConfigError && /links\.0\.state: ends down/.test(error.message)
  );
});

test.run();
