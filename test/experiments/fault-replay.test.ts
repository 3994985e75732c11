/**
 * Under faults from which the protocol recovers, no update is lost and none counts twice; and a trace
 * of a run with any faults replays to the bit.
 */
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Params } from '../../core/params.ts';
import { replay } from '../../experiments/harness/replay.ts';
import { Ledger } from '../ledger.ts';
import { type FaultRun, faultsOf, runWith, shardsOf } from '../sim/fault-run.ts';

const test = suite('updates under faults');

const workers = 3;
const servers = 2;
const iterations = 8;

interface LedgerRun extends FaultRun {
  readonly ledger: Ledger;
  readonly final: Params | null;
}

function runLedger(changes: Readonly<Record<string, unknown>>, faults: unknown): LedgerRun {
  const ledger = new Ledger(workers, servers, iterations);
  let final: Params | null = null;
  const run = runWith({
    faults,
    model: ledger.model,
    environment: { compute: 'exponential:4ms', network: 'star:100Mbps:1ms' },
    changes: {
      workers,
      servers,
      problem: { kind: 'quadratic', dimension: 1, condition: 1, noise: 0, heterogeneity: 0 },
      optimizer: { kind: 'sgd', learningRate: 1 },
      stopAt: { iterations },
      evaluation: { everyGradients: 4 },
      ...changes
    },
    compute: ({ job }) => {
      if (job.kind === 'evaluation') final = job.params;
      return ledger.result(job);
    }
  });
  return { ...run, ledger, final };
}

const disturbances = [
  'cut:workers-servers:rate=40/s:for=2ms',
  'cut:nodes-c:rate=40/s:for=2ms',
  'cut:w0-s1:every=11ms:for=1ms',
  'pause:nodes:rate=20/s:for=3ms',
  'hold:w1-s0:rate=50/s:for=5ms',
  'delay:nodes:1500us:rate=20/s:for=6ms',
  'partition:w0,s0/w1,s1,c:rate=20/s:for=6ms',
  'slow-link:w2:0.01:rate=20/s:for=9ms',
  'slow-node:s1:30:rate=20/s:for=9ms'
];

const runs = fc.record({
  consistency: fc.constantFrom('bsp', 'ssp:1:sum', 'asp:sum'),
  faults: fc.subarray(disturbances, { minLength: 1 }),
  seed: fc.nat(0xffff)
});

test('whatever is cut, held or stopped, each update is in every shard once', () => {
  let cuts = 0;
  let duplicates = 0;
  fc.assert(
    fc.property(runs, ({ consistency, faults, seed }) => {
      const run = runLedger({ consistency, seed }, faults);
      assert.equal(run.outcome, { kind: 'done', reason: 'iterations' });
      assert.ok(run.final !== null);
      const weight = consistency === 'bsp' ? Math.fround(1 / workers) : 1;
      for (const { values } of run.final!.parts) {
        const entries = run.ledger.entries(values!);
        assert.is(entries.length, workers * iterations);
        for (const [, , found] of entries) assert.ok(Math.abs(found - weight) < 1e-6, `${found}`);
      }
      cuts += faultsOf(run).filter(({ fault }) => fault === 'cut').length;
      for (const shard of shardsOf(run)) duplicates += shard.duplicates;
    }),
    { seed: 8101, numRuns: 25, includeErrorInReport: true }
  );
  assert.ok(cuts > 300 && duplicates > 10, `${cuts} cuts, ${duplicates} updates came twice`);
});

test('a trace with faults replays, lives after a crash too', async () => {
  const crashes = [
    'crash:w1:at=20ms:for=5ms',
    'crash:s0:at=15ms:for=1ms',
    'crash:c:at=9ms:for=4ms'
  ];
  for (const faults of [disturbances, ...crashes.map(crash => [...disturbances, crash])]) {
    for (const consistency of ['bsp', 'asp:sum']) {
      const { config, lines, ledger, handled } = runLedger({ consistency }, faults);
      const learner = {
        model: ledger.model,
        backend: null,
        compute: ledger.result.bind(ledger),
        close: () => {}
      };
      const report = await replay({ config, lines }, learner);
      assert.is(report.divergence, null);
      assert.is(report.inputs, handled.length);
    }
  }
});

test.run();
