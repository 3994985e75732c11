/** Whole runs of real nodes under random orders of events, with sessions lost and without. */
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { resolve } from '../../core/config.ts';
import type { Effect, Job, NodeId, Outcome } from '../../core/node.ts';
import { rankOf } from '../../core/node-id.ts';
import type { Params } from '../../core/params.ts';
import { stream } from '../../core/random.ts';
import type { IterationRow, ShardRow } from '../../core/record.ts';
import { setupRun } from '../../core/setup.ts';
import { Ledger } from '../ledger.ts';
import { twice } from '../twice.ts';
import { runAtRandom } from './random-schedule.ts';

const test = suite('nodes');

/** What a run is made of. */
const runs = fc.record({
  workers: fc.integer({ min: 1, max: 4 }),
  servers: fc.integer({ min: 1, max: 3 }),
  iterations: fc.integer({ min: 1, max: 6 }),
  everyGradients: fc.integer({ min: 1, max: 5 }),
  consistency: fc.constantFrom('bsp', 'ssp:0:sum', 'ssp:1:sum', 'ssp:2:sum', 'asp:sum'),
  cuts: fc.constantFrom(0, 0.02, 0.1),
  seed: fc.nat(0xffffff)
});
type Run = typeof runs extends fc.Arbitrary<infer R> ? R : never;

/** Iterations that the params of iteration c may lack: more than this one's bound back. */
function bound(consistency: string): number {
  if (consistency === 'bsp') return 0;
  return consistency.startsWith('ssp') ? Number(consistency.split(':')[1]) : Infinity;
}

/** A run to its end, checked as it goes. */
class CheckedRun {
  readonly run: Run;
  readonly ledger: Ledger;
  readonly rows: (IterationRow | ShardRow)[] = [];
  outcome: Outcome | null = null;
  final: Params | null = null;
  readonly digest: string;
  /** Params that are being read, and what they were when they were handed out. */
  readonly #read = new Map<Job, readonly (Float32Array | undefined)[]>();

  constructor(run: Run) {
    this.run = run;
    const { workers, servers, iterations, everyGradients, consistency, seed, cuts } = run;
    this.ledger = new Ledger(workers, servers, iterations);
    const config = resolve({
      workers,
      servers,
      consistency,
      problem: { kind: 'quadratic', dimension: 1, condition: 1, noise: 0, heterogeneity: 0 },
      optimizer: { kind: 'sgd', learningRate: 1 },
      evaluation: { everyGradients },
      stopAt: { iterations }
    });
    const schedule = stream(seed, 'schedule');
    const { digest } = runAtRandom(setupRun(config, this.ledger.model), schedule, {
      cuts,
      compute: job => {
        if ('params' in job) this.#checkUnchanged(job, job.params);
        return this.ledger.result(job);
      },
      observer: { effect: (node, effect) => this.#observe(node, effect) }
    });
    this.digest = digest;
  }

  #observe(node: NodeId, effect: Effect): void {
    if (
      effect.kind === 'record' &&
      (effect.row.kind === 'iteration' || effect.row.kind === 'shard')
    ) {
      this.rows.push(effect.row);
    }
    if (effect.kind === 'stop' && node === 'c') this.outcome = effect.outcome;
    if (effect.kind !== 'compute' || !('params' in effect.job)) return;
    const { job } = effect;
    this.#read.set(
      job,
      job.params.parts.map(({ values }) => values?.slice())
    );
    if (job.kind === 'gradient') this.#checkBound(job.worker, job.clock, job.params);
    else this.final = job.params;
  }

  // Whoever computes reads the version that it was given, whatever has been written since.
  #checkUnchanged(job: Job, params: Params): void {
    const before = this.#read.get(job);
    params.parts.forEach(({ values }, index) => {
      assert.equal(values, before?.[index], 'a version that is read does not change');
    });
  }

  // Params of iteration c hold every update of iterations up to c - s - 1 of every worker, and all
  // of the worker's own (Ho et al. 2013, section 3).
  #checkBound(reader: number, clock: number, params: Params): void {
    const least = clock - bound(this.run.consistency) - 1;
    for (const { server, values } of params.parts) {
      const held = new Set(
        this.ledger.entries(values!).map(([worker, iteration]) => `w${worker}@${iteration}`)
      );
      for (let worker = 0; worker < this.run.workers; worker++) {
        const last = worker === reader ? clock - 1 : least;
        for (let iteration = 0; iteration <= last; iteration++) {
          const name = `w${worker}@${iteration}`;
          assert.ok(held.has(name), `w${reader} starts ${clock} without ${name} of s${server}`);
        }
      }
      if (this.run.consistency === 'bsp') {
        assert.is(held.size, clock * this.run.workers, 'BSP holds nothing besides');
      }
    }
  }
}

test('a run in any order, with any loss of sessions, applies each update once on each shard', () => {
  fc.assert(
    fc.property(runs, run => {
      const { outcome, final, ledger } = twice(() => new CheckedRun(run));
      assert.equal(outcome, { kind: 'done', reason: 'iterations' });
      const weight = run.consistency === 'bsp' ? Math.fround(Math.fround(1 / run.workers)) : 1;
      for (const { values } of final!.parts) {
        const entries = ledger.entries(values!);
        assert.is(entries.length, run.workers * run.iterations, 'none is lost');
        for (const [worker, clock, found] of entries) {
          assert.is(found, weight, `w${worker}@${clock} counts once`);
        }
      }
    }),
    { seed: 7401, numRuns: 300, includeErrorInReport: true }
  );
});

test('each iteration is recorded once, with the fate that every shard gave it', () => {
  fc.assert(
    fc.property(runs, run => {
      const { rows } = twice(() => new CheckedRun(run));
      const iterations = rows.filter(row => row.kind === 'iteration');
      for (let worker = 0; worker < run.workers; worker++) {
        const own = iterations.filter(({ node }) => rankOf(node) === worker);
        assert.equal(
          own.map(({ clock }) => clock),
          [...Array(run.iterations).keys()]
        );
      }
      for (const { applied } of iterations) assert.is(applied, run.servers);
    }),
    { seed: 7402, numRuns: 200, includeErrorInReport: true }
  );
});

test('the histogram of staleness counts each gradient, and BSP has none that is stale', () => {
  fc.assert(
    fc.property(runs, run => {
      const { rows } = twice(() => new CheckedRun(run));
      for (const row of rows) {
        if (row.kind !== 'shard') continue;
        const { histogram } = row;
        const counted = histogram.reduce((sum, count) => sum + count, 0);
        assert.is(counted, run.workers * run.iterations);
        if (run.consistency === 'bsp') assert.is(histogram.length, 1);
        if (run.workers === 1) assert.is(histogram.length, 1);
      }
    }),
    { seed: 7403, numRuns: 200, includeErrorInReport: true }
  );
});

test.run();
