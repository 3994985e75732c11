/**
 * Transfer times against their closed forms, to 1e-9 of the time and the nanosecond that every
 * transfer is rounded to. Bytes are those that the rows tell: payload and frame.
 */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ConfigInput } from '../../../core/config.ts';
import { star } from '../../../core/environment/network.ts';
import { runFlowCase } from '../../../sim/flow-case.ts';
import { MaxMin } from '../../../sim/max-min/max-min.ts';
import { type ExperimentRun, rowsOfKind, tracedRun } from './experiment-run.ts';

const test = suite('closed forms of transfers');

/** 10 Gbit/s, and 10 us from host to host. */
const rate = 1.25e9;
const latency = 10e-6;

interface Exchange {
  readonly workers: number;
  readonly servers: number;
  readonly parameters: number;
  readonly network: NonNullable<ConfigInput['environment']>['network'];
}

/** Seconds of an iteration of BSP that computes nothing, and bytes of a push and of an answer. */
async function iterationOf({ workers, servers, parameters, network }: Exchange) {
  const run = await tracedRun(`transfers of ${workers} workers`, {
    workers,
    servers,
    problem: { kind: 'timing', tensors: [parameters] },
    consistency: 'bsp',
    environment: { compute: 'instant', network },
    stopAt: { iterations: 4 }
  });
  const row = rowsOfKind(run, 'iteration').find(({ node, clock }) => node === 'w0' && clock === 2)!;
  const seconds = (row.ended - row.started) / 1e9;
  return { seconds, push: bytesOf(run, 'push'), answer: bytesOf(run, 'answer') };
}

/** Bytes of a message of the third iteration, which are those of all of its kind. */
function bytesOf(run: ExperimentRun, kind: 'push' | 'answer'): number {
  const rows = rowsOfKind(run, 'transfer').filter(({ message }) => message === kind);
  const { workers, servers } = run.config;
  const bytes = new Set(rows.slice(workers * servers, 2 * workers * servers).map(row => row.bytes));
  assert.is(bytes.size, 1, `${[...bytes]}`);
  return [...bytes][0]!;
}

/** Equal but for 1e-9 of it, and the rounding of two transfers to nanoseconds. */
function assertClose(found: number, truth: number, what: string): void {
  const error = Math.abs(found - truth);
  assert.ok(error <= 1e-9 * truth + 2e-9, `${what}: ${found} s, in theory ${truth} s`);
}

for (const [what, workers, servers, binds] of [
  ['the links of servers bind', 16, 4, 'servers'],
  ['the links of workers bind', 2, 4, 'workers'],
  ['both bind', 4, 4, 'servers'],
  ['one server has it all', 8, 1, 'servers']
] as const) {
  test(`push and pull by ${workers} workers and ${servers} servers, where ${what}`, async () => {
    const parameters = 250_000_000;
    const network = 'star:10Gbps:10us';
    const exchange = { workers, servers, parameters, network };
    const { seconds, push, answer } = await iterationOf(exchange);
    // max(M / B_w, P M / (S B_s)) each way, with M = S messages.
    const messages = binds === 'servers' ? workers : servers;
    const truth = (messages * (push + answer)) / rate + 2 * latency;
    assertClose(seconds, truth, what);
    const plain = (2 * Math.max(1, workers / servers) * 4 * parameters) / rate;
    assert.ok(Math.abs(seconds / plain - 1) < 1e-3, `${seconds} s, of payload alone ${plain} s`);
  });
}

test('servers on the hosts of the workers: 2 (n - 1) / n of the model over one link', async () => {
  const n = 8;
  const network = star({ bandwidth: '10Gbps', latency: '10us', placement: 'colocated' });
  const exchange = { workers: n, servers: n, parameters: 250_000_000, network };
  const { seconds, push, answer } = await iterationOf(exchange);
  assertClose(seconds, ((n - 1) * (push + answer)) / rate + 2 * latency, 'colocated');
  const ring = (2 * (n - 1) * 1e9) / (n * rate);
  assert.ok(Math.abs(seconds / ring - 1) < 1e-3, `${seconds} s, a ring all-reduce ${ring} s`);
});

test('a ring all-reduce takes 2 (n - 1) / n of the model over one link, and as many latencies', () => {
  const n = 16;
  const bytes = 100e6 / n;
  const half = latency / 2;
  const link = { bytesPerSecond: rate, latencySeconds: half, policy: 'shared' } as const;
  const links = Array.from({ length: 2 * n }, () => link);
  let seconds = 0;
  for (let round = 0; round < 2 * (n - 1); round++) {
    // Everybody sends to the next one what it has added to, or got, in the round before.
    const flows = Array.from({ length: n }, (_, host) => {
      const route = [2 * host, 2 * ((host + 1) % n) + 1];
      return { route, bytes, startSeconds: seconds };
    });
    const ends = runFlowCase({ links, flows }, new MaxMin()).map(end => end.seconds ?? NaN);
    seconds = Math.max(...ends);
  }
  assert.ok(Math.abs(seconds / 0.1503 - 1) < 1e-9, `${seconds} s`);
});

test('messages of 1, 2 and 4 MB that share a link of 1 MB/s end after 3, 5 and 7 s', async () => {
  const run = await tracedRun('fair shares', {
    workers: 3,
    servers: 1,
    problem: { kind: 'timing', tensors: [1] },
    consistency: 'asp',
    environment: {
      compute: 'constant:24h',
      network: {
        kind: 'star',
        bandwidth: '1Gbps',
        latency: '0s',
        servers: { down: '8Mbps' }
      },
      traffic: [1, 2, 4].map((megabytes, worker) => ({
        from: `w${worker}`,
        to: 's0',
        arrivals: 'deterministic:1s',
        sizes: `constant:${megabytes}MB`,
        messages: 1
      }))
    },
    stopAt: { seconds: 20 }
  });
  const sojourns = rowsOfKind(run, 'cross-traffic').map(row => row.sojournNanosMean);
  assert.equal(sojourns, [3e9, 5e9, 7e9]);
});

test.run();
