/** The same faults in both drivers: what they do to a run, and how they are recorded. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { quadratic } from '../../core/config/problem.ts';
import { type Config, resolve } from '../../core/config.ts';
import { RealRunError } from '../../exec/real-run.ts';
import { type DrivenRun, digestOf, processes, rowsOf, simulation } from './drivers.ts';

const test = suite('faults in both drivers');

const iterations = 10;

function configOf(faults: string, consistency = 'bsp', environment = {}): Config {
  return resolve({
    workers: 2,
    servers: 1,
    seed: 3,
    problem: quadratic({ dimension: 40, noise: 0.5 }),
    consistency,
    environment: { compute: 'constant:10ms', faults, ...environment },
    stopAt: { iterations }
  });
}

const endOf = ({ rows }: DrivenRun): number =>
  Math.max(...rowsOf(rows, 'iteration').map(({ ended }) => ended)) / 1e6;

/** Each fault with the least time in milliseconds by which it delays the end. */
const cases: readonly (readonly [faults: string, millis: number, environment?: object])[] = [
  ['pause:w1:at=25ms:for=200ms', 199],
  ['pause:s0:when=w1@3:for=200ms', 180],
  ['hold:w1-s0:at=25ms:for=200ms', 180],
  ['delay:w1-s0:30ms:at=0s:for=10s', 250],
  ['partition:w0,s0/w1:at=25ms:for=200ms', 180],
  ['partition:s0/w1:at=25ms:for=200ms:oneWay=true', 180],
  ['slow-node:w1:4:at=0s:for=10s', 250],
  ['cut:workers-s0:at=25ms:for=200ms', 180],
  ['slow-link:w1:0.01:at=0s:for=10s', 150, { network: 'star:10Mbps:100us' }]
];

let plain: string | null = null;

for (const driver of [simulation, processes]) {
  for (const [faults, millis, environment] of cases) {
    test(`${driver.name}: ${faults} is felt, and nothing is lost by it`, async () => {
      const run = await driver.run(configOf(faults, 'bsp', environment));
      assert.equal(run.outcome, { kind: 'done', reason: 'iterations' });
      const free = 10 * iterations;
      assert.ok(endOf(run) > free + millis, `${endOf(run)} ms, ${free} of which are computation`);
      const [shard] = rowsOf(run.rows, 'shard');
      assert.is(shard?.gradients, 2 * iterations, 'each update once');
      plain ??= digestOf((await simulation.run(configOf('none'))).rows);
      assert.is(digestOf(run.rows), plain, 'the params of a run in which nothing went wrong');
      const rows = rowsOf(run.rows, 'fault');
      assert.ok(rows.length > 0);
      for (const { began, ended } of rows) assert.ok(ended === null || ended > began);
    });
  }
}

test('processes: a crash ends the run with the fault that did it', async () => {
  const config = configOf('crash:w1:at=20ms');
  try {
    await processes.run(config);
    assert.unreachable('the run ended');
  } catch (error) {
    assert.instance(error, RealRunError);
    assert.match(
      (error as Error).message,
      /^w1: killed by environment\.faults\.0 \(crash:w1:at=20ms\): no protocol of today/
    );
  }
});

test('processes: what is not enforced is refused before the start', async () => {
  const refused: readonly (readonly [string, RegExp])[] = [
    ['slow-node:s0:2:at=0s', /environment\.faults\.0: a real run slows the gradients of workers/],
    ['slow-link:w1:0.5:at=0s', /an ideal network has no links that could be slow/],
    ['cut:w1-s0:at=0s:for=6s', /a peer that is cut off for more than 5 s is given up/]
  ];
  for (const [faults, says] of refused) {
    try {
      await processes.run(configOf(faults));
      assert.unreachable(faults);
    } catch (error) {
      assert.match((error as Error).message, says);
    }
  }
});

test.run();
