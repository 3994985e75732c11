import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { resolve } from '../../../core/config.ts';
import {
  buildFabric,
  type NetworkInput,
  NetworkSchema
} from '../../../core/environment/network.ts';
import { nodeIds } from '../../../core/node-id.ts';
import type { LinkRow } from '../../../core/record.ts';
import { drawSvg } from '../../../experiments/harness/plots/svg.ts';
import { topology } from '../../../experiments/harness/plots/topology.ts';
import {
  type GroupedFabric,
  glyphsMax,
  groupFabric
} from '../../../experiments/harness/plots/topology-groups.ts';
import { layOut } from '../../../experiments/harness/plots/topology-layout.ts';
import type { RunResult } from '../../../experiments/harness/run-result.ts';
import { sampleRun } from './sample-runs.ts';
import { assertWellFormed } from './well-formed.ts';

const test = suite('the picture of a topology');

const world = {
  kind: 'wan',
  regions: ['eu', 'us'],
  latency: [
    ['1ms', '40ms'],
    ['40ms', '1ms']
  ],
  bandwidth: [
    ['10Gbps', '1Gbps'],
    ['1Gbps', '10Gbps']
  ]
} satisfies NetworkInput;

const shapes: readonly (readonly [string, NetworkInput])[] = [
  ['star', 'star:1Gbps:50us'],
  ['racks', 'racks:4:4:1Gbps:50us'],
  ['two levels', 'two-level:4:2:1Gbps:1Gbps:50us'],
  ['fat-tree', 'fat-tree:8:1Gbps:50us'],
  ['WAN', world]
];

function grouped(input: NetworkInput, workers: number, servers: number): GroupedFabric {
  const network = NetworkSchema.parse(input);
  if (network.kind === 'ideal') throw new Error('expected links');
  const nodes = nodeIds({ workers, servers });
  return groupFabric(buildFabric(network, nodes), nodes);
}

/** A run on this network, of whose links one carried half of what it could in a second. */
function runOn(network: NetworkInput, workers: number, busy: string | null): RunResult {
  const sample = sampleRun({ bound: null, seed: 1, gradientsMax: 64, accuracy: null });
  const config = resolve({
    workers,
    servers: 2,
    problem: { kind: 'timing', tensors: [100] },
    stopAt: { iterations: 1 },
    environment: { network }
  });
  const row = (link: string): LinkRow => {
    return { kind: 'link', link, bytesPerSecond: 125e6, ends: [5e8, 1e9], bytes: [50e6, 12.5e6] };
  };
  return { ...sample, config, rows: busy === null ? [] : [row(busy)] };
}

for (const [name, network] of shapes) {
  test(`a ${name} has one glyph a host where there are few, and few where there are many`, () => {
    const few = grouped(network, 8, 2);
    assert.equal(few.levels[0]!.flatMap(({ members }) => members).sort(), [
      's0',
      's1',
      'w0',
      'w1',
      'w2',
      'w3',
      'w4',
      'w5',
      'w6',
      'w7'
    ]);
    assert.is(few.levels[0]!.length, 10);
    for (const [workers, servers] of [
      [64, 4],
      [112, 16]
    ] as const) {
      const many = grouped(network, workers, servers);
      assert.is(many.levels[0]!.flatMap(({ members }) => members).length, workers + servers);
      for (const row of many.levels) assert.ok(row.length <= glyphsMax, `${row.length} in a row`);
    }
  });

  test(`in the picture of a ${name} nothing overlaps and all is inside`, () => {
    for (const [workers, servers] of [
      [8, 2],
      [64, 4]
    ] as const) {
      const { levels, cables } = grouped(network, workers, servers);
      const { placed, drawn } = layOut({ levels, cables });
      assert.is(drawn.length, cables.length);
      for (const row of levels) {
        const spans = placed
          .filter(({ group }) => row.includes(group))
          .sort((one, other) => one.left - other.left);
        spans.forEach(({ left, right, group }, index) => {
          assert.ok(left >= -1e-9 && right <= 1 + 1e-9 && right > left, group.label);
          if (index > 0) assert.ok(left >= spans[index - 1]!.right - 1e-9, group.label);
        });
      }
      for (const { points } of drawn) for (const [x] of points) assert.ok(x > -0.03 && x < 1.03);
    }
  });

  test(`the picture of a ${name} is drawn, with results and without`, async () => {
    for (const [workers, busy, width, theme] of [
      [8, 's0 up', 1200, 'light'],
      [64, null, 400, 'dark']
    ] as const) {
      const plot = topology([runOn(network, workers, busy)])!;
      const svg = await drawSvg(plot, { theme, width, titled: true });
      assertWellFormed(svg);
      assert.not.match(svg, /NaN|undefined|Infinity/);
      assert.ok(Number(/<svg[^>]* width="([\d.]+)"/.exec(svg)?.[1]) <= width);
    }
  });
}

test('a link is as wide as it is fast, and coloured by its mean use', () => {
  const plot = topology([runOn('racks:5:4:1Gbps:50us', 8, 'rack1 up')])!;
  const link = (name: string) => plot.data.find(datum => datum['name'] === name)!;
  assert.is(link('rack1 up')['rate'], 1.25e9);
  assert.is(link('w0 up')['rate'], 1e9);
  assert.is(link('rack1 up')['percent'], 40, '62.5 MB of 156.25 in a second');
  assert.is(link('rack1 up')['use'], '40 to 60 %');
  assert.is(link('w0 up')['use'], 'not known');
  assert.is(plot.title, 'The busiest link, rack1 up, carries 40\u00a0% of its capacity');
});

test('the name of a switch stands on the paper, whatever cable goes behind it', async () => {
  const plot = topology([runOn('racks:8:4:1Gbps:50us', 8, null)])!;
  for (const [theme, paper] of [
    ['light', '#ffffff'],
    ['dark', '#14171c']
  ] as const) {
    const svg = await drawSvg(plot, { theme, width: 400, titled: true });
    const [below, above, ...more] = [...svg.matchAll(/<text[^>]*>rack1<\/text>/g)].map(String);
    assert.equal(more, []);
    assert.match(below!, new RegExp(`stroke="${paper}" stroke-width="5"`), below);
    assert.not.match(above!, /stroke=/);
  }
});

test('what nodes of one host sent counts for its cable', () => {
  const star = { kind: 'star', bandwidth: '1Gbps', latency: '1us', workersPerHost: 2 } as const;
  const run = runOn(star, 8, 'w1 up');
  const plot = topology([{ ...run, driver: 'real' }])!;
  assert.is(plot.data.find(datum => datum['name'] === 'w0 up')!['percent'], 50);
});

test('an ideal network has no picture', () => {
  assert.is(topology([runOn('ideal', 8, null)]), null);
});

test.run();
