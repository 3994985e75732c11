/** Predictions: the interval covers what it says, times and costs are those of the cluster. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { exp } from '../../core/math.ts';
import { normalAt } from '../../core/random.ts';
import { predictNext } from '../../experiments/harness/predict/interval.ts';
import { PredictionsDocumentSchema } from '../../experiments/harness/predict/predictions-document.ts';
import { slacklineCommand } from './command.ts';
import { inTemporaryFolder } from './temporary.ts';

const test = suite('predict');

/** How often the next of so many log-normal values lies in the interval made of the others. */
function coverageOf(count: number, sigma: number, errorSigma: number, stated: number | null) {
  const trials = 4000;
  let inside = 0;
  for (let trial = 0; trial < trials; trial++) {
    const draw = (index: number): number => exp(sigma * normalAt(77, trial, index, 1, count));
    const values = Array.from({ length: count }, (_, index) => draw(index));
    const next = draw(count) * exp(errorSigma * normalAt(78, trial, 0, 2, count));
    const { low, high } = predictNext(values, stated);
    if (low !== null && high !== null && next >= low && next <= high) inside += 1;
  }
  return inside / trials;
}

test('nine of ten runs lie in the interval, of few runs and of many', () => {
  // 4000 trials: three standard deviations of the share are 0.014.
  for (const count of [3, 8, 40]) {
    const share = coverageOf(count, 0.3, 0, null);
    assert.ok(Math.abs(share - 0.9) < 0.016, `${count} runs: ${share}`);
  }
});

test('the error of the model is part of the interval, and is missed when it is left out', () => {
  const sigma = 0.1;
  const known = coverageOf(20, 0.05, sigma, 0.6745 * sigma);
  assert.ok(Math.abs(known - 0.9) < 0.02, `${known}`);
  const unknown = coverageOf(20, 0.05, sigma, null);
  assert.ok(unknown < 0.7, `${unknown}`);
});

test('one run without a known error has no interval', () => {
  const { median, low, high } = predictNext([3], null);
  assert.ok(Math.abs(median - 3) < 1e-12);
  assert.is(low, null);
  assert.is(high, null);
  assert.ok((predictNext([3], 0.02).low ?? 3) < 3);
});

test('time and cost of a run are those of the cluster that is described', () =>
  inTemporaryFolder(async folder => {
    write(folder, 'slow.json', cluster({ bandwidth: '1Gbps', workerHour: 36, serverHour: 18 }));
    write(folder, 'fast.json', cluster({ bandwidth: '10Gbps', workerHour: 72, serverHour: 18 }));
    fs.writeFileSync(path.join(folder, 'a.ts'), experimentFile);
    const { code, stdout, stderr } = await slacklineCommand(
      folder,
      ...['predict', 'a.ts', '--cluster', 'slow.json', '--cluster', 'fast.json', '--json']
    );
    assert.is(code, 0, stderr);
    const document = PredictionsDocumentSchema.parse(JSON.parse(stdout));
    assert.is(document.currency, 'EUR');
    const [slow, fast] = document.predictions;
    assert.ok(slow !== undefined && fast !== undefined);
    assert.is(slow.runs, 8);
    assert.is(slow.measure, 'time');
    // 20 iterations of 10 ms, each with params of 40 MB that came and a gradient that goes.
    const transfer = (bytesPerSecond: number): number => (40 * 4e7) / bytesPerSecond;
    close(slow.seconds?.median, 0.2 + transfer(125e6), 0.01);
    close(fast.seconds?.median, 0.2 + transfer(1250e6), 0.02);
    const perSecond = (36 + 18) / 3600;
    close(slow.cost?.median, (slow.seconds?.median ?? 0) * perSecond, 1e-9);
    close(fast.cost?.median, ((fast.seconds?.median ?? 0) * (72 + 18)) / 3600, 1e-9);
    assert.is(slow.modelErrorKnown, true);
    // Runs without chance differ by nothing: the interval is the error of the model.
    close(slow.seconds?.high, (slow.seconds?.median ?? 0) * exp((1.645 * 0.02) / 0.6745), 1e-6);
    const text = await slacklineCommand(folder, 'predict', 'a.ts', '--cluster', 'slow.json');
    assert.match(text.stdout, /^time +interval +cost +interval +sent$/m);
  }));

test('a cluster file that is none, or has another currency, is told of before anything runs', () =>
  inTemporaryFolder(async folder => {
    fs.writeFileSync(path.join(folder, 'a.ts'), experimentFile);
    const predict = (...words: string[]) => slacklineCommand(folder, 'predict', 'a.ts', ...words);
    const without = await predict();
    assert.is(without.code, 2);
    assert.match(without.stderr, /required option '--cluster <file>' not specified/);
    const missing = await predict('--cluster', 'no.json');
    assert.is(missing.code, 2);
    assert.match(missing.stderr, /^slackline: no\.json: no such file; `slackline calibrate/);
    const euros = cluster({ bandwidth: '1Gbps', workerHour: 1, serverHour: 1 });
    write(folder, 'euros.json', euros);
    write(folder, 'dollars.json', { ...euros, prices: { ...euros.prices, currency: 'USD' } });
    const mixed = await predict('--cluster', 'euros.json', '--cluster', 'dollars.json');
    assert.is(mixed.code, 2);
    assert.match(mixed.stderr, /dollars\.json: prices\.currency: USD, where euros\.json has EUR/);
    write(folder, 'negative.json', { ...euros, prices: { ...euros.prices, workerHour: -1 } });
    const negative = await predict('--cluster', 'negative.json');
    assert.is(negative.code, 2);
    assert.match(negative.stderr, /prices\.workerHour/);
  }));

const root = fileURLToPath(new URL('../..', import.meta.url));

const experimentFile = `
  import { experiment } from '${root}experiments/harness/experiment.ts';
  export default experiment({
    question: 'How long?',
    base: {
      problem: { kind: 'timing', tensors: [10_000_000] },
      workers: 1,
      servers: 1,
      environment: { compute: 'constant:10ms' },
      stopAt: { iterations: 20 }
    },
    seeds: 1
  });`;

function cluster(options: { bandwidth: string; workerHour: number; serverHour: number }) {
  const { bandwidth, workerHour, serverHour } = options;
  return {
    version: 1,
    kind: 'cluster',
    machine: { platform: 'linux x64', processor: 'any', cores: 4, memoryBytes: 1e9 },
    links: { all: { bandwidth, latency: '10us', burst: '64kB' } },
    cpu: { messageNanos: 0, byteNanos: 0 },
    codecs: {},
    applyNanosPerElement: 0,
    cores: 4,
    lateness: '0ns',
    compute: null,
    prices: { currency: 'EUR', workerHour, serverHour },
    fidelity: { errorMedian: 0.02 }
  };
}

function write(folder: string, name: string, value: unknown): void {
  fs.writeFileSync(path.join(folder, name), JSON.stringify(value));
}

function close(value: number | undefined | null, expected: number, relative: number): void {
  const off = Math.abs((value ?? Number.NaN) / expected - 1);
  assert.ok(off <= relative, `${value}, expected ${expected}`);
}

test.run();
