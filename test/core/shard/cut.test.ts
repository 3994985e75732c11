/**
 * Cuts under random orders of events: what a shard sends as its part is what it would be, bit for bit,
 * had it been sent the contributions from before the marks and no other ones.
 */
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { resolve } from '../../../core/config.ts';
import type { CutPart, Mark, Push } from '../../../core/message.ts';
import type { Effect, Input, Job, NodeId, Result } from '../../../core/node.ts';
import { rankOf } from '../../../core/node-id.ts';
import { normalAt, stream } from '../../../core/random.ts';
import { createNode, type RunSetup, setupRun } from '../../../core/setup.ts';
import { allKeys, layout } from '../../../core/tensors.ts';
import { viewValues } from '../../../core/values.ts';
import { firstView } from '../../../core/view.ts';
import { Ledger } from '../../ledger.ts';
import { twice } from '../../twice.ts';
import { runAtRandom } from '../random-schedule.ts';

const test = suite('cuts');

const runs = fc.record({
  workers: fc.integer({ min: 1, max: 4 }),
  servers: fc.integer({ min: 1, max: 3 }),
  iterations: fc.integer({ min: 2, max: 6 }),
  everyGradients: fc.integer({ min: 1, max: 4 }),
  consistency: fc.constantFrom('bsp', 'ssp:1:sum', 'asp:sum'),
  optimizer: fc.constantFrom('sgd:0.1', 'momentum:0.1:0.9', 'adam:0.01'),
  cuts: fc.constantFrom(0, 0.03),
  seed: fc.nat(0xffffff)
});
type Run = typeof runs extends fc.Arbitrary<infer R> ? R : never;

/** A part, with the marks of its cut and the pushes that its server had been sent by then. */
interface TakenPart {
  readonly server: NodeId;
  readonly part: CutPart;
  /** By worker. */
  readonly marks: ReadonlyMap<number, number>;
  readonly pushes: readonly (readonly [worker: NodeId, push: Push])[];
}

function setupOf(run: Run, optimizer: string, ledger: Ledger | null): RunSetup {
  const { workers, servers, consistency, everyGradients, iterations } = run;
  const config = resolve({
    workers,
    servers,
    consistency,
    optimizer,
    problem: { kind: 'quadratic', dimension: 1, condition: 1, noise: 0, heterogeneity: 0 },
    evaluation: { everyGradients },
    stopAt: { iterations }
  });
  const size = 5 * servers;
  const noisy = {
    layout: layout([{ name: 'x', shape: [size], rows: false }]),
    sparse: false,
    initialParams: new Float32Array(size).fill(0.25),
    frequencies: null
  };
  return setupRun(config, ledger?.model ?? noisy);
}

/** Gradients whose sums depend on their order, as all sums of floats do. */
function noisyGradient(setup: RunSetup, job: Job): Result {
  if (job.kind !== 'gradient') return { kind: 'evaluation', loss: 0, accuracy: null };
  const length = setup.layout.size;
  const values = Float32Array.from({ length }, (_, key) =>
    normalAt(1, job.worker, job.clock, key, 0)
  );
  const update = { keys: allKeys, length, values };
  return { kind: 'gradient', loss: 0, samples: 1, update, nextKeys: null };
}

/** Runs to the end, twice, and returns every part that was sent. */
function partsOf(run: Run, setup: RunSetup, compute: (job: Job) => Result): readonly TakenPart[] {
  return twice(() => partsOnce(run, setup, compute)).taken;
}

function partsOnce(
  run: Run,
  setup: RunSetup,
  compute: (job: Job) => Result
): { readonly taken: readonly TakenPart[]; readonly digest: string } {
  const taken: TakenPart[] = [];
  const marks = new Map<number, Map<number, number>>();
  const pushes = new Map<NodeId, [NodeId, Push][]>();
  const mark = (worker: number, { number, clock }: Mark): void => {
    const ofCut = marks.get(number) ?? new Map<number, number>();
    marks.set(number, ofCut);
    assert.is(ofCut.get(worker) ?? clock, clock, 'a worker marks one clock, towards every server');
    ofCut.set(worker, clock);
  };
  const observer = {
    input(node: NodeId, input: Input): void {
      if (input.kind !== 'message' || input.message.kind !== 'push') return;
      const here = pushes.get(node) ?? [];
      pushes.set(node, here);
      here.push([input.from, input.message]);
    },
    effect(node: NodeId, effect: Effect): void {
      if (effect.kind !== 'send') return;
      const { message } = effect;
      if (message.kind === 'mark') mark(rankOf(node), message);
      if (message.kind !== 'part') return;
      const here = [...(pushes.get(node) ?? [])];
      taken.push({
        server: node,
        part: message,
        marks: new Map(marks.get(message.number)),
        pushes: here
      });
    }
  };
  const options = { cuts: run.cuts, compute, observer };
  const { digest } = runAtRandom(setup, stream(run.seed, 'schedule'), options);
  return { taken, digest };
}

/** Whether a contribution is from before a cut: under BSP an update is so as a whole. */
function isBefore(run: Run, marks: TakenPart['marks'], worker: NodeId, clock: number): boolean {
  const mark = run.consistency === 'bsp' ? Math.min(...marks.values()) : marks.get(rankOf(worker))!;
  return clock < mark;
}

test('every part holds exactly the contributions from below the marked clocks', () => {
  fc.assert(
    fc.property(runs, run => {
      const ledger = new Ledger(run.workers, run.servers, run.iterations);
      const setup = setupOf(run, 'sgd:1', ledger);
      for (const { part, marks } of partsOf(run, setup, job => ledger.result(job))) {
        assert.is(marks.size, run.workers);
        const held = ledger.entries(viewValues(part.payload)!).map(([w, c]) => `w${w}@${c}`);
        const expected: string[] = [];
        for (let worker = 0; worker < run.workers; worker++) {
          for (let clock = 0; clock < run.iterations; clock++) {
            if (isBefore(run, marks, `w${worker}`, clock)) expected.push(`w${worker}@${clock}`);
          }
        }
        assert.equal(held, expected);
        assert.is(part.gradients, expected.length);
      }
    }),
    { seed: 7501, numRuns: 250, includeErrorInReport: true }
  );
});

test('a part is, to the bit, what a run that stopped at the marks would have', () => {
  fc.assert(
    fc.property(runs, run => {
      const setup = setupOf(run, run.optimizer, null);
      const parts = partsOf(run, setup, job => noisyGradient(setup, job));
      for (const { server, part, marks, pushes } of parts) {
        const stopped = createNode(setup, server);
        stopped.handle({ kind: 'start', incarnation: 0, restored: null }, 0);
        const view = { kind: 'view', view: firstView(run.workers, run.servers) } as const;
        const from = { kind: 'message', session: 0, sequence: 0 } as const;
        stopped.handle({ ...from, from: 'c', message: view }, 0);
        for (const [worker, push] of pushes) {
          if (!isBefore(run, marks, worker, push.clock)) continue;
          stopped.handle({ ...from, from: worker, message: { ...push, cut: 0 } }, 0);
        }
        const shard = stopped.snapshot()['shard'];
        assert.ok(typeof shard === 'object' && shard !== null && 'values' in shard);
        assert.equal(viewValues(part.payload), Reflect.get(shard, 'values'));
        assert.is(part.version, Reflect.get(shard, 'version'));
      }
    }),
    { seed: 7502, numRuns: 250, includeErrorInReport: true }
  );
});

test('the stamp of a push stands in for a mark that never came', () => {
  const run: Run = {
    workers: 2,
    servers: 1,
    iterations: 4,
    everyGradients: 1,
    consistency: 'asp:sum',
    optimizer: 'sgd:0.1',
    cuts: 0,
    seed: 0
  };
  const ledger = new Ledger(2, 1, 4);
  const server = createNode(setupOf(run, 'sgd:1', ledger), 's0');
  const receive = (from: NodeId, message: Push | Mark): readonly Effect[] =>
    server.handle({ kind: 'message', from, session: 0, sequence: 0, message }, 0);
  const view = { kind: 'view', view: firstView(2, 1) } as const;
  server.handle({ kind: 'message', from: 'c', session: 0, sequence: 0, message: view }, 0);
  const push = (worker: number, clock: number, cut: number): Push => {
    const result = ledger.result({
      kind: 'gradient',
      worker,
      clock,
      params: { keys: allKeys, parts: [] }
    });
    assert.ok(result.kind === 'gradient');
    const { buffer } = result.update.values!;
    const bytes = new Uint8Array(buffer);
    const payload = { format: 'none', elements: bytes.length / 4, byteLength: bytes.length, bytes };
    const contribution = { kind: 'gradient', keys: allKeys, payload, samples: 1 } as const;
    return {
      kind: 'push',
      view: 1,
      incarnation: 0,
      clock,
      round: 0,
      cut,
      base: 0,
      contribution,
      want: { keys: allKeys, base: null },
      origins: null
    };
  };
  receive('w0', push(0, 0, 0));
  receive('w1', { kind: 'mark', view: 1, number: 1, clock: 0, final: false });
  receive('w1', push(1, 0, 1));
  const effects = receive('w0', push(0, 1, 1));
  const parts = effects.flatMap(effect => {
    return effect.kind === 'send' && effect.message.kind === 'part' ? [effect.message] : [];
  });
  assert.is(parts.length, 1, "w0's push after the cut says that it had marked clock 1");
  assert.is(ledger.describe(viewValues(parts[0]!.payload)!), 'w0@0');
});

test.run();
