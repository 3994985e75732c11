/** The driver of virtual time: order within sessions, nodes at work, the prices of work. */
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodedLength } from '../../core/codec.ts';
import { resolve } from '../../core/config.ts';
import { type Message, trafficClass } from '../../core/message.ts';
import type { Effect, Instant, NodeId } from '../../core/node.ts';
import { setupRun } from '../../core/setup.ts';
import { layout } from '../../core/tensors.ts';
import { Simulation } from '../../sim/simulation.ts';
import { assertHolds, batchMeans } from './closed-forms/estimate.ts';
import { lengthOf, timingRun } from './closed-forms/timing-run.ts';
import { iterationsOf, size, timingRows } from './timing-rows.ts';

const test = suite('simulation');

const millisecond = 1e6;

/** Environments in which messages, work and computations meet at the same instants, and do not. */
const environments = fc.record({
  compute: fc.constantFrom('constant:1ms', 'exponential:1ms', 'uniform:0ms:2ms'),
  network: fc.constantFrom('ideal' as const, {
    kind: 'star' as const,
    bandwidth: '10Mbps',
    latency: '1ms'
  }),
  costs: fc.record({
    encodeNanosPerElement: fc.constantFrom(0, 250, 1000),
    decodeNanosPerElement: fc.constantFrom(0, 250, 1000),
    applyNanosPerElement: fc.constantFrom(0, 500, 2000),
    messageNanos: fc.constantFrom(0, 500_000),
    serialiseNanosPerByte: fc.constantFrom(0, 10),
    copyNanosPerByte: fc.constantFrom(0, 30)
  })
});
const runs = fc.record({
  environment: environments,
  seed: fc.nat(1000),
  consistency: fc.constantFrom('bsp', 'ssp:1', 'asp'),
  compressor: fc.constantFrom('none', 'int8', 'topk:0.1')
});

test('a session delivers in order, whatever work its messages wait for', () => {
  fc.assert(
    fc.property(runs, changes => {
      const next = new Map<string, number>();
      timingRows(changes, {
        handled(node, _now, input) {
          if (input.kind !== 'message' || trafficClass[input.message.kind] === 'evaluation') return;
          const session = `${input.from} ${node}`;
          assert.ok(input.sequence >= (next.get(session) ?? 0), `${session} is out of order`);
          next.set(session, input.sequence + 1);
        }
      });
    }),
    { seed: 7801, numRuns: 60, includeErrorInReport: true }
  );
});

test('all work that takes time and all training messages are told of, with their times', () => {
  fc.assert(
    fc.property(runs, changes => {
      const work = new Map<NodeId, number>();
      const sent = new Map<NodeId, number>();
      const ends = new Map<NodeId, Instant>();
      const rows = timingRows(changes, {
        span(row) {
          if (row.kind === 'work') {
            assert.ok(row.started >= (ends.get(row.node) ?? 0), 'work does not overlap');
            ends.set(row.node, row.ended);
            work.set(row.node, (work.get(row.node) ?? 0) + row.ended - row.started);
          } else {
            const latency = changes.environment.network === 'ideal' ? 0 : millisecond;
            assert.ok(row.arrived >= row.sent + latency);
            sent.set(row.node, (sent.get(row.node) ?? 0) + row.bytes);
          }
        }
      });
      for (const row of rows) {
        if (row.kind !== 'traffic') continue;
        assert.is(work.get(row.node) ?? 0, row.workNanos);
        // What was under way when the run ended did not arrive.
        assert.ok((sent.get(row.node) ?? 0) <= row.trainingBytes);
        if (row.node.startsWith('w')) assert.ok((sent.get(row.node) ?? 0) > 0);
      }
    }),
    { seed: 7803, numRuns: 30, includeErrorInReport: true }
  );
});

test('a node that is at work takes nothing in, and all its work is on its account', () => {
  fc.assert(
    fc.property(runs, changes => {
      const { costs } = changes.environment;
      const { serialiseNanosPerByte: written, copyNanosPerByte: copied, messageNanos } = costs;
      const message = (of: Message, perByte: number): number =>
        trafficClass[of.kind] === 'training' ? messageNanos + perByte * encodedLength(of) : 0;
      const price = (effect: Effect): number => {
        if (effect.kind === 'send') return message(effect.message, written + copied);
        if (effect.kind !== 'work') return 0;
        if (effect.operation === 'apply') return costs.applyNanosPerElement * effect.elements;
        const each =
          effect.operation === 'encode' ? costs.encodeNanosPerElement : costs.decodeNanosPerElement;
        return each * effect.elements;
      };
      const free = new Map<NodeId, Instant>();
      const worked = new Map<NodeId, number>();
      const rows = timingRows(changes, {
        handled(node, now, input, effects) {
          assert.ok(now >= (free.get(node) ?? 0), `${node} is at work`);
          const taken = input.kind === 'message' ? message(input.message, copied) : 0;
          const nanos = effects.reduce((sum, effect) => sum + price(effect), taken);
          free.set(node, now + nanos);
          worked.set(node, (worked.get(node) ?? 0) + nanos);
        }
      });
      for (const row of rows) {
        if (row.kind === 'traffic') assert.is(row.workNanos, worked.get(row.node) ?? 0);
      }
    }),
    { seed: 7802, numRuns: 60, includeErrorInReport: true }
  );
});

test('a result that was cancelled never arrives, nor one of a computation that was not asked for', () => {
  fc.assert(
    fc.property(runs, changes => {
      const waited = new Set<string>();
      timingRows(
        { ...changes, stopAt: { seconds: 0.02 } },
        {
          handled(node, _now, input, effects) {
            if (input.kind === 'computed') assert.ok(waited.delete(`${node} ${input.id}`));
            for (const effect of effects) {
              if (effect.kind === 'compute') waited.add(`${node} ${effect.id}`);
              if (effect.kind === 'cancel') waited.delete(`${node} ${effect.id}`);
            }
          }
        }
      );
    }),
    { seed: 7803, numRuns: 60, includeErrorInReport: true }
  );
});

test('gradients are added as they come: the last one pays for itself and for the update', () => {
  // 1 ms of work for each addition of 1000 elements, and for their application.
  const priced = { consistency: 'bsp', servers: 1, stopAt: { iterations: 1 } };
  const costs = { applyNanosPerElement: 1000 };
  const apart = { compute: 'constant:10ms', speeds: [1, 0.5, 0.25], costs };
  const ends = (environment: object): number[] =>
    iterationsOf(timingRows({ ...priced, environment })).map(({ ended }) => ended / millisecond);
  // At 10, 20 and 40 ms: the first is borrowed, the second added by 21, the third by 41.
  assert.equal(ends(apart), [42, 42, 42]);
  // All at 10 ms: two additions and the update.
  assert.equal(ends({ compute: 'constant:10ms', costs }), [13, 13, 13]);
});

test('a server that is the bottleneck makes an update in each of its service times', () => {
  // Asymptotic bounds of a closed queueing network (Denning and Buzen 1978): P workers that think
  // for Z and one server that works for S make min(P / (Z + S), 1 / S) updates a unit of time.
  const [think, service] = [4, 1];
  for (const workers of [1, 2, 4, 5, 8, 16]) {
    const rows = timingRows({
      workers,
      servers: 1,
      consistency: 'asp',
      environment: {
        compute: `constant:${think}ms`,
        costs: { applyNanosPerElement: (service * millisecond) / size }
      },
      stopAt: { gradients: 2000 }
    });
    const ends = iterationsOf(rows).map(({ ended }) => ended / millisecond);
    const [from, to] = [Math.floor(ends.length / 2), ends.length - 1];
    const rate = (to - from) / (ends[to]! - ends[from]!);
    const bound = Math.min(workers / (think + service), 1 / service);
    assert.ok(Math.abs(rate / bound - 1) < 0.01, `P=${workers}: ${rate} of ${bound}`);
  }
});

test('a server of exponential service times is the station of the machine repair model', () => {
  // M/M/1//N: birth-death chain; N = 8, Z = 1, S = 0.1 (Kleinrock 1975, vol. 1, section 3.8).
  const [workers, think, service] = [8, 1, 0.1];
  let [sum, term] = [1, 1];
  for (let k = 0; k < workers; k++) sum += term *= ((workers - k) * service) / think;
  const rate = (1 - 1 / sum) / service;
  const run = timingRun('machine repair by service law', {
    workers,
    consistency: 'asp',
    environment: {
      compute: `exponential:${think}s`,
      costs: { servers: { service: `exponential:${service}s` } }
    },
    stopAt: { iterations: lengthOf(2000) }
  });
  const rows = run.rows.slice(100);
  const response = rows.map(({ computed, ended }) => (ended - computed) / 1e9);
  const ends = rows.map(({ ended }) => ended / 1e9);
  assertHolds('R', workers / rate - think, batchMeans(response), 0.03);
  const gaps = ends.slice(1).map((end, i) => end - ends[i]!);
  assertHolds('1 / X', 1 / rate, batchMeans(gaps), 0.03);
});

test('time does not go on before a result that is due is there', () => {
  const config = resolve({
    problem: { kind: 'timing', tensors: [size] },
    stopAt: { iterations: 1 }
  });
  const model = {
    layout: layout([{ name: 't', shape: [size], rows: false }]),
    sparse: false,
    initialParams: null,
    frequencies: null
  };
  const simulation = new Simulation(setupRun(config, model));
  simulation.advance();
  assert.throws(() => simulation.advance(), /provide it first/);
});

test.run();
