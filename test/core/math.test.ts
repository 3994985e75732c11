import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { cosPi, exp, log, log1p, pow, sinPi } from '../../core/math.ts';
import { normalQuantile } from '../../core/normal.ts';
import { stream } from '../../core/random.ts';

const test = suite('math');
const SEED = 23;
const POINTS = 50_000;

test('exp, log and log1p are within one unit in the last place of the engine', () => {
  const draws = stream(SEED, 'points');
  for (let i = 0; i < POINTS; i++) {
    const wide = (draws.uniform() - 0.5) * 1500;
    const narrow = (draws.uniform() - 0.5) * 2;
    for (const x of [wide, narrow, narrow * 1e-8]) {
      near(exp(x), Math.exp(x), `exp(${x}), seed ${SEED}`);
      near(log1p(x), Math.log1p(x), `log1p(${x}), seed ${SEED}`);
    }
    const positive = Math.exp(wide);
    near(log(positive), Math.log(positive), `log(${positive}), seed ${SEED}`);
    near(log(1 + narrow), Math.log(1 + narrow), `log(${1 + narrow}), seed ${SEED}`);
  }
});

test('the bits are these on every machine', () => {
  const points = [-700.5, -1, -0.3, 1e-9, 0.1, 0.5, 1, 2.75, 33.125, 700.5];
  const sizes = points.map(Math.abs);
  assert.equal(
    {
      exp: digest(points.map(exp)),
      log: digest(sizes.map(log)),
      log1p: digest(sizes.map(log1p)),
      pow: digest(sizes.map(x => pow(x, 0.7))),
      cosPi: digest(points.map(cosPi)),
      sinPi: digest(points.map(sinPi)),
      normal: digest([1e-20, 0.001, 0.2, 0.4, 0.9, 0.999999].map(normalQuantile))
    },
    GOLDEN
  );
});

test('limits and special values are those of the standard', () => {
  const { NaN: nan, POSITIVE_INFINITY: infinity } = Number;
  const specials = [0, -0, nan, infinity, -infinity, 5e-324, -745.2, -745, 709.78, 709.79, -1, -2];
  for (const x of specials) {
    assert.ok(Object.is(exp(x), Math.exp(x)), `exp(${x})`);
    assert.ok(Object.is(log(x), Math.log(x)), `log(${x})`);
    assert.ok(Object.is(log1p(x), Math.log1p(x)), `log1p(${x})`);
  }
  assert.equal([pow(0, 0), pow(0, 2), pow(2, 0), pow(0.5, 1), pow(1, 9)], [1, 0, 1, 0.5, 1]);
  assert.ok(Number.isNaN(pow(-1, 2)));
});

test('pow is good to its stated error', () => {
  const draws = stream(SEED, 'pow');
  for (let i = 0; i < POINTS; i++) {
    const x = draws.uniform() * 10;
    const y = (draws.uniform() - 0.5) * 20;
    const expected = x ** y;
    const error = (1 + Math.abs(y * Math.log(x))) * 2 ** -52 * expected;
    assert.ok(Math.abs(pow(x, y) - expected) <= error, `pow(${x}, ${y}), seed ${SEED}`);
  }
});

test('cosPi and sinPi are exact at the quarters and symmetric', () => {
  assert.equal([0, 0.5, 1, 1.5, 2, -0.5, 7].map(cosPi), [1, 0, -1, -0, 1, 0, -1]);
  assert.equal([0.5, 1.5, -0.5, 2.5].map(sinPi), [1, -1, -1, 1]);
  const draws = stream(SEED, 'turn');
  for (let i = 0; i < POINTS; i++) {
    const t = (draws.uniform() - 0.5) * 4;
    assert.is(cosPi(-t), cosPi(t));
    assert.is(sinPi(-t), -sinPi(t));
    assert.ok(Math.abs(cosPi(t) - Math.cos(Math.PI * t)) < 1e-15, `cosPi(${t}), seed ${SEED}`);
    assert.ok(Math.abs(sinPi(t) - Math.sin(Math.PI * t)) < 1e-15, `sinPi(${t}), seed ${SEED}`);
  }
});

test('the normal quantile gives the tabled values', () => {
  const table: [number, number][] = [
    [0.5, 0],
    [0.75, 0.6744897501960817],
    [0.975, 1.959963984540054],
    [0.999, 3.090232306167813],
    [0.1586552539314571, -1],
    [0.0227501319481792, -2],
    [1e-10, -6.361340902404056],
    [1e-50, -14.933337534788603]
  ];
  for (const [p, x] of table) {
    assert.ok(Math.abs(normalQuantile(p) - x) <= 2e-13 * (1 + Math.abs(x)), `quantile of ${p}`);
  }
  assert.equal([normalQuantile(0), normalQuantile(1)], [Number.NEGATIVE_INFINITY, Infinity]);
  assert.ok(Number.isNaN(normalQuantile(-0.1)) && Number.isNaN(normalQuantile(1.1)));
});

/** Digests of the results' bits, the same since this test was written. */
const GOLDEN = {
  exp: '7e996caf',
  log: '88df0671',
  log1p: '1893efac',
  pow: 'f59e08df',
  cosPi: 'fa89617b',
  sinPi: 'eace7365',
  normal: 'f40ce446'
};

test.run();

function near(actual: number, expected: number, what: string): void {
  if (Object.is(actual, expected)) return;
  const unit = 2 ** -52 * Math.max(Math.abs(expected), 2 ** -1022);
  assert.ok(Math.abs(actual - expected) <= unit, `${what}: ${actual}, not ${expected}`);
}

/** FNV-1a over the bits of doubles. */
function digest(values: readonly number[]): string {
  const bytes = new DataView(new ArrayBuffer(8));
  let hash = 0x811c9dc5;
  for (const value of values) {
    bytes.setFloat64(0, value);
    for (let i = 0; i < 8; i++) hash = Math.imul(hash ^ bytes.getUint8(i), 0x01000193);
  }
  return (hash >>> 0).toString(16).padStart(8, '0');
}
