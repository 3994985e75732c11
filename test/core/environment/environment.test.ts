import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { exponential } from '../../../core/environment/compute.ts';
import {
  createEnvironment,
  EnvironmentSchema,
  environment
} from '../../../core/environment/environment.ts';
import { star } from '../../../core/environment/network.ts';
import {
  formatStragglers,
  noStragglers,
  permanent,
  StragglersSchema,
  transient
} from '../../../core/environment/straggler.ts';

const test = suite('environment');
const SEED = 37;

const link = (fields: object) => ({ links: [{ link: 'w0', ...fields }] });
const onStar = (fields: object) => ({ network: { ...star(cable), ...fields } });
const cable = { bandwidth: '1Gbps', latency: '50us' } as const;

for (const [path, place] of [
  ['links', value => ({ links: value })],
  ['links.0', value => ({ links: [value] })],
  ['links.0.bandwidth', value => link({ bandwidth: value })],
  ['links.0.bandwidth.0', value => link({ bandwidth: [value] })],
  ['links.0.latency', value => link({ latency: value })],
  ['links.0.state.0', value => link({ state: [value, ['20s', 'up']] })],
  ['traffic', value => ({ traffic: value })],
  ['traffic.0', value => ({ traffic: [value] })],
  ['flows', value => ({ flows: value })],
  ['flows.overhead', value => ({ flows: { overhead: value } })],
  ['flows.slowStart', value => ({ flows: { slowStart: value } })],
  ['flows.chunks', value => ({ flows: { chunks: value } })],
  ['hosts', value => ({ hosts: value })],
  ['hosts.workers', value => ({ hosts: { workers: value } })],
  ['hosts.nodes', value => ({ hosts: { nodes: value } })],
  ['costs', value => ({ costs: value })],
  ['costs.servers', value => ({ costs: { servers: value } })],
  ['costs.nodes', value => ({ costs: { nodes: value } })],
  ['speeds', value => ({ speeds: value })],
  ['network.workers', value => onStar({ workers: value })],
  ['network.hosts', value => onStar({ hosts: value })],
  ['network.loopback', value => onStar({ loopback: value })]
] as const satisfies readonly (readonly [string, (value: unknown) => object])[]) {
  test(`${path} of the wrong type is told what is expected, by an example that is right`, () => {
    for (const wrong of ['x', 5]) {
      const [issue] = EnvironmentSchema.safeParse(place(wrong)).error?.issues ?? [];
      assert.is(issue?.path.join('.'), path);
      const said = issue?.message ?? '';
      const example = /: ([[{].*)$/.exec(said)?.[1] ?? '';
      assert.ok(EnvironmentSchema.safeParse(place(JSON.parse(example))).success, said);
    }
  });
}

test('what is left out is shown when it is resolved', () => {
  assert.equal(environment({}), {
    compute: { kind: 'constant', time: '10ms' },
    lateness: '0s',
    stragglers: [],
    speeds: [1],
    network: { kind: 'ideal' },
    flows: {
      model: 'fluid',
      sharing: 'maxmin',
      overhead: { bytes: '0B', time: '0s' },
      rateCap: null,
      slowStart: null,
      chunks: {
        chunk: '16KiB',
        perFlow: 2,
        burst: '0B',
        burstOf: {},
        goodput: 1448 / 1514
      }
    },
    links: [],
    traffic: [],
    costs: {
      encodeNanosPerElement: 0,
      decodeNanosPerElement: 0,
      applyNanosPerElement: 0,
      messageNanos: 0,
      serialiseNanosPerByte: 0,
      copyNanosPerByte: 0,
      overlappedNanosPerByte: 0,
      service: { kind: 'instant' },
      workers: {},
      servers: {},
      nodes: {}
    },
    hosts: {
      cores: 'unlimited',
      machine: null,
      held: null,
      gpu: { kind: 'none' },
      background: [],
      preemption: [],
      workers: {},
      servers: {},
      nodes: {}
    },
    faults: []
  });
});

test('a resolved environment is JSON that reads as itself', () => {
  const config = environment({
    compute: 'exponential:0.02s',
    stragglers: 'transient:10%:10 + permanent:[0,2]:4',
    speeds: [1, 2],
    network: star({ bandwidth: '1GB/s', latency: '0.05ms', workers: { up: '100Mbps' } }),
    costs: { applyNanosPerElement: 0.5 }
  });
  assert.equal(EnvironmentSchema.parse(JSON.parse(JSON.stringify(config))), config);
  assert.equal(config.compute, exponential({ mean: '20ms' }));
  assert.equal(config.stragglers, [
    transient({ share: 0.1, slowdown: 10 }),
    permanent({ workers: [0, 2], slowdown: 4 })
  ]);
});

test('a draw belongs to its worker and iteration, whatever is asked before it', () => {
  const config = environment({
    compute: exponential({ mean: '20ms' }),
    stragglers: [transient({ share: 0.3, slowdown: 10, iterations: 4 })]
  });
  const forwards = createEnvironment(config, SEED, 4);
  const backwards = createEnvironment(config, SEED, 4);
  const keys = Array.from({ length: 200 }, (_, i) => [i % 4, Math.floor(i / 4)] as const);
  const there = keys.map(([worker, clock]) => forwards.computeNanos(worker, clock));
  const back = keys.toReversed().map(([worker, clock]) => backwards.computeNanos(worker, clock));
  assert.equal(back.toReversed(), there);
  const other = createEnvironment(config, SEED + 1, 4);
  assert.not.equal(
    keys.map(([worker, clock]) => other.computeNanos(worker, clock)),
    there
  );
});

test('the same worker has the same luck in a run of more workers', () => {
  const config = environment({
    compute: exponential({ mean: '20ms' }),
    stragglers: [transient({ share: 0.2, slowdown: 5 })]
  });
  const few = createEnvironment(config, SEED, 4);
  const many = createEnvironment(config, SEED, 64);
  for (let clock = 0; clock < 50; clock++) {
    assert.is(few.computeNanos(3, clock), many.computeNanos(3, clock));
  }
});

test('transient stragglers slow their share of iterations, and leave the draws alone', () => {
  const config = environment({ compute: exponential({ mean: '20ms' }) });
  const slow = { ...config, stragglers: [transient({ share: 0.1, slowdown: 10 })] };
  const plain = createEnvironment(config, SEED, 8);
  const straggling = createEnvironment(slow, SEED, 8);
  let hits = 0;
  for (let i = 0; i < 40_000; i++) {
    const [worker, clock] = [i % 8, Math.floor(i / 8)];
    const factor = straggling.computeNanos(worker, clock) / plain.computeNanos(worker, clock);
    assert.ok(Math.abs(factor - 1) < 1e-2 || Math.abs(factor - 10) < 1e-2, `factor ${factor}`);
    if (factor > 5) hits += 1;
  }
  assert.ok(Math.abs(hits / 40_000 - 0.1) < 5 * Math.sqrt((0.1 * 0.9) / 40_000));
});

test('spells of a transient straggler last as long as they are said to', () => {
  const stragglers = [transient({ share: 0.25, slowdown: 2, iterations: 5 })];
  const { computeNanos } = createEnvironment(environment({ stragglers }), SEED, 2);
  for (const worker of [0, 1]) {
    const slow = Array.from({ length: 10_000 }, (_, clock) => computeNanos(worker, clock) > 1.5e7);
    const changes = slow.flatMap((now, i) => (i > 0 && now !== slow[i - 1] ? [i] : []));
    assert.is(new Set(changes.map(change => change % 5)).size, 1, 'all at one place of five');
    const share = slow.filter(now => now).length / slow.length;
    assert.ok(Math.abs(share - 0.25) < 5 * Math.sqrt((0.25 * 0.75) / 2000));
  }
});

test('permanent stragglers and speeds change every iteration of their workers', () => {
  const config = environment({
    stragglers: [permanent({ workers: [0], slowdown: 4 }), permanent({ workers: 2, slowdown: 3 })],
    speeds: [1, 2]
  });
  const { computeNanos } = createEnvironment(config, SEED, 4);
  assert.equal(
    [0, 1, 2, 3].map(worker => computeNanos(worker, 7)),
    [4e7, 5e6, 3e7, 1.5e7]
  );
  assert.is(computeNanos(5, 0), 5e6, 'one that joined later has its speed and no slow-down');
});

test('durations are whole nanoseconds', () => {
  const config = environment({ compute: exponential({ mean: '7ns' }), speeds: [3] });
  const { computeNanos } = createEnvironment(config, SEED, 1);
  for (let clock = 0; clock < 1000; clock++)
    assert.ok(Number.isSafeInteger(computeNanos(0, clock)));
});

test('ranks and speeds of workers that are not there are refused', () => {
  const start = (input: Parameters<typeof environment>[0]) => () =>
    createEnvironment(environment(input), SEED, 4);
  assert.throws(start({ speeds: [1, 2, 3, 4, 5] }), 'environment.speeds: there are 5 speeds');
  assert.throws(
    start({ stragglers: permanent({ workers: [1, 4], slowdown: 2 }) }),
    'environment.stragglers.0.workers: ranks are 0 to 3'
  );
  assert.throws(start({ stragglers: 'permanent:5:2' }), 'environment.stragglers.0.workers');
});

test('stragglers have short forms', () => {
  for (const [short, stragglers] of [
    ['none', []],
    ['transient:0.1:10', [transient({ share: 0.1, slowdown: 10 })]],
    ['transient:0.1:10:5', [transient({ share: 0.1, slowdown: 10, iterations: 5 })]],
    [
      'permanent:[0,3]:4 + permanent:1:2',
      [permanent({ workers: [0, 3], slowdown: 4 }), permanent({ workers: 1, slowdown: 2 })]
    ]
  ] as const) {
    assert.equal(StragglersSchema.parse(short), stragglers);
    assert.is(formatStragglers(StragglersSchema.parse(short)), short);
  }
  assert.equal(StragglersSchema.parse(noStragglers()), []);
  assert.throws(() => StragglersSchema.parse('transient:0.1'), 'write transient:0.1:10');
  assert.throws(
    () => StragglersSchema.parse({ kind: 'transient', share: 2, slowdown: 2 }),
    'ratio'
  );
});

test.run();
