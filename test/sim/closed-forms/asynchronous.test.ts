/**
 * ASP against its closed forms: P workers without waiting make P updates in a mean computation, and
 * the mean staleness of a gradient is P - 1, whatever the times: between the read and the application
 * of a gradient each of the P - 1 others is applied once in the mean (Dutta et al. 2018).
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ConfigInput } from '../../../core/config.ts';
import type { NodeId } from '../../../core/node.ts';
import { assertHolds, assertLaw, batchMeans } from './estimate.ts';
import { lengthOf, rowsOf, type TimingRun, timingRun } from './timing-run.ts';

const test = suite('closed forms of ASP');

const millisecond = 1e6;

type Options = Pick<ConfigInput, 'environment' | 'servers'>;

function run(name: string, workers: number, gradients: number, options: Options): TimingRun {
  const stopAt = { gradients: lengthOf(gradients) };
  return timingRun(name, { workers, consistency: 'asp', stopAt, ...options });
}

const laws = [
  ['constant', 'constant:1ms'],
  ['exponential', 'exponential:1ms'],
  ['uniform', 'uniform:0ms:2ms'],
  ['log-normal', 'log-normal:1ms:0.5']
] as const;

for (const [law, compute] of laws) {
  const name = `an update takes a P-th of a ${law} computation`;
  test(name, () => {
    const workers = 4;
    const { rows } = run(name, workers, 24_000, { environment: { compute } });
    const ends = rows.map(({ computed }) => computed / millisecond);
    const between = ends.slice(1).map((end, index) => end - ends[index]!);
    assertHolds(name, 1 / workers, batchMeans(between));
  });
}

/** Whatever happens to a run, one gradient of each worker is on its way at any time. */
const circumstances: readonly (readonly [string, number, Options])[] = [
  ['equal times', 5, { environment: { compute: 'constant:1ms' } }],
  ['exponential times', 5, { environment: { compute: 'exponential:1ms' } }],
  ['log-normal times', 5, { environment: { compute: 'log-normal:1ms:2' } }],
  ['times without a variance', 5, { environment: { compute: 'pareto:1ms:1.5' } }],
  ['unequal speeds', 4, { environment: { compute: 'exponential:1ms', speeds: [1, 2, 5, 0.5] } }],
  [
    'two servers behind a slow network',
    4,
    {
      servers: 2,
      environment: {
        compute: 'exponential:1ms',
        network: { kind: 'star', bandwidth: '1Mbps', latency: '300us' }
      }
    }
  ],
  [
    'a server that works for its living',
    4,
    { environment: { compute: 'exponential:1ms', costs: { applyNanosPerElement: 2e5 } } }
  ]
];

for (const [what, workers, options] of circumstances) {
  test(`the mean staleness is P - 1 with ${what}`, () => {
    // By server: the version that each worker was handed last.
    const handed = new Map<NodeId, Map<NodeId, number>>();
    const name = `staleness with ${what}`;
    const stopAt = { gradients: lengthOf(3000) };
    const input = { workers, consistency: 'asp', stopAt, ...options } as const;
    const { shards } = timingRun(name, input, (node, _now, _input, effects) => {
      for (const effect of effects) {
        if (effect.kind !== 'send' || effect.message.kind !== 'answer') continue;
        const byWorker = handed.get(node) ?? new Map<NodeId, number>();
        handed.set(node, byWorker);
        byWorker.set(effect.to, effect.message.reply?.version ?? 0);
      }
    });
    assert.is(shards.length, options.servers ?? 1);
    for (const { node, versions, histogram } of shards) {
      const applied = histogram.reduce((total, count, staleness) => total + staleness * count, 0);
      // What is still on its way when the run ends has been crossed as well.
      let pending = 0;
      for (const version of handed.get(node)!.values()) pending += versions - version;
      assert.is(applied + pending, versions * (workers - 1), 'each update crosses P - 1 gradients');
      assert.ok(applied / versions > 0.97 * (workers - 1), `${what}: ${applied / versions}`);
    }
  });
}

test('with equal times the staleness is P - 1 from the second round on', () => {
  const { rows } = run('equal rounds', 6, 600, { environment: { compute: 'constant:1ms' } });
  for (const { clock, stalenessMax } of rows) if (clock > 0) assert.is(stalenessMax, 5);
});

/** How often worker 0 met each staleness: its own ones are independent of each other. */
function histogramOf(of: TimingRun): number[] {
  const counts: number[] = [];
  for (const { clock, stalenessMax } of rowsOf(of, 0)) {
    if (clock === 0 || stalenessMax === null) continue;
    while (counts.length <= stalenessMax) counts.push(0);
    counts[stalenessMax]! += 1;
  }
  return counts;
}

for (const workers of [2, 4, 8]) {
  const name = `the staleness of ${workers} equal workers with exponential times is geometric`;
  test(name, () => {
    const p = 1 / workers;
    const counts = histogramOf(
      run(name, workers, 2500 * workers, { environment: { compute: 'exponential:1ms' } })
    );
    assertLaw(name, counts, k => p * (1 - p) ** k);
  });
}

{
  const name = 'the staleness of a slow worker is geometric with its share of the speeds';
  test(name, () => {
    const environment = { compute: 'exponential:1ms', speeds: [1, 2, 3] };
    const counts = histogramOf(run(name, 3, 18_000, { environment }));
    const p = 1 / 6;
    assertLaw(name, counts, k => p * (1 - p) ** k);
    const others = counts.reduce((sum, count, k) => sum + count * k, 0);
    const total = counts.reduce((sum, count) => sum + count, 0);
    // The mean of a geometric law, to five of its standard deviations.
    const deviation = Math.sqrt((1 - p) / (p * p) / total);
    assert.ok(Math.abs(others / total - 5) < 5 * deviation, `${others / total}`);
  });
}

test.run();
