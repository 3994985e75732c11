/** What must not change when something else does; all in virtual time. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { logistic, quadratic, sparseLogistic } from '../../core/config/problem.ts';
import { type Config, resolve } from '../../core/config.ts';
import type { Row } from '../../core/record.ts';
import { digestOf, rowsOf, simulation } from './drivers.ts';

const test = suite('metamorphic relations');

type Changes = Readonly<Record<string, unknown>>;

const star = { kind: 'star', bandwidth: '100Mbps', latency: '200us' };

function configOf(changes: Changes): Config {
  return resolve({
    workers: 4,
    servers: 2,
    seed: 5,
    problem: quadratic({ dimension: 60, noise: 0.5, heterogeneity: 0.2 }),
    optimizer: 'momentum:0.05:0.9',
    environment: { compute: 'exponential:5ms' },
    stopAt: { iterations: 15 },
    ...changes
  });
}

async function rowsFor(changes: Changes): Promise<readonly Row[]> {
  const { rows, outcome } = await simulation.run(configOf(changes));
  assert.is(outcome.kind, 'done');
  return rows;
}

async function digestFor(changes: Changes): Promise<string> {
  const digest = digestOf(await rowsFor(changes));
  assert.type(digest, 'string');
  return digest!;
}

const text = (rows: readonly Row[]): string => rows.map(row => JSON.stringify(row)).join('\n');

test('the same seed gives the same bytes of rows, and another one others', async () => {
  for (const consistency of ['bsp', 'ssp:1', 'asp']) {
    for (const compressor of ['none', 'int8', 'topk:0.1']) {
      const changes = {
        consistency,
        compressor,
        environment: { compute: 'log-normal:5ms:0.5', network: star },
        evaluation: { everyGradients: 8 }
      };
      const once = text(await rowsFor(changes));
      assert.is(text(await rowsFor(changes)), once, `${consistency} ${compressor}`);
      assert.is.not(text(await rowsFor({ ...changes, seed: 6 })), once);
    }
  }
});

test('what BSP computes does not depend on time: network, stragglers, speeds, prices', async () => {
  const environments = [
    { compute: 'instant' },
    { compute: 'pareto:1ms:1.5', network: star },
    { compute: 'constant:5ms', speeds: [1, 10, 2, 5] },
    { stragglers: [{ kind: 'transient', share: 0.2, slowdown: 10 }] },
    { network: { ...star, latency: '30ms' }, costs: { applyNanosPerElement: 1e5 } }
  ];
  for (const compressor of ['none', 'int8', 'topk:0.1']) {
    const digest = await digestFor({ compressor });
    for (const environment of environments) {
      assert.is(await digestFor({ compressor, environment }), digest, JSON.stringify(environment));
    }
  }
});

test('nor on how many servers the params are cut for, or on how often they are looked at', async () => {
  const problem = logistic({ features: 30, samples: 200 });
  const digest = await digestFor({ problem });
  for (const servers of [1, 3, 7]) assert.is(await digestFor({ problem, servers }), digest);
  assert.is(await digestFor({ problem, evaluation: { everyGradients: 3 } }), digest);
});

test('nor does it where batches choose the rows of a sparse model', async () => {
  const problem = sparseLogistic({ features: 200, active: 5, samples: 300, test: 50 });
  const changes = { problem, optimizer: 'adagrad:0.05' };
  const digest = await digestFor(changes);
  for (const servers of [1, 3]) assert.is(await digestFor({ ...changes, servers }), digest);
  const environment = { compute: 'pareto:1ms:1.5', network: star };
  assert.is(await digestFor({ ...changes, environment }), digest);
});

test('one worker learns the same under every model', async () => {
  for (const optimizer of ['sgd:0.1', 'adam:0.01']) {
    const alone = { workers: 1, optimizer };
    const digest = await digestFor({ ...alone, consistency: 'bsp' });
    for (const consistency of ['ssp:0', 'ssp:3', 'asp', 'asp:sum']) {
      assert.is(await digestFor({ ...alone, consistency }), digest, consistency);
    }
  }
});

test('SSP with a bound that nobody reaches is ASP', async () => {
  const environment = { compute: 'log-normal:5ms:0.5', network: star };
  const withoutKind = async (consistency: string): Promise<string> =>
    text(await rowsFor({ consistency, environment }));
  assert.is(await withoutKind('ssp:15'), await withoutKind('asp'));
});

test('an environment that costs nothing is none', async () => {
  const free = {
    compute: 'exponential:5ms',
    speeds: [1, 1, 1, 1],
    stragglers: [{ kind: 'transient', share: 0.5, slowdown: 1 }],
    network: 'ideal',
    costs: { encodeNanosPerElement: 0, messageNanos: 0 }
  };
  for (const consistency of ['bsp', 'ssp:1', 'asp']) {
    const changes = { consistency, compressor: 'int8' };
    const rows = text(await rowsFor(changes));
    assert.is(text(await rowsFor({ ...changes, environment: free })), rows);
  }
});

test('a cluster at half the speed has the same run in twice the time', async () => {
  for (const consistency of ['ssp:1', 'asp']) {
    const [fast, slow] = [
      await rowsFor({ consistency, environment: { compute: 'exponential:5ms' } }),
      await rowsFor({ consistency, environment: { compute: 'exponential:10ms' } })
    ];
    assert.is(digestOf(slow), digestOf(fast));
    const ends = rowsOf(fast, 'iteration').map(({ ended }) => ended);
    rowsOf(slow, 'iteration').forEach(({ ended }, index) => {
      // Durations are whole nanoseconds: each iteration may be off by half of one.
      assert.ok(Math.abs(ended - 2 * ends[index]!) <= 40);
    });
  }
});

test('evaluation takes no time and no training bytes', async () => {
  const costs = { applyNanosPerElement: 2e4 };
  const environment = { compute: 'exponential:5ms', network: star, costs };
  const changes = { consistency: 'asp', environment };
  const plain = await rowsFor(changes);
  const watched = await rowsFor({ ...changes, evaluation: { everyGradients: 2 } });
  assert.ok(rowsOf(watched, 'evaluation').length > 10);
  assert.equal(rowsOf(watched, 'iteration'), rowsOf(plain, 'iteration'));
  const bytes = (rows: readonly Row[]): number[] =>
    rowsOf(rows, 'traffic').map(({ trainingBytes }) => trainingBytes);
  assert.equal(bytes(watched), bytes(plain));
});

test.run();
