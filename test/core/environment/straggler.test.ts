/** Stragglers that depend on time, on racks and on files; `environment.test.ts` has the others. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  createEnvironment,
  type EnvironmentInput,
  environment
} from '../../../core/environment/environment.ts';
import {
  diurnal,
  formatStragglers,
  markov,
  rack,
  StragglersSchema,
  stragglerTrace
} from '../../../core/environment/straggler.ts';
import { nameKey } from '../../../core/random.ts';
import { assertHolds, batchMeans } from '../../sim/closed-forms/estimate.ts';

const test = suite('stragglers');
const second = 1e9;
const millisecond = 1e6;

const at = (name: string, input: EnvironmentInput, workers = 8) =>
  createEnvironment(environment(input), nameKey(name) >>> 0, workers);

test('good and bad spells take their shares of the time, and last as long as they are said to', () => {
  const { pace } = at('markov', { stragglers: markov({ good: '3s', bad: '1s', slowdown: 5 }) });
  const speeds = pace(0)!;
  const lengths = { good: [] as number[], bad: [] as number[] };
  for (let now = 0; lengths.bad.length < 6000; ) {
    const change = speeds.changeAfter(now);
    const speed = speeds.at(now);
    assert.ok(speed === 1 || speed === 1 / 5, `speed ${speed}`);
    lengths[speed === 1 ? 'good' : 'bad'].push((change - now) / second);
    assert.is(speeds.at(change - 1), speed);
    assert.is.not(speeds.at(change), speed);
    now = change;
  }
  assertHolds('good spells', 3, batchMeans(lengths.good), 0.03);
  assertHolds('bad spells', 1, batchMeans(lengths.bad), 0.03);
  // A spell that is under way at the start is as likely as at any other time: 1 in 4.
  const begun = Array.from({ length: 20_000 }, (_, worker) => (pace(worker)!.at(0) < 1 ? 1 : 0));
  assertHolds('bad at the start', 0.25, batchMeans(begun), 0.05);
});

test('what is computed in a bad spell goes as much slower, and what falls into several by its parts', () => {
  const stragglers = markov({ good: '30ms', bad: '10ms', slowdown: 4 });
  const { computeNanos, pace } = at('markov work', { compute: 'constant:10ms', stragglers });
  // By hand over the spells of worker 2, one computation after another.
  const speeds = pace(2)!;
  let now = 0;
  for (let clock = 0; clock < 2000; clock++) {
    let left = 10 * millisecond;
    let end = now;
    for (;;) {
      const need = left / speeds.at(end);
      const change = speeds.changeAfter(end);
      if (end + need <= change) {
        end += need;
        break;
      }
      left -= (change - end) * speeds.at(end);
      end = change;
    }
    const nanos = computeNanos(2, clock, now);
    assert.ok(Math.abs(now + nanos - end) <= 0.5, `iteration ${clock}`);
    now += nanos;
  }
  // Of all time 3/4 at full speed and 1/4 at a quarter of it.
  const pace10 = (2000 * 10 * millisecond) / now;
  assert.ok(Math.abs(pace10 - (0.75 + 0.25 / 4)) < 0.03, `${pace10}`);
});

test('a spell is the same whenever and however often it is asked for', () => {
  const stragglers = [
    markov({ good: '3ms', bad: '1ms', slowdown: 5 }),
    rack({ size: 2, good: '5ms', bad: '5ms', slowdown: 2 })
  ];
  const forwards = at('order', { stragglers });
  const backwards = at('order', { stragglers });
  const times = Array.from({ length: 3000 }, (_, i) => (i * 37_003) % 60_000_000);
  const there = times.map(now => forwards.computeNanos(3, 0, now));
  const back = times.toReversed().map(now => backwards.computeNanos(3, 0, now));
  assert.equal(back.toReversed(), there);
  const more = at('order', { stragglers }, 64);
  assert.equal(
    times.map(now => more.computeNanos(3, 0, now)),
    there,
    'in a run of more workers'
  );
});

test('racks of a straggler are those of the network, where it has some', () => {
  const racksOf = (network: EnvironmentInput['network'], workers = 6): string => {
    const stragglers = rack({ good: '1s', bad: '1s', slowdown: 2 });
    const { pace } = createEnvironment(environment({ network, stragglers }), 7, workers, 2);
    const spells = Array.from({ length: workers }, (_, worker) => pace(worker)!.changeAfter(0));
    return spells.map(spell => spells.indexOf(spell)).join(' ');
  };
  // By turns: a server in each rack of three, and four workers in the first places that are left.
  assert.is(racksOf('racks:4:1:10Gbps:50us'), '0 0 0 3 3 3');
  assert.is(racksOf('racks:4:1:10Gbps:50us:own-rack'), '0 0 0 0 4 4');
  assert.is(racksOf('two-level:3:2:10Gbps:40Gbps:50us:colocated'), '0 0 0 3 3 3');
  assert.is(racksOf('fat-tree:4:10Gbps:50us'), '0 1 2 2 4 4');
  const cable = { bandwidth: '1Gbps', latency: '50us' } as const;
  const graph = {
    kind: 'graph' as const,
    hosts: [{ name: 'a', nodes: ['c', 's0-s1', 'w0', 'w2'] }, 'w1', 'w3'],
    switches: ['x', 'y'],
    links: [
      { name: 'a', from: 'a', to: 'x', ...cable },
      { name: 'w1', from: 'y', to: 'w1', ...cable },
      { name: 'w3', from: 'y', to: 'w3', ...cable },
      { name: 'core', from: 'x', to: 'y', ...cable }
    ]
  };
  assert.is(racksOf(graph, 4), '0 1 0 1');
});

test('workers of a rack are slow together, and racks by themselves', () => {
  const { pace } = at('racks', {
    stragglers: rack({ size: 4, good: '1s', bad: '1s', slowdown: 2 })
  });
  const slow = (worker: number): number[] => {
    const speeds = pace(worker)!;
    return Array.from({ length: 20_000 }, (_, i) => (speeds.at(i * second) < 1 ? 1 : -1));
  };
  const all = [0, 1, 3, 4, 7].map(slow);
  const correlation = (a: number, b: number): number =>
    all[a]!.reduce((sum, one, i) => sum + one * all[b]![i]!, 0) / 20_000;
  assert.is(correlation(0, 1), 1, 'w0 and w1');
  assert.is(correlation(0, 2), 1, 'w0 and w3');
  assert.is(correlation(3, 4), 1, 'w4 and w7');
  // States a second apart are correlated by e^-2; a sum of as many is within 5 sd of 0.
  assert.ok(Math.abs(correlation(0, 3)) < (5 / Math.sqrt(20_000)) * 1.15, `${correlation(0, 3)}`);
});

test('the day makes its mean of the slow-downs, and its peak at noon', () => {
  const stragglers = diurnal({ period: '24h', slowdown: 3 });
  const { computeNanos } = at('day', { compute: 'constant:10ms', stragglers });
  const hour = 3600 * second;
  const factors = Array.from(
    { length: 240 },
    (_, i) => computeNanos(0, 0, (i * hour) / 10) / (10 * millisecond)
  );
  const mean = factors.reduce((sum, one) => sum + one, 0) / factors.length;
  assert.ok(Math.abs(mean - 2) < 1e-9, `mean ${mean}`);
  assert.is(factors[0], 1);
  assert.is(factors[120], 3);
  assert.ok(Math.abs(factors[60]! - 2) < 1e-9);
  assert.is(computeNanos(0, 0, 36 * hour), computeNanos(0, 0, 12 * hour), 'the next day');
  const shifted = diurnal({ period: '24h', slowdown: 3, phase: 0.5 });
  const night = at('day', { compute: 'constant:10ms', stragglers: shifted });
  assert.is(night.computeNanos(5, 3, 0), 30 * millisecond);
});

test('slow-downs of a file are replayed, one list a worker', () => {
  const slowdowns = [
    [1, 2],
    [5, 1, 1]
  ];
  const stragglers = { ...stragglerTrace('slow.csv'), slowdowns };
  const { computeNanos } = at('trace', { compute: 'constant:10ms', stragglers });
  const of = (worker: number): number[] =>
    [0, 1, 2, 3].map(clock => computeNanos(worker, clock) / (10 * millisecond));
  assert.equal(of(0), [1, 2, 1, 2]);
  assert.equal(of(1), [5, 1, 1, 5]);
  assert.throws(
    () => at('trace', { stragglers: stragglerTrace('slow.csv') }),
    'slow.csv has not been read'
  );
  const compute = { kind: 'trace' as const, file: 't.csv', nanos: [[3, 4]] };
  const traced = at('trace', { compute });
  assert.equal([traced.computeNanos(0, 0), traced.computeNanos(0, 3)], [3, 4]);
  assert.throws(() => at('trace', { compute: 'trace:t.csv' }), 't.csv has not been read');
});

test('they have short forms', () => {
  for (const short of [
    'markov:9s:1s:5',
    'rack:4:9s:1s:5 + markov:90s:10s:2',
    'diurnal:24h:2',
    'diurnal:24h:2:0.25',
    'trace:times.csv'
  ]) {
    assert.is(formatStragglers(StragglersSchema.parse(short)), short);
  }
  assert.throws(() => StragglersSchema.parse('markov:9s:1s'), 'write markov:9s:1s:5');
  assert.throws(() => StragglersSchema.parse('markov:0s:1s:5'), 'at least "1us"');
});

test.run();
