import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  formatSource,
  intervalDraw,
  sizeDraw,
  TrafficSchema,
  trafficEnds
} from '../../../core/environment/traffic.ts';

const test = suite('cross traffic of an environment');

const SEED = 11;
const base = { from: 'w0', to: 's0', arrivals: 'poisson:5ms', sizes: 'constant:1MB' };

function source(fields: object) {
  return TrafficSchema.parse([{ ...base, ...fields }])[0]!;
}

function meanAndCv(draw: (message: number) => number, count = 40_000): [number, number] {
  const values = Array.from({ length: count }, (_, message) => draw(message));
  const mean = values.reduce((sum, value) => sum + value, 0) / count;
  const variance = values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0) / count;
  return [mean, Math.sqrt(variance) / mean];
}

test('what is left out is shown when it is resolved', () => {
  assert.equal(source({}), {
    from: 'w0',
    to: 's0',
    arrivals: { kind: 'poisson', mean: '5ms' },
    sizes: { kind: 'constant', bytes: '1MB' },
    discipline: 'fifo',
    start: '0s',
    messages: null,
    warmup: 0
  });
  assert.is(formatSource(source({})), 'w0 to s0, poisson:5ms, constant:1MB');
});

test('intervals are exponential or all the same', () => {
  const [mean, cv] = meanAndCv(intervalDraw(source({}), 0, SEED));
  assert.ok(Math.abs(mean / 5e6 - 1) < 0.02 && Math.abs(cv - 1) < 0.03, `${mean}, ${cv}`);
  const arrivals = 'deterministic:5ms';
  assert.equal(meanAndCv(intervalDraw(source({ arrivals }), 0, SEED), 10), [5e6, 0]);
});

for (const [sizes, mean, cv] of [
  ['constant:1MB', 1e6, 0],
  ['uniform:500kB:1500kB', 1e6, 1 / Math.sqrt(12)],
  ['exponential:1MB', 1e6, 1],
  ['shifted-exponential:500kB:500kB', 1e6, 0.5],
  ['log-normal:1MB:0.5', 1e6, 0.5],
  ['pareto:600kB:4', 8e5, Math.sqrt(1 / 8)],
  [{ kind: 'measured', bytes: [1000, 1000, 4000] }, 2000, Math.sqrt(2) / 2]
] as const) {
  test(`sizes by ${JSON.stringify(sizes)} have its mean and variation, in whole bytes`, () => {
    const draw = sizeDraw(source({ sizes }), 0, SEED);
    const [found, variation] = meanAndCv(draw);
    assert.ok(Math.abs(found / mean - 1) < 0.03, `mean ${found}, should be ${mean}`);
    assert.ok(Math.abs(variation - cv) < 0.06, `variation ${variation}, should be ${cv}`);
    assert.ok(Number.isInteger(draw(7)) && draw(7) >= 1);
  });
}

test('draws depend on the seed, the source and the message, and on nothing else', () => {
  const of = (index: number, seed: number) => intervalDraw(source({}), index, seed);
  assert.is(of(0, SEED)(3), of(0, SEED)(3));
  assert.is.not(of(0, SEED)(3), of(1, SEED)(3));
  assert.is.not(of(0, SEED)(3), of(0, SEED + 1)(3));
  const size = sizeDraw(source({ sizes: 'exponential:1MB' }), 0, SEED);
  assert.is.not(size(3) / 1e6, of(0, SEED)(3) / 5e6);
});

test('ends are hosts by name or the hosts of nodes, and two of them', () => {
  const hosts = { names: ['w0', 'far'], of: [0, 0], ids: ['w0', 's0'] as const };
  assert.equal(trafficEnds(source({ from: 's0', to: 'far' }), hosts), {
    fromHost: 0,
    toHost: 1
  });
  assert.throws(
    () => trafficEnds(source({ to: 'fur' }), hosts),
    /^no host is named "fur" \(did you mean "far"\?\); there are w0, far, s0$/
  );
  assert.throws(() => trafficEnds(source({}), hosts), /^w0 and s0 are on the same host$/);
});

test.run();
