import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type ComputeConfig,
  ComputeSchema,
  constant,
  exponential,
  formatCompute,
  instant,
  logNormal,
  measured,
  pareto,
  shiftedExponential,
  uniform
} from '../../../core/environment/compute.ts';
import { createEnvironment, environment } from '../../../core/environment/environment.ts';

/**
 * The order statistics are those of Dutta et al. 2018: a barrier over the K fastest of P workers
 * takes the K-th smallest of P draws. Means over ITERATIONS are held to their closed forms within
 * five standard errors, which a right law fails once in 1.7 million checks; the seed is fixed.
 */
const ITERATIONS = 20_000;
const SEED = 31;
const MS = 1e6;

const test = suite('compute times');

test('exponential: the K-th of P comes after (H_P - H_{P-K}) means', () => {
  checkOrders(exponential({ mean: '10ms' }), 8, k => 10 * MS * (harmonic(8) - harmonic(8 - k)));
});

test('shifted exponential: the same, after the shift', () => {
  const law = shiftedExponential({ shift: '15ms', mean: '5ms' });
  checkOrders(law, 8, k => 15 * MS + 5 * MS * (harmonic(8) - harmonic(8 - k)));
});

test('uniform: the K-th of P comes at the share K / (P + 1) of the range', () => {
  checkOrders(uniform({ from: '10ms', to: '30ms' }), 8, k => 10 * MS + (20 * MS * k) / 9);
});

test('Pareto: the K-th of P comes at a ratio of gamma functions', () => {
  const shape = 3;
  checkOrders(pareto({ minimum: '10ms', shape }), 8, k => {
    let product = 10 * MS;
    for (let i = 8 - k + 1; i <= 8; i++) product *= i / (i - 1 / shape);
    return product;
  });
});

test('log-normal: mean and deviation are as configured, and the slower of two has its closed form', () => {
  const cv = 0.5;
  const sigma = Math.sqrt(Math.log1p(cv * cv));
  const law = logNormal({ mean: '20ms', cv });
  const draws = orders(law, 1)[0]!;
  near(draws, 20 * MS);
  const deviation = Math.sqrt(mean(draws.map(x => (x - 20 * MS) ** 2)));
  assert.ok(Math.abs(deviation / (10 * MS) - 1) < 0.05);
  near(orders(law, 2)[1]!, 40 * MS * normalProbability(sigma / Math.SQRT2));
});

test('log-normal by median and sigma is the same law', () => {
  const draws = orders(logNormal({ median: '20ms', sigma: 0.4 }), 1)[0]!;
  near(draws, 20 * MS * Math.exp(0.08));
  const below = mean(draws.map(x => (x < 20 * MS ? 1 : 0)));
  assert.ok(Math.abs(below - 0.5) < (5 * 0.5) / Math.sqrt(ITERATIONS));
});

test('a barrier of exponential workers idles for the share 1 - 1 / H_P', () => {
  for (const [workers, idle] of [
    [4, 0.52],
    [8, 0.6321],
    [16, 0.7042]
  ] as const) {
    const sorted = orders(exponential({ mean: '10ms' }), workers);
    const slowest = mean(sorted.at(-1)!);
    const busy = mean(sorted.map(mean));
    assert.ok(Math.abs(1 - busy / slowest - idle) < 0.005, `${workers} workers`);
  }
});

test('an iteration that is slow under one law is slow under the others', () => {
  const times = (law: ComputeConfig): number[] => {
    const { computeNanos } = createEnvironment(environment({ compute: law }), SEED, 1);
    return Array.from({ length: 100 }, (_, clock) => computeNanos(0, clock));
  };
  const ranks = (values: number[]): number[] =>
    values.map((_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const first = ranks(times(exponential({ mean: '10ms' })));
  for (const law of [
    uniform({ from: '1ms', to: '9ms' }),
    logNormal({ mean: '10ms', cv: 1 }),
    pareto({ minimum: '1ms', shape: 2 })
  ]) {
    assert.equal(ranks(times(law)), first);
  }
});

test('a constant is constant, and an instant is nothing', () => {
  assert.equal(
    new Set(orders(constant('20ms'), 3).flatMap(draws => [...draws])),
    new Set([20 * MS])
  );
  assert.equal(new Set(orders(instant(), 3).flatMap(draws => [...draws])), new Set([0]));
});

test('measured times are replayed, by worker and iteration', () => {
  const { computeNanos } = at(
    measured([
      [1, 2, 3],
      [10, 20]
    ]),
    4
  );
  assert.equal(
    [0, 1, 2, 3, 4].map(clock => computeNanos(0, clock)),
    [1, 2, 3, 1, 2]
  );
  assert.equal(
    [0, 1, 2].map(clock => computeNanos(1, clock)),
    [10, 20, 10]
  );
  const third = [0, 1, 2, 3, 4, 5].map(clock => computeNanos(2, clock));
  assert.equal(new Set(third), new Set([1, 2, 3]), 'a further worker enters a list at its place');
  assert.equal(third.slice(3), third.slice(0, 3));
});

test('the heaviest tail ends at two weeks', () => {
  const { computeNanos } = at(pareto({ minimum: '1h', shape: 0.1 }), 1);
  for (let clock = 0; clock < 1000; clock++) {
    const nanos = computeNanos(0, clock);
    assert.ok(Number.isSafeInteger(nanos) && nanos >= 3.6e12 && nanos <= 2 ** 50);
  }
});

test('a short form reads as the law that it names', () => {
  const table: [string, ComputeConfig][] = [
    ['instant', instant()],
    ['constant:20ms', constant('20ms')],
    ['uniform:10ms:30ms', uniform({ from: '10ms', to: '30ms' })],
    ['exponential:20ms', exponential({ mean: '20ms' })],
    ['shifted-exponential:15ms:5ms', shiftedExponential({ shift: '15ms', mean: '5ms' })],
    ['log-normal:20ms:0.3', logNormal({ mean: '20ms', cv: 0.3 })],
    ['pareto:10ms:2.5', pareto({ minimum: '10ms', shape: 2.5 })]
  ];
  for (const [short, law] of table) {
    assert.equal(ComputeSchema.parse(short), law);
    assert.equal(ComputeSchema.parse(law), law);
    assert.is(formatCompute(law), short);
  }
  assert.is(formatCompute(measured([5, 6, 7])), 'measured (3 times)');
});

test('a law that is none is refused with what would be right', () => {
  const message = (input: unknown): string => {
    const issue = ComputeSchema.safeParse(input).error?.issues[0];
    return `${issue?.path.join('.')}: ${issue?.message}`;
  };
  assert.match(message('exponentail:20ms'), 'did you mean "exponential"?');
  assert.match(message('exponential'), 'write exponential:20ms');
  assert.match(message('exponential:20'), /^mean: a duration is a string with its unit/);
  assert.match(message({ kind: 'gauss' }), 'unknown compute time "gauss"; there are instant, ');
  assert.match(message(20), 'expected a compute time: instant, constant:20ms');
  assert.match(
    message({ kind: 'uniform', from: '3ms', to: '2ms' }),
    /^to: .* ends where it begins/
  );
  assert.match(message({ kind: 'log-normal', mean: '3ms', cv: 0 }), /^cv: /);
  assert.match(message({ kind: 'measured', nanos: [[]] }), /^nanos.0: /);
});

test.run();

function at(compute: ComputeConfig, workers: number) {
  return createEnvironment(environment({ compute }), SEED, workers);
}

/** `result[k]` has the (k + 1)-th smallest of the workers' draws, for each iteration. */
function orders(law: ComputeConfig, workers: number): Float64Array[] {
  const { computeNanos } = at(law, workers);
  const result = Array.from({ length: workers }, () => new Float64Array(ITERATIONS));
  const round = new Float64Array(workers);
  for (let clock = 0; clock < ITERATIONS; clock++) {
    for (let worker = 0; worker < workers; worker++) round[worker] = computeNanos(worker, clock);
    round.sort();
    for (let k = 0; k < workers; k++) result[k]![clock] = round[k]!;
  }
  return result;
}

function checkOrders(law: ComputeConfig, workers: number, expected: (k: number) => number): void {
  const sorted = orders(law, workers);
  for (let k = 1; k <= workers; k++) near(sorted[k - 1]!, expected(k));
}

function near(draws: Float64Array, expected: number): void {
  const centre = mean(draws);
  const error = Math.sqrt(mean(draws.map(x => (x - centre) ** 2)) / draws.length);
  assert.ok(Math.abs(centre - expected) < 5 * error, `${centre}, not ${expected} (+- ${error})`);
}

function mean(values: Float64Array | readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function harmonic(n: number): number {
  return n === 0 ? 0 : 1 / n + harmonic(n - 1);
}

/** P(Z < x) of a standard normal Z, by the trapezoid rule. */
function normalProbability(x: number): number {
  const steps = 10_000;
  const width = (x + 10) / steps;
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const weight = i === 0 || i === steps ? 0.5 : 1;
    sum += weight * Math.exp(-((-10 + i * width) ** 2) / 2);
  }
  return (sum * width) / Math.sqrt(2 * Math.PI);
}
