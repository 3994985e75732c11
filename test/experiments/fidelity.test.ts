import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { quadratic } from '../../core/config/problem.ts';
import { resolve } from '../../core/config.ts';
import { ClusterSchema } from '../../core/environment/cluster.ts';
import { shapedBed } from '../../experiments/harness/calibrate/bed.ts';
import { planCells } from '../../experiments/harness/cells.ts';
import { DocumentSchema } from '../../experiments/harness/documents.ts';
import { fidelityText } from '../../experiments/harness/fidelity/document.ts';
import type { Measures } from '../../experiments/harness/fidelity/measures.ts';
import { fidelityPlot } from '../../experiments/harness/fidelity/plot.ts';
import { type ComparedCell, medians, scoreOf } from '../../experiments/harness/fidelity/score.ts';
import { predict, trial } from '../../experiments/harness/fidelity/trials.ts';
import { loadExperiment } from '../../experiments/harness/load-experiment.ts';
import { drawSvg } from '../../experiments/harness/plots/svg.ts';
import { slacklineCommand } from './command.ts';
import { inTemporaryFolder } from './temporary.ts';

const test = suite('fidelity');

/** As such links are, without a calibration. */
const cluster = (megabits: number) =>
  ClusterSchema.parse({
    version: 2,
    kind: 'cluster',
    machine: { platform: 'any', processor: 'any', cores: 2, memoryBytes: 1e9 },
    links: { all: { bandwidth: `${0.956 * megabits}Mbps`, latency: '0s', burst: '19kB' } },
    cpu: { messageNanos: 50_000, byteNanos: 1.5 },
    codecs: {},
    applyNanosPerElement: 1,
    cores: 2,
    hosts: 'separate',
    lateness: '20us',
    held: { nanos: 900_000, nanosPerElement: 6 },
    compute: null
  });

test('two cells on hosts of their own send what was predicted, and the slow one is the slower', async () => {
  const cells = [
    { megabits: 20, compressor: 'none' },
    { megabits: 200, compressor: 'topk:0.01' }
  ];
  const times: { readonly predicted: Measures; readonly measured: Measures }[] = [];
  for (const { megabits, compressor } of cells) {
    const { bed, why } = shapedBed(1e6 * megabits);
    if (why !== null) console.log(`\n  skipped: ${why}`);
    if (why !== null) return;
    const config = resolve({
      workers: 2,
      servers: 1,
      compressor,
      optimizer: 'sgd:0.01',
      problem: quadratic({ dimension: 20_000 }),
      environment: { compute: 'constant:10ms' },
      stopAt: { iterations: 1 }
    });
    const prediction = await predict(config, cluster(megabits), 1);
    const { signal } = new AbortController();
    const { measures } = await trial(prediction.config, bed, signal);
    times.push({ predicted: prediction.measures, measured: measures });
  }
  for (const { predicted, measured } of times) {
    assert.ok(Math.abs(measured.iterationBytes / predicted.iterationBytes - 1) < 0.01);
    assert.is(predicted.stalenessMean, 0);
    assert.is(measured.stalenessMean, 0);
    // Bytes over the bandwidth: a machine that is busy can only be slower.
    assert.ok(measured.iterationSeconds > 0.9 * predicted.iterationSeconds);
  }
  const [slow, fast] = times;
  assert.ok(slow!.predicted.iterationSeconds > 2 * fast!.predicted.iterationSeconds);
});

test('the grid has every pair of levels', async () => {
  const file = fileURLToPath(new URL('../../experiments/fidelity.ts', import.meta.url));
  const { experiment } = await loadExperiment(path.relative(process.cwd(), file));
  const { cells } = planCells(experiment);
  assert.is(cells.length, 27);
  const words = cells.map(({ labels }) => (labels['cell'] ?? '').split(' '));
  const levels = (at: number): Set<string> => new Set(words.map(cell => cell[at]!));
  for (const one of [1, 2, 3]) {
    for (const other of [1, 2, 3]) {
      if (one === other) continue;
      const pairs = new Set(words.map(cell => `${cell[one]} ${cell[other]}`));
      assert.is(pairs.size, 9, `${[...levels(one)]} by ${[...levels(other)]}`);
    }
  }
  const workers = new Set(cells.map(({ configs }) => configs[0]!.workers));
  assert.equal([...workers].sort(), [2, 3, 4, 5, 6]);
  const pairs = new Set(
    cells.map(({ configs }) => `${configs[0]!.servers} ${configs[0]!.environment.compute.kind}`)
  );
  assert.is(pairs.size, 3);
});

const run = (iterationSeconds: number): Measures => ({
  iterationSeconds,
  updatesPerSecond: 4 / iterationSeconds,
  iterationBytes: 1000,
  stalenessMean: 1
});

function cell(name: string, predicted: number, runs: readonly number[]): ComparedCell {
  const measured = runs.map(run);
  return {
    name,
    predicted: run(predicted),
    measured: medians(measured),
    runs: measured,
    dropped: []
  };
}

test('the score counts errors, and pairs that differ by more than five percent', () => {
  const cells = [
    cell('a 1Gbps', 0.101, [0.09, 0.1, 0.2]),
    cell('b 1Gbps', 0.1, [0.104]),
    cell('c 50Mbps', 0.099, [0.11])
  ];
  const score = scoreOf(cells)!;
  assert.ok(Math.abs(score.medianError - (1 - 0.1 / 0.104)) < 1e-12);
  assert.ok(Math.abs(score.worstError - 0.1) < 1e-12);
  assert.is(score.worstCell, 'c 50Mbps');
  // a and b differ by 4 %; a and c, b and c by more, and a comes after c in the prediction.
  assert.is(score.pairs, 2);
  assert.is(score.ranked, 0);
  assert.is(scoreOf([]), null);
});

test('table and plot show predicted and measured', async () => {
  const cells = [cell('a 1Gbps', 0.101, [0.09, 0.1, 0.2]), cell('c 50Mbps', 0.4, [0.41])];
  const document = {
    version: 1,
    kind: 'fidelity',
    name: 'f',
    question: 'How far?',
    expected: null,
    machine: { platform: 'any', processor: 'any', cores: 2, memoryBytes: 1e9 },
    beds: [],
    repetitions: 3,
    cells: [cells[0]!, { ...cells[1]!, dropped: [{ why: 'noise', measures: run(1) }] }],
    score: scoreOf(cells)
  } as const;
  const text = fidelityText(document);
  assert.match(text, /a 1Gbps +101\.0 ms +100\.0 ms +\+1\.0 % +3 /);
  assert.match(text, /c 50Mbps +400\.0 ms +410\.0 ms +-2\.4 % +1 \(-1\)/);
  assert.match(text, /dropped for a disturbed machine: 1/);
  const svg = await drawSvg(fidelityPlot(cells), { theme: 'light', width: 600, titled: true });
  assert.match(svg, /Predicted iteration time \(ms\)/);
});

test('a grid prints one document, and goes by the files that it names and the cluster in its folder', () =>
  inTemporaryFolder(async folder => {
    fs.writeFileSync(path.join(folder, 'times.csv'), 'iteration,ms\n0,15\n1,25\n');
    fs.writeFileSync(path.join(folder, 'grid.json'), JSON.stringify(loopbackCell));
    const clusters = path.join(folder, 'out', 'clusters');
    fs.mkdirSync(clusters, { recursive: true });
    const known = { ...cluster(1000), hosts: 'one host' };
    fs.writeFileSync(path.join(clusters, 'the-loopback-interface.json'), JSON.stringify(known));
    const words = ['fidelity', 'grid.json', '--out', 'out', '--repetitions', '1', '--seconds', '1'];
    const { code, stdout, stderr } = await slacklineCommand(folder, ...words, '--json');
    assert.is(code, 0, stderr);
    const document = DocumentSchema.parse(JSON.parse(stdout));
    assert.is(document.kind, 'fidelity');
    if (document.kind !== 'fidelity') return;
    assert.is(document.repetitions, 1);
    assert.equal(document.beds, ['the loopback interface']);
    assert.not.match(stderr, /calibrating/);
    // On a busy machine no run counts.
    assert.is(document.score === null, document.cells.length === 0);
  }));

const loopbackCell = {
  workers: 1,
  servers: 1,
  problem: quadratic({ dimension: 100 }),
  optimizer: 'sgd:0.01',
  environment: { compute: 'trace:times.csv' },
  stopAt: { iterations: 10 }
};

test('every line of a plot over a decade has its label, on both axes', async () => {
  const cells = [cell('a 1Gbps', 0.026, [0.027]), cell('c 50Mbps', 0.13, [0.14])];
  const svg = await drawSvg(fidelityPlot(cells), { theme: 'light', width: 600, titled: true });
  for (const label of [30, 40, 50, 60, 70, 80, 90, 100]) {
    assert.is(svg.split(`>${label}</text>`).length - 1, 2, `${label} ms`);
  }
});

test.run();
