/**
 * Workers that die, are declared dead while they live, and come back, under random orders of events.
 * The coordinator of today changes no view by itself, so the test speaks for it.
 */
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { resolve } from '../../core/config.ts';
import type { Effect, Input, Job, NodeId, Snapshot } from '../../core/node.ts';
import { type Stream, stream } from '../../core/random.ts';
import { setupRun } from '../../core/setup.ts';
import { firstView, type Member, type View } from '../../core/view.ts';
import type { HandDriver } from '../hand-driver.ts';
import { Ledger } from '../ledger.ts';
import { twice } from '../twice.ts';
import { runAtRandom } from './random-schedule.ts';

const test = suite('membership');

const runs = fc.record({
  workers: fc.integer({ min: 2, max: 4 }),
  servers: fc.integer({ min: 1, max: 3 }),
  iterations: fc.integer({ min: 2, max: 6 }),
  consistency: fc.constantFrom('bsp', 'ssp:0:sum', 'ssp:2:sum', 'asp:sum'),
  changes: fc.constantFrom(0.01, 0.05),
  seed: fc.nat(0xffffff)
});
type Run = typeof runs extends fc.Arbitrary<infer R> ? R : never;

/** One worker at a time is out, and comes back; what its servers do meanwhile is checked. */
class ElasticRun {
  readonly ledger: Ledger;
  /** Changes of membership, the first view included. */
  changes = 1;
  readonly #run: Run;
  readonly #chance: Stream;
  #view: View;
  #absent: number | null = null;
  /** Workers of the view that have ended their last iteration: nobody leaves from then on. */
  readonly #finished = new Set<NodeId>();
  /** By server: the number of its view, and the lives in it. */
  readonly #entered = new Map<NodeId, View>();
  /** The push that a server is handling. */
  #handling: { readonly from: NodeId; readonly incarnation: number } | null = null;
  /** By server, the params at the end. */
  readonly final: readonly Float32Array[];
  readonly digest: string;

  constructor(run: Run) {
    this.#run = run;
    const { workers, servers, iterations, consistency, seed } = run;
    this.#chance = stream(seed, 'membership');
    this.#view = firstView(workers, servers);
    this.ledger = new Ledger(workers, servers, iterations);
    const config = resolve({
      workers,
      servers,
      consistency,
      problem: { kind: 'quadratic', dimension: 1, condition: 1, noise: 0, heterogeneity: 0 },
      optimizer: { kind: 'sgd', learningRate: 1 },
      stopAt: { iterations }
    });
    const driver = runAtRandom(setupRun(config, this.ledger.model), stream(seed, 'schedule'), {
      cuts: 0,
      compute: (job: Job) => this.ledger.result(job),
      disturb: (driver, still) => this.#disturb(driver, still),
      // The coordinator of today takes no cut in a view that it has not made.
      until: () => this.#finished.size === workers,
      observer: {
        input: (node, input) => this.#take(node, input),
        effect: (node, effect) => this.#check(node, effect)
      }
    });
    this.digest = driver.digest;
    this.final = this.#view.servers.map(({ rank }) => valuesOf(driver.snapshotOf(`s${rank}`)));
  }

  #disturb(driver: HandDriver, still: boolean): void {
    if (!still && this.#chance.uniform() >= this.#run.changes) return;
    if (this.#absent !== null) this.#bringBack(driver, this.#absent);
    else if (this.#finished.size === 0 && !still) this.#leave(driver);
  }

  #leave(driver: HandDriver): void {
    const { workers } = this.#run;
    // The run has begun when the first view is everywhere.
    if (this.#entered.size < this.#run.servers) return;
    const rank = this.#chance.integer(workers);
    this.#absent = rank;
    // Dead, or cut off and still at work: its pushes come, and speak of a view that is over.
    if (this.#chance.uniform() < 0.5) driver.kill(`w${rank}`);
    this.#enter(
      driver,
      this.#view.workers.filter(member => member.rank !== rank)
    );
  }

  #bringBack(driver: HandDriver, rank: number): void {
    const id: NodeId = `w${rank}`;
    driver.kill(id);
    driver.restart(id);
    this.#absent = null;
    const member: Member = { rank, incarnation: driver.incarnationOf(id) };
    const workers = [...this.#view.workers, member].sort((a, b) => a.rank - b.rank);
    this.#enter(driver, workers);
  }

  #enter(driver: HandDriver, workers: readonly Member[]): void {
    this.changes += 1;
    this.#view = { ...this.#view, number: this.#view.number + 1, workers };
    const ids = [...this.#view.servers.map(({ rank }): NodeId => `s${rank}`)];
    for (const { rank } of workers) ids.push(`w${rank}`);
    for (const id of ids) driver.send('c', id, { kind: 'view', view: this.#view });
  }

  #take(node: NodeId, input: Input): void {
    this.#handling = null;
    if (input.kind !== 'message' || !node.startsWith('s')) return;
    const { message, from } = input;
    if (message.kind === 'view') {
      const { number } = this.#entered.get(node) ?? { number: 0 };
      if (message.view.number > number) this.#entered.set(node, message.view);
    }
    if (message.kind === 'push') this.#handling = { from, incarnation: message.incarnation };
  }

  #check(node: NodeId, effect: Effect): void {
    if (effect.kind === 'send' && effect.message.kind === 'finished') {
      if (node !== `w${this.#absent}`) this.#finished.add(node);
    }
    if (effect.kind !== 'work' || this.#handling === null) return;
    const { from, incarnation } = this.#handling;
    const member = this.#entered.get(node)!.workers.find(({ rank }) => `w${rank}` === from);
    assert.is(member?.incarnation, incarnation, `${node} applies an update of a fenced ${from}`);
  }
}

function valuesOf(server: Snapshot): Float32Array {
  const values: unknown = Reflect.get(Object(server['shard']), 'values');
  assert.instance(values, Float32Array);
  return values as Float32Array;
}

test('whoever leaves and comes back, the run ends and nothing of the fenced is applied', () => {
  let changes = 0;
  fc.assert(
    fc.property(runs, run => {
      const elastic = twice(() => new ElasticRun(run));
      changes += elastic.changes;
      for (const values of elastic.final) {
        for (const [worker, clock, weight] of elastic.ledger.entries(values)) {
          const name = `w${worker}@${clock} x${weight}`;
          // A life begins where the slowest stands, maybe behind what its last one has given: under
          // SSP and ASP a batch may be in once for each life. A mean holds each batch once.
          if (run.consistency !== 'bsp') assert.ok(weight >= 1 && weight <= elastic.changes, name);
          else assert.ok(weight <= 1 && weight >= Math.fround(1 / run.workers) - 1e-6, name);
        }
      }
    }),
    { seed: 7901, numRuns: 300, includeErrorInReport: true }
  );
  assert.ok(changes > 300, `${changes} changes of membership are too few to test them`);
});

test.run();
