/**
 * Queues against their closed forms. Open ones: cross traffic over one session, which is one stream
 * of bytes, and so a queue with one server (Pollaczek and Khinchine for its wait). Closed ones: the
 * workers of ASP think while they compute, and then wait for a server that serves one at a time.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ConfigInput } from '../../../core/config.ts';
import { assertHolds, batchMeans, ofBatches } from './estimate.ts';
import { experimentRun, rowsOfKind } from './experiment-run.ts';
import { closedNetwork, machineRepair, queueWait } from './theory.ts';
import { lengthOf } from './timing-run.ts';

const test = suite('closed forms of queues');

/** A message of 1.25 MB takes 10 ms at 1 Gbit/s. */
const service = 10e6;

interface Source {
  readonly load: number;
  readonly sizes: string;
  readonly messages: number;
  readonly arrivals?: 'poisson' | 'deterministic';
}

/** The row of one source over a link of its own. */
async function trafficOf(name: string, { load, sizes, messages, arrivals = 'poisson' }: Source) {
  const seconds = service / load / 1e9;
  const run = await experimentRun(name, {
    workers: 1,
    servers: 1,
    problem: { kind: 'timing', tensors: [1] },
    consistency: 'asp',
    environment: {
      compute: 'constant:24h',
      network: 'star:1Gbps:0s',
      traffic: [
        {
          from: 'w0',
          to: 's0',
          arrivals: `${arrivals}:${Math.round(seconds * 1e9)}ns`,
          sizes,
          messages,
          warmup: Math.floor(messages / 50)
        }
      ]
    },
    stopAt: { seconds: 1.05 * messages * seconds + 10 }
  });
  const [row] = rowsOfKind(run, 'cross-traffic');
  assert.is(row?.sent, messages);
  return row!;
}

/**
 * Name, law of sizes, squared variation, load; what the mean of n waits varies by, n times its relative
 * variance; and the precision p of the long form, which takes n = (3 / p)² times that: p is three
 * standard deviations. Waits of neighbours depend on each other, the more so the higher the load. For
 * M/M/1 n times the variance is load (2 + 5 load - 4 load² + load³) / (1 - load)^4, over the square of
 * the mean (Whitt 1989); the others are measured over hundreds of replications of Lindley's recursion.
 */
const queues: readonly (readonly [string, string, number, number, number, number])[] = [
  ['M/M/1', 'exponential:1250kB', 1, 0.5, 29, 0.01],
  ['M/M/1', 'exponential:1250kB', 1, 0.8, 123.5, 0.03],
  ['M/D/1', 'constant:1250kB', 0, 0.5, 13, 0.01],
  ['M/D/1', 'constant:1250kB', 0, 0.8, 60, 0.03],
  ['M/G/1 of cv² 0.25', 'shifted-exponential:625kB:625kB', 0.25, 0.5, 19, 0.01],
  ['M/G/1 of cv² 4', 'log-normal:1250kB:2', 4, 0.5, 600, 0.05]
];

for (const [queue, sizes, variation, load, variance, precision] of queues) {
  const messages = Math.ceil((variance * (3 / precision) ** 2) / 10);
  // Half of a 99.9 % interval of 30 batches is 3.66 / 3 of the precision, give or take a third.
  const relative = 1.65 * precision;
  const name = `the mean wait of ${queue} at load ${load}`;
  test(name, async () => {
    const row = await trafficOf(name, { load, sizes, messages: lengthOf(messages) });
    const waits = ofBatches(row.waitNanosByBatch.map(wait => wait / service));
    assertHolds(name, queueWait(load, variation), waits, relative);
    const [wait, sojourn] = [row.waitNanosMean!, row.sojournNanosMean!];
    assert.ok(Math.abs((sojourn - wait) / service - 1) < 0.03, 'and the service besides');
  });
}

test('messages at fixed intervals that are longer than they take never wait', async () => {
  const source = { load: 0.8, sizes: 'constant:1250kB', messages: 200 } as const;
  const row = await trafficOf('D/D/1', { ...source, arrivals: 'deterministic' });
  assert.is(row.waitNanosMean, 0);
  assert.is(row.sojournNanosMean, service);
  assert.is(row.sojournNanosMax, service);
});

interface Closed {
  readonly workers: number;
  readonly updates: number;
  readonly environment: NonNullable<ConfigInput['environment']>;
}

/** Estimates of a run under ASP, once it is in the steady state: seconds a cycle, and a response. */
async function closedRun(name: string, { workers, updates, environment }: Closed) {
  const run = await experimentRun(name, {
    workers,
    servers: 1,
    problem: { kind: 'timing', tensors: [250_000] },
    consistency: 'asp',
    environment,
    stopAt: { gradients: lengthOf(updates) + 20 * workers }
  });
  const rows = rowsOfKind(run, 'iteration').slice(20 * workers);
  const ends = rows.map(({ ended }) => ended / 1e9);
  return {
    between: batchMeans(ends.slice(1).map((end, index) => end - ends[index]!)),
    response: batchMeans(rows.map(({ computed, ended }) => (ended - computed) / 1e9))
  };
}

test('mean value analysis and the birth-death chain agree, and give the known figures', () => {
  for (const [customers, service, throughput, response] of [
    [8, 0.1, 6.6168156711, 0.209040783],
    [64, 0.01, 62.4339020511, 0.0250840953],
    [8, 0.2, 4.6498, 0.7205]
  ] as const) {
    const chain = machineRepair(customers, 1, service);
    const analysis = closedNetwork(customers, 1, [service]);
    assert.ok(Math.abs(chain.throughput / analysis.throughput - 1) < 1e-9);
    const digits = service === 0.2 ? 1e-4 : 1e-9;
    assert.ok(Math.abs(chain.throughput - throughput) < digits * throughput);
    assert.ok(Math.abs(chain.response - response) < digits * Math.max(1, response));
  }
  const series = closedNetwork(64, 1, [0.01, 0.01, 0.01, 0.01]);
  assert.ok(Math.abs(series.throughput / 58.5869313367 - 1) < 1e-10);
  assert.ok(Math.abs(series.response / 0.0923937906 - 1) < 1e-8);
});

for (const [workers, service, updates] of [
  [8, '100ms', 30_000],
  [64, '10ms', 40_000],
  [8, '200ms', 30_000]
] as const) {
  const name = `${workers} workers that compute for 1 s and one server that takes ${service}`;
  test(name, async () => {
    const costs = { servers: { service: `exponential:${service}` } };
    const environment = { compute: 'exponential:1s', costs };
    const { between, response } = await closedRun(name, { workers, updates, environment });
    const truth = machineRepair(workers, 1, Number(service.slice(0, -2)) / 1000);
    assertHolds(`${name}, cycle`, 1 / truth.throughput, between, 0.02);
    assertHolds(`${name}, response`, truth.response, response, 0.03);
  });
}

test('four stations in series: a core, an uplink, a server and its uplink', async () => {
  // 64 workers on a host with one core, whose messages of 1 MB take 10 ms on either link; the other
  // directions are never the bottleneck. Each cycle is 1 s of latency besides.
  const name = 'four stations in series';
  const environment = {
    compute: 'exponential:10ms',
    hosts: { workers: { cores: 1 } },
    costs: { servers: { service: 'exponential:10ms' } },
    network: {
      kind: 'star',
      bandwidth: '10Tbps',
      latency: '500ms',
      workersPerHost: 64,
      hosts: { w0: { up: '100MB/s' }, s0: { up: '100MB/s' } }
    }
  } as const;
  const { between } = await closedRun(name, { workers: 64, updates: 40_000, environment });
  const truth = closedNetwork(64, 1, [0.01, 0.01, 0.01, 0.01]);
  assertHolds(name, 1 / truth.throughput, between, 0.01);
});

test('whatever the law of service, no closed system is faster than its bounds', async () => {
  for (const [workers, law] of [
    [4, 'constant:200ms'],
    [16, 'uniform:0s:400ms'],
    [16, 'log-normal:200ms:2']
  ] as const) {
    const name = `bounds of ${workers} workers and ${law}`;
    const costs = { servers: { service: law } };
    const environment = { compute: 'exponential:1s', costs };
    const { between } = await closedRun(name, { workers, updates: 3000, environment });
    const bound = Math.min(workers / 1.2, 1 / 0.2);
    assert.ok(1 / (between.mean + between.half) <= bound, `${name}: ${1 / between.mean}`);
  }
});

test.run();
