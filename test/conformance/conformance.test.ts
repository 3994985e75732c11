/**
 * One test body on both drivers: what a run shows of the protocol must be the same in virtual time
 * and in processes. If both pass, the simulator may be relied on to foretell the real run.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { quadratic } from '../../core/config/problem.ts';
import { type Config, resolve } from '../../core/config.ts';
import type { NodeId } from '../../core/node.ts';
import type { IterationRow, TrafficRow } from '../../core/record.ts';
import { type DrivenRun, type Driver, digestOf, processes, rowsOf, simulation } from './drivers.ts';

const test = suite('conformance');

const workers = 2;
const servers = 2;
const iterations = 12;

function configOf(consistency: string, compressor: string): Config {
  return resolve({
    workers,
    servers,
    seed: 9,
    consistency,
    compressor,
    problem: quadratic({ dimension: 300, noise: 0.5, heterogeneity: 0.1 }),
    optimizer: 'momentum:0.05:0.9',
    environment: { compute: 'exponential:3ms' },
    stopAt: { iterations }
  });
}

/** What holds of a run under any model, whoever drives it. */
function checkRun(config: Config, { rows, outcome }: DrivenRun): void {
  assert.equal(outcome, { kind: 'done', reason: 'iterations' });
  checkIterations(config, rowsOf(rows, 'iteration'));
  const contributions = workers * iterations;
  const shards = rowsOf(rows, 'shard');
  assert.equal(shards.map(({ node }) => node).sort(), ['s0', 's1']);
  for (const { versions, gradients, dropped, duplicates, refused, histogram } of shards) {
    assert.is(versions, config.consistency.kind === 'bsp' ? iterations : contributions);
    assert.is(gradients, contributions, 'every push is applied once');
    assert.equal([dropped, duplicates, refused], [0, 0, 0]);
    assert.is(
      histogram.reduce((sum, count) => sum + count, 0),
      contributions
    );
    if (config.consistency.kind === 'bsp') assert.is(histogram.length, 1, 'nothing is stale');
  }
  const [last] = rowsOf(rows, 'evaluation').slice(-1);
  assert.ok(last?.final === true && last.gradients === contributions);
  assert.match(digestOf(rows) ?? '', /^[0-9a-f]{16}$/);
}

function checkIterations(config: Config, rows: readonly IterationRow[]): void {
  const of = (worker: number): readonly IterationRow[] =>
    rows.filter(({ node }) => node === `w${worker}`);
  const bounds = { bsp: 0, ssp: 1, asp: Infinity } as const;
  const bound = bounds[config.consistency.kind as keyof typeof bounds];
  for (let worker = 0; worker < workers; worker++) {
    assert.equal(
      of(worker).map(({ clock }) => clock),
      [...Array(iterations).keys()]
    );
    for (const { clock, started, computed, ended, applied, loss } of of(worker)) {
      assert.ok(started <= computed && computed <= ended);
      assert.is(applied, servers, 'settled by every shard');
      assert.type(loss, 'number');
      // Iteration c starts when everybody has ended iteration c - s - 1.
      const needed = clock - bound - 1;
      if (needed < 0) continue;
      for (let other = 0; other < workers; other++) {
        assert.ok(of(other)[needed]!.computed <= started, `w${worker} started ${clock} too early`);
      }
    }
  }
}

const cases: readonly (readonly [consistency: string, compressor: string])[] = [
  ['bsp', 'none'],
  ['bsp', 'int8'],
  ['bsp', 'topk:0.1'],
  ['ssp:1', 'none'],
  ['asp', 'int8']
];

/** What was found, by driver and case, to be held against each other. */
const found = new Map<string, DrivenRun>();

for (const driver of [simulation, processes]) {
  for (const [consistency, compressor] of cases) {
    test(`${driver.name}: ${consistency} with ${compressor} keeps its promises`, async () => {
      checkRun(configOf(consistency, compressor), await runOnce(driver, consistency, compressor));
    });
  }
}

for (const [consistency, compressor] of cases.filter(([one]) => one === 'bsp')) {
  test(`BSP with ${compressor} ends with the same bits in both`, async () => {
    const [virtual, real] = await both(consistency, compressor);
    assert.is(digestOf(real.rows), digestOf(virtual.rows));
    const losses = ({ rows }: DrivenRun): Map<string, number | null> =>
      new Map(rowsOf(rows, 'iteration').map(({ node, clock, loss }) => [`${node}@${clock}`, loss]));
    for (const [iteration, loss] of losses(virtual)) {
      assert.is(losses(real).get(iteration), loss, iteration);
    }
  });
}

for (const [consistency, compressor] of cases) {
  test(`${consistency} with ${compressor} sends the same messages and bytes in both`, async () => {
    const [virtual, real] = await both(consistency, compressor);
    for (const node of ['c', 's0', 's1', 'w0', 'w1'] as const) {
      const [expected, measured] = [traffic(virtual, node), traffic(real, node)];
      assert.is(measured.trainingMessages, expected.trainingMessages, `messages of ${node}`);
      assert.is(measured.trainingBytes, expected.trainingBytes, `bytes of ${node}`);
      assert.is(measured.evaluationMessages, expected.evaluationMessages);
      assert.is(measured.evaluationBytes, expected.evaluationBytes);
      assert.is(measured.controlBytes, expected.controlBytes);
    }
  });
}

async function runOnce(
  driver: Driver,
  consistency: string,
  compressor: string
): Promise<DrivenRun> {
  const key = `${driver.name} ${consistency} ${compressor}`;
  const run = found.get(key) ?? (await driver.run(configOf(consistency, compressor)));
  found.set(key, run);
  return run;
}

async function both(consistency: string, compressor: string): Promise<[DrivenRun, DrivenRun]> {
  return [
    await runOnce(simulation, consistency, compressor),
    await runOnce(processes, consistency, compressor)
  ];
}

function traffic({ rows }: DrivenRun, node: NodeId): TrafficRow {
  const row = rowsOf(rows, 'traffic').find(one => one.node === node);
  if (row === undefined) throw new Error(`no traffic of ${node}`);
  return row;
}

test.run();
