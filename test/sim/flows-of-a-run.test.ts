/** Links, flows and cross traffic as a configuration has them, through the whole stack. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { resolve } from '../../core/config.ts';
import { OnArrivalRule } from '../../core/consistency/on-arrival.ts';
import { consistencyModels } from '../../core/consistency/registry.ts';
import type { Result } from '../../core/node.ts';
import type { CrossTrafficRow, Row } from '../../core/record.ts';
import { setupRun } from '../../core/setup.ts';
import { allKeys, layout } from '../../core/tensors.ts';
import { Simulation } from '../../sim/simulation.ts';

const test = suite('flows of a run');

const network = 'star:10Gbps:20us';
/** A push of so many float32 takes a millisecond. */
const pushed = 312_500;

/** Rows and virtual nanoseconds of two iterations of one worker and one server. */
function run(
  environment: object,
  iterations = 2,
  keys = pushed,
  consistency = 'bsp'
): { rows: Row[]; nanos: number } {
  const config = resolve({
    workers: 1,
    servers: 1,
    consistency,
    problem: { kind: 'timing', tensors: [keys] },
    stopAt: { iterations },
    environment: { compute: 'constant:1ms', network, ...environment }
  });
  const rows: Row[] = [];
  const tensors = layout([{ name: 't', shape: [keys], rows: false }]);
  const model = { layout: tensors, sparse: false, initialParams: null, frequencies: null };
  const observer = { row: (row: Row) => void rows.push(row) };
  const simulation = new Simulation(setupRun(config, model), observer, {
    check: true,
    eventsMax: 1e6
  });
  const update = { keys: allKeys, length: keys, values: null };
  const result: Result = { kind: 'gradient', loss: null, samples: 1, update, nextKeys: null };
  while (simulation.advance() !== null) simulation.provide(result);
  assert.is(simulation.outcome?.kind, 'done');
  return { rows, nanos: simulation.now };
}

function sources(rows: readonly Row[]): CrossTrafficRow[] {
  return rows.flatMap(row => (row.kind === 'cross-traffic' ? [row] : []));
}

const plain = run({}).nanos;

test('a link that is down for a while holds the run for as long', () => {
  const state = [
    ['2500us', 'down'],
    ['12500us', 'up']
  ];
  const { nanos } = run({ links: [{ link: 'w0', state }] });
  assert.is(nanos, plain + 10_000_000);
});

test('of several entries for a link the last counts, whole, for each quantity that it has', () => {
  const nanos = (links: readonly object[]): number => run({ links }).nanos;
  const slow = [
    ['0s', '1Gbps'],
    ['3ms', '100Mbps']
  ];
  const all = { link: 'w*', bandwidth: slow, latency: [['0s', '1ms']] };
  const own = { link: 'w0', bandwidth: [['0s', '5Gbps']] };
  const alone = nanos([{ link: 'w0', latency: all.latency }, own]);
  assert.is(nanos([all, own]), alone);
  assert.ok(nanos([own, all]) > 2 * alone);
});

test('what is said of flows changes how long a run takes', () => {
  const longer = (flows: object): number => run({ flows }).nanos - plain;
  assert.is(longer({}), 0);
  assert.ok(longer({ rateCap: '5Gbps' }) > 3_000_000);
  assert.ok(longer({ slowStart: { window: '14600B' } }) > 50_000);
  assert.ok(longer({ overhead: { time: '100us' } }) >= 400_000);
  assert.ok(longer({ sharing: 'lv08' }) > 500_000);
});

test('cross traffic slows a run down, and has a row for each source', () => {
  const traffic = [
    { from: 'c', to: 's0', arrivals: 'deterministic:1ms', sizes: 'constant:500kB' },
    { from: 's0', to: 'c', arrivals: 'poisson:1ms', sizes: 'exponential:1kB', messages: 3 }
  ];
  const { rows, nanos } = run({ traffic });
  assert.ok(nanos > plain);
  const [first, second] = sources(rows);
  assert.equal([first!.from, first!.to, second!.source, second!.sent], ['c', 's0', 1, 3]);
  assert.is(first!.sent, Math.floor(nanos / 1_000_000));
  assert.ok(first!.sojournNanosMean! >= 420_000);
});

test('a run that nobody goes on with ends, however much others send', () => {
  const traffic = [{ from: 'c', to: 's0', arrivals: 'deterministic:1us', sizes: 'constant:1B' }];
  // The one iteration is over long before a thousand messages are sent.
  assert.ok(sources(run({ traffic }, 1).rows)[0]!.sent < 10_000);
});

/** A model with a fault: nobody may start a second iteration. */
class Stuck extends OnArrivalRule {
  override admits(_worker: number, clock: number): boolean {
    return clock < 1;
  }
}

test('a protocol that hangs is told of at once, however much others send or hosts do for ever', () => {
  consistencyModels.add({
    kind: 'stuck',
    schema: z.strictObject({ kind: z.literal('stuck') }),
    decides: 'per-shard',
    needsValues: false,
    parse: () => ({ kind: 'stuck' }),
    format: () => 'stuck',
    rule: (_config, view, restored) => new Stuck(null, 'mean', view, restored)
  });
  const traffic = [{ from: 'c', to: 's0', arrivals: 'poisson:100us', sizes: 'constant:10kB' }];
  const hang = (environment: object): string => {
    try {
      run(environment, 4, 1, 'stuck');
    } catch (error) {
      return String(error);
    }
    return 'the run has ended';
  };
  const alone = hang({});
  assert.match(alone, /nothing is left to happen at 1\..*ms, and c, s0, w0 have not ended/);
  const busy = /nothing is left to happen at \d\..*ms, and c, s0, w0 have not ended/;
  const bandwidth = [
    ['0s', '1Gbps'],
    ['1ms', '2Gbps']
  ];
  const hosts = {
    cores: 1,
    background: 'processes:2 + share:0.3:2ms:8ms',
    preemption: 'rate:1s:5ms'
  };
  for (const others of [
    {},
    { flows: { model: 'chunks' } },
    { hosts },
    { links: [{ link: 'w0', bandwidth, every: '3ms' }] }
  ]) {
    assert.match(hang({ traffic, ...others }), busy);
  }
});

test('M/D/1 through the whole stack: half of the load, half of a service waited', () => {
  const source = { from: 's0', to: 'c', arrivals: 'poisson:20us', sizes: 'constant:12500B' };
  const { rows } = run({ compute: 'constant:500ms', traffic: [{ ...source, warmup: 100 }] }, 2, 1);
  const [row] = sources(rows);
  assert.ok(row!.messages > 40_000);
  assert.ok(Math.abs(row!.waitNanosMean! / 5000 - 1) < 0.06, `${row!.waitNanosMean} ns`);
});

test.run();
