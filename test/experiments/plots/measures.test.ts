import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { resolve } from '../../../core/config.ts';
import { buildFabric, type LinkedConfig } from '../../../core/environment/network.ts';
import { nodeIds } from '../../../core/node-id.ts';
import type { EvaluationRow, IterationRow, Row } from '../../../core/record.ts';
import { sharesOfRun } from '../../../experiments/harness/plots/activity.ts';
import { groupLanes, lanesMax } from '../../../experiments/harness/plots/lanes.ts';
import { onCommonGrid } from '../../../experiments/harness/plots/learning-curve.ts';
import {
  linkUtilisation,
  utilisation
} from '../../../experiments/harness/plots/link-utilisation.ts';
import { drawnSpread } from '../../../experiments/harness/plots/spread.ts';
import { histogramMean, pooled } from '../../../experiments/harness/plots/staleness-histogram.ts';
import { sharedTarget, wayToTarget } from '../../../experiments/harness/plots/target.ts';
import { timeline } from '../../../experiments/harness/plots/timeline.ts';
import { trunksMax } from '../../../experiments/harness/plots/trunks.ts';
import type { RunResult } from '../../../experiments/harness/run-result.ts';
import { sampleRun, sampleSweep } from './sample-runs.ts';

const test = suite('what plots are made of');

test('seeds meet on a common grid, and one that has ended keeps its last value', () => {
  const early = {
    curve: [
      [0, 0],
      [2, 4]
    ] as const,
    holds: true
  };
  const late = {
    curve: [
      [0, 0],
      [4, 4]
    ] as const,
    holds: true
  };
  assert.equal(onCommonGrid([early, late], 5), [
    { x: 0, values: [0, 0] },
    { x: 1, values: [2, 1] },
    { x: 2, values: [4, 2] },
    { x: 3, values: [4, 3] },
    { x: 4, values: [4, 4] }
  ]);
});

test('a diverged run has no value beyond its end', () => {
  const diverged = {
    curve: [
      [0, 1],
      [1, 3]
    ] as const,
    holds: false
  };
  const other = {
    curve: [
      [0, 0],
      [2, 2]
    ] as const,
    holds: true
  };
  assert.equal(
    onCommonGrid([diverged, other], 3).map(({ values }) => values),
    [[1, 0], [3, 1], [2]]
  );
});

test('the grid begins where every seed has a value', () => {
  const one = {
    curve: [
      [1, 1],
      [3, 3]
    ] as const,
    holds: true
  };
  const other = {
    curve: [
      [2, 5],
      [3, 5]
    ] as const,
    holds: true
  };
  assert.is(onCommonGrid([one, other], 2)[0]?.x, 2);
  assert.equal(onCommonGrid([{ curve: [], holds: true }], 4), []);
  assert.is(onCommonGrid([{ curve: [[1, 7]], holds: true }], 4).length, 1);
});

test('the spread is the range of few seeds and the middle half of many', () => {
  assert.equal(drawnSpread([3, 1, 2]), { median: 2, low: 1, high: 3 });
  assert.equal(drawnSpread([1, 2, 3, 4, 5, 6, 7, 8, 9]), { median: 5, low: 3, high: 7 });
  assert.equal(drawnSpread([1, Infinity, Infinity]), { median: Infinity, low: 1, high: Infinity });
  assert.throws(() => drawnSpread([]), /no value/);
});

test('a run ends its way to the target at the first cut that meets it, or is censored at its end', () => {
  const evaluations = [0.5, 0.91, 0.89, 0.95].map((accuracy, cut) => evaluation(cut, accuracy));
  const run = withRows([...evaluations, outcome(4e9)]);
  const target = { measure: 'accuracy', value: 0.9 } as const;
  assert.equal(wayToTarget(run, target), { seconds: 1, gradients: 64, reached: true });
  const never = { measure: 'accuracy', value: 0.99 } as const;
  assert.equal(wayToTarget(run, never), { seconds: 4, gradients: 192, reached: false });
});

test('cells that stop at different targets share none', () => {
  const runs = [0.9, 0.92].map(accuracy => sampleRun({ bound: 4, seed: 1, accuracy }));
  assert.is(sharedTarget(runs), null);
  assert.equal(sharedTarget([runs[0]!, runs[0]!]), { measure: 'accuracy', value: 0.9 });
});

test('what a worker did adds up to its time', () => {
  const rows: Row[] = [
    iteration(0, 10, 40, 100, 50),
    iteration(1, 110, 150, 210, 0),
    traffic('w0', 20)
  ];
  const [worker] = sharesOfRun(withRows([...rows, outcome(210)]));
  assert.equal(worker, {
    node: 'w0',
    shares: { compute: 0.35, communicate: 0.25, wait: 0.25, apply: 0.1, other: 0.05 }
  });
});

test('the shares of every node of a sweep are a whole', () => {
  for (const run of sampleSweep(1)) {
    const nodes = sharesOfRun(run);
    assert.equal(nodes.map(({ node }) => node).slice(-3), ['w7', 's0', 's1']);
    for (const { shares } of nodes) {
      const sum = Object.values(shares).reduce((total, share) => total + share, 0);
      assert.ok(Math.abs(sum - 1) < 1e-9, `the shares sum to ${sum}`);
      assert.ok(Object.values(shares).every(share => share >= 0));
    }
  }
});

test('the histograms of all shards and seeds are one, without its empty end', () => {
  const shard = (histogram: number[]): Row => ({
    kind: 'shard',
    node: 's0',
    versions: 0,
    gradients: 0,
    dropped: 0,
    duplicates: 0,
    refused: 0,
    histogram,
    elementsApplied: 0
  });
  const counts = pooled([withRows([shard([1, 2]), shard([0, 1, 4, 0])])]);
  assert.equal(counts, [1, 3, 4]);
  assert.is(histogramMean(counts), 11 / 8);
  assert.is(histogramMean([]), null);
});

test('the use of a link is what it carried over what it could have', () => {
  const link = { kind: 'link', link: 's0 up', ends: [1e9, 2e9], bytes: [50, 100] } as const;
  assert.is(utilisation({ ...link, bytesPerSecond: 150 }), 0.5);
  assert.is(utilisation({ ...link, bytesPerSecond: null }), null);
  assert.is(utilisation({ ...link, bytesPerSecond: 150, ends: [] }), null);
});

test('a link that is full half of the time is told apart from one that is half full', () => {
  const captionOf = (busyNanos: number): string => {
    const row = { kind: 'link', link: 's0 up', bytesPerSecond: 100, ends: [2e9] } as const;
    return linkUtilisation([withRows([{ ...row, bytes: [100], busyNanos }])])?.caption ?? '';
  };
  assert.match(captionOf(1e9), /\(s0 up\) 50.% of the time, at 100.%\.$/);
  assert.match(captionOf(2e9), /\(s0 up\) 100.% of the time, at 50.%\.$/);
  assert.not.match(captionOf(0), /of the time/);
});

test('few nodes have a lane each, many share one with their neighbours', () => {
  const nodes = (count: number) =>
    Array.from({ length: count }, (_, rank) => ({ node: `w${rank}` }));
  assert.equal(
    groupLanes(nodes(2)).map(({ label }) => label),
    ['w0', 'w1']
  );
  const lanes = groupLanes(nodes(100));
  assert.ok(lanes.length <= lanesMax);
  assert.is(lanes[0]?.label, 'w0-w6');
  assert.is(lanes.flatMap(({ members }) => members).length, 100);
});

function withRows(rows: readonly Row[]): RunResult {
  return { ...sampleRun({ bound: 4, seed: 1, gradientsMax: 64 }), rows };
}

function evaluation(cut: number, accuracy: number): EvaluationRow {
  const at = cut * 1e9;
  const gradients = cut * 64;
  return {
    kind: 'evaluation',
    node: 'c',
    cut,
    at,
    versions: gradients,
    gradients,
    loss: 1,
    accuracy,
    final: false
  };
}

function outcome(at: number): Row {
  return {
    kind: 'outcome',
    node: 'c',
    at,
    outcome: { kind: 'done', reason: 'gradients' },
    digest: null
  };
}

function iteration(
  clock: number,
  started: number,
  computed: number,
  ended: number,
  parkedNanos: number
): IterationRow {
  return {
    kind: 'iteration',
    node: 'w0',
    clock,
    started,
    computed,
    ended,
    parkedNanos,
    loss: null,
    stalenessMax: 0,
    stalenessMean: 0,
    applied: 1
  };
}

function traffic(node: 'w0', workNanos: number): Row {
  return {
    kind: 'traffic',
    node,
    trainingBytes: 0,
    trainingMessages: 0,
    evaluationBytes: 0,
    evaluationMessages: 0,
    controlBytes: 0,
    controlMessages: 0,
    workNanos
  };
}

test('a link of which no more was recorded does not look idle', () => {
  const run = sampleRun({ bound: null, seed: 1, workers: 2 });
  const until = 20e6;
  const transfer = { kind: 'transfer', node: 'w0', to: 's0', message: 'push', bytes: 1e6 } as const;
  const rows = [...run.rows, { ...transfer, sent: 10e6, arrived: until }];
  const bars = (all: readonly Row[]) =>
    (timeline([{ ...run, rows: all }])?.data ?? []).filter(
      ({ activity }) => activity === 'not recorded'
    );
  assert.equal(
    bars(rows).map(({ node, from }) => [node, from]),
    [['s0 in', 0.02]]
  );
  const own = run.rows.filter(({ kind }) => kind !== 'traffic');
  assert.equal(bars([...own, ...rows.slice(-1)]), [], 'all that there was');
});

test('the timeline has the busiest links between switches, and says of how many', () => {
  const sample = sampleRun({ bound: null, seed: 1, workers: 16, gradientsMax: 128 });
  const environment = { network: 'racks:2:1:1Gbps:50us' };
  const config = resolve({ ...sample.config, environment });
  const network = config.environment.network as LinkedConfig;
  const { hosts, links } = buildFabric(network, nodeIds(config));
  const between = links.filter(
    ({ to, from }) => ![to, from].some(end => hosts.includes(end ?? ''))
  );
  assert.ok(between.length > trunksMax);
  const use = between.map(({ name: link }, index): Row => {
    return { kind: 'link', link, bytesPerSecond: 1e9, ends: [1e9], bytes: [(index + 1) * 1e6] };
  });
  const rows = sample.rows.filter(({ kind }) => kind !== 'link');
  const plot = timeline([{ ...sample, config, rows: [...rows, ...use] }]);
  const sentence = `The ${trunksMax} busiest of ${between.length} links between switches.`;
  assert.ok(plot?.caption?.includes(sentence), String(plot?.caption));
});

test('links between switches are no more than there are colours: the busiest', () => {
  const run = sampleRun({ bound: null, seed: 1, workers: 2 });
  const between = Array.from({ length: 12 }, (_, index): Row => {
    const bytes = [index * 1e6];
    return { kind: 'link', link: `a to b${index}`, bytesPerSecond: 1e9, ends: [1e9], bytes };
  });
  const host = {
    kind: 'link',
    link: 's0 up',
    bytesPerSecond: 1e9,
    ends: [1e9],
    bytes: [1]
  } as const;
  const plot = linkUtilisation([{ ...run, rows: [host, ...between] }]);
  assert.equal(plot?.legend, [
    'servers, out',
    ...[5, 6, 7, 8, 9, 10, 11].map(index => `a to b${index}`)
  ]);
  assert.match(plot?.caption ?? '', /Of the links between switches 4 that carry less are left out/);
});

test('half-duplex links of hosts are together, as directions are', () => {
  const run = sampleRun({ bound: null, seed: 1, workers: 2 });
  const rows = ['c', 'w0', 'w1', 's0 up', 's1'].map((link): Row => {
    return { kind: 'link', link, bytesPerSecond: 1e9, ends: [1e9], bytes: [1e6] };
  });
  const plot = linkUtilisation([{ ...run, rows }]);
  assert.equal(plot?.legend, ['servers, out', 'servers, both ways', 'workers, both ways']);
});

test.run();
