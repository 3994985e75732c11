import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { int8 } from '../../core/compression/int8.ts';
import { none } from '../../core/compression/none.ts';
import { quadratic } from '../../core/config/problem.ts';
import { asp } from '../../core/consistency/asp.ts';
import { bsp } from '../../core/consistency/bsp.ts';
import { ssp } from '../../core/consistency/ssp.ts';
import { star } from '../../core/environment/network.ts';
import { permanent, transient } from '../../core/environment/straggler.ts';
import {
  cellName,
  noOverrides,
  type Overrides,
  planCells
} from '../../experiments/harness/cells.ts';
import { type Experiment, experiment } from '../../experiments/harness/experiment.ts';
import { UsageError } from '../../experiments/harness/usage-error.ts';

const test = suite('cells');

test('cells are the product of the axes, the last one varying fastest', () => {
  const plan = planCells(
    swept({ sweep: { consistency: [bsp(), ssp(4)], compressor: [none(), int8()] } })
  );
  assert.equal(
    plan.cells.map(cell => cellName(cell.labels)),
    [
      'consistency=bsp, compressor=none',
      'consistency=bsp, compressor=int8',
      'consistency=ssp:4, compressor=none',
      'consistency=ssp:4, compressor=int8'
    ]
  );
  assert.equal(plan.axes, [
    { name: 'consistency', labels: ['bsp', 'ssp:4'] },
    { name: 'compressor', labels: ['none', 'int8'] }
  ]);
});

test('every cell has the same seeds', () => {
  const { cells } = planCells(swept({ sweep: { workers: [2, 4] }, seeds: [7, 9] }));
  for (const { configs } of cells) {
    assert.equal(
      configs.map(config => config.seed),
      [7, 9]
    );
  }
});

test('an experiment without axes has one cell without a name', () => {
  const { cells } = planCells(swept({ seeds: 1 }));
  assert.is(cells.length, 1);
  assert.is(cellName(cells[0]?.labels ?? {}), '');
});

test('an axis by path sets one field deep in the configuration', () => {
  const { cells, axes } = planCells(
    swept({
      sweep: {
        'environment.stragglers': [
          transient({ share: 0.1, slowdown: 10 }),
          permanent({ workers: 1, slowdown: 4 })
        ]
      }
    })
  );
  assert.equal(axes, [{ name: 'stragglers', labels: ['transient:0.1:10', 'permanent:1:4'] }]);
  assert.equal(
    cells.map(cell => cell.configs[0]?.environment.stragglers[0]?.kind),
    ['transient', 'permanent']
  );
});

test('labels may be given, and a variant sets several fields at once', () => {
  const { cells } = planCells(
    swept({
      sweep: {
        'environment.network': { slow: star({ bandwidth: '100Mbps', latency: '1ms' }) }
      },
      variants: { size: { small: { workers: 2, servers: 1 }, large: { workers: 16, servers: 4 } } }
    })
  );
  assert.equal(
    cells.map(({ labels, configs }) => [
      cellName(labels),
      configs[0]?.workers,
      configs[0]?.servers
    ]),
    [
      ['network=slow, size=small', 2, 1],
      ['network=slow, size=large', 16, 4]
    ]
  );
});

test('--set changes a field in every cell, and takes the axis of that field away', () => {
  const sweep = { consistency: [bsp(), ssp(4)], workers: [2, 4] };
  const plan = planCells(swept({ sweep }), overridden({ set: [set('consistency', 'asp')] }));
  assert.equal(
    plan.cells.map(cell => cellName(cell.labels)),
    ['workers=2', 'workers=4']
  );
  for (const { configs } of plan.cells) assert.equal(configs[0]?.consistency.kind, 'asp');
});

test('--set reaches into a short form and into what the file leaves to defaults', () => {
  const settings = [set('consistency.bound', 7), set('optimizer.learningRate', 0.5)];
  const [cell] = planCells(
    swept({ base: { consistency: 'ssp:1' } }),
    overridden({ set: settings })
  ).cells;
  const config = cell?.configs[0];
  assert.equal(config?.consistency, { kind: 'ssp', bound: 7, scale: 'mean' });
  assert.is(config?.optimizer.learningRate, 0.5);
});

test('--set seed fixes the one seed, and --seeds counts them from 1', () => {
  const seedsOf = (overrides: Partial<Overrides>) =>
    planCells(swept({ seeds: [4, 5] }), overridden(overrides)).cells[0]?.configs.map(c => c.seed);
  assert.equal(seedsOf({ set: [set('seed', 42)] }), [42]);
  assert.equal(seedsOf({ seeds: 3 }), [1, 2, 3]);
});

test('--only keeps the cells with these labels', () => {
  const sweep = { consistency: [bsp(), ssp(4), asp()], workers: [2, 4] };
  const only = [
    { axis: 'consistency', label: 'bsp' },
    { axis: 'consistency', label: 'asp' },
    { axis: 'workers', label: '4' }
  ];
  assert.equal(
    planCells(swept({ sweep }), overridden({ only })).cells.map(cell => cellName(cell.labels)),
    ['consistency=bsp, workers=4', 'consistency=asp, workers=4']
  );
});

test('--only names the nearest axis and value', () => {
  const sweep = { consistency: [bsp(), ssp(4)] };
  const message = (axis: string, label: string) =>
    refusal(() => planCells(swept({ sweep }), overridden({ only: [{ axis, label }] })));
  assert.is(
    message('consistancy', 'bsp'),
    '--only: there is no swept axis "consistancy" (did you mean "consistency"?); there are: consistency'
  );
  assert.is(
    message('consistency', 'sspp:4'),
    '--only: there is no value of consistency "sspp:4" (did you mean "ssp:4"?); there are: bsp, ssp:4'
  );
});

test('a configuration that does not hold is refused with its path and its cell', () => {
  const message = refusal(() =>
    planCells(swept({ sweep: { consistency: [bsp(), ssp(-1)], workers: [2] } }))
  );
  assert.match(
    message,
    /^consistency\.bound: at least 0 is right, got -1\n\(in the cell consistency=/
  );
});

test('a misspelt field is refused with the nearest name', () => {
  const message = refusal(() => planCells(swept({}), overridden({ set: [set('workrs', 4)] })));
  assert.is(message, 'workrs: unknown key (did you mean "workers"?)');
});

test('two values of an axis with one label are refused: their results could not be told apart', () => {
  const message = refusal(() => planCells(swept({ sweep: { consistency: ['bsp', bsp()] } })));
  assert.match(message, /consistency has two values "bsp"/);
});

test('an empty axis is refused', () => {
  assert.is(
    refusal(() => planCells(swept({ sweep: { workers: [] } }))),
    'sweep: workers has no values'
  );
});

test('the same experiment gives the same plan, and no cell shares state with another', () => {
  const one = swept({ sweep: { consistency: [bsp(), ssp(4)] } });
  assert.equal(planCells(one), planCells(one));
});

test.run();

type Parts = Omit<Partial<Experiment>, 'base'> & { readonly base?: object };

function swept({ base = {}, ...parts }: Parts): Experiment {
  return experiment({
    question: 'Which is faster?',
    base: { problem: quadratic(), stopAt: { gradients: 100 }, ...base },
    seeds: 1,
    ...parts
  });
}

function overridden(parts: Partial<Overrides>): Overrides {
  return { ...noOverrides, ...parts };
}

function set(path: string, value: unknown): Overrides['set'][number] {
  return { path: path.split('.'), value };
}

function refusal(body: () => unknown): string {
  try {
    body();
  } catch (error) {
    assert.instance(error, UsageError);
    return error instanceof Error ? error.message : '';
  }
  throw new Error('nothing was refused');
}
