/** Timing-only runs of the whole stack, for closed forms: nodes, codec, network, environment. */
import { type ConfigInput, resolve } from '../../../core/config.ts';
import type { Result } from '../../../core/node.ts';
import { rankOf } from '../../../core/node-id.ts';
import { nameKey } from '../../../core/random.ts';
import type { IterationRow, Row, ShardRow } from '../../../core/record.ts';
import { setupRun } from '../../../core/setup.ts';
import { allKeys, layout } from '../../../core/tensors.ts';
import type { Observer } from '../../../sim/observer.ts';
import { Simulation } from '../../../sim/simulation.ts';

/** Checks run ten times as long with SLACKLINE_LONG=1, and demand narrower intervals. */
export const isLong = process.env['SLACKLINE_LONG'] === '1';

/** So many iterations in `npm test`, ten times as many in the long form. */
export function lengthOf(iterations: number): number {
  return isLong ? 10 * iterations : iterations;
}

export interface TimingRun {
  /** Iterations in the order of their ends. */
  readonly rows: readonly IterationRow[];
  readonly shards: readonly ShardRow[];
  /** Virtual nanoseconds of the whole run. */
  readonly nanos: number;
}

type Input = Omit<ConfigInput, 'problem' | 'seed'>;

/** Runs a configuration with one key a server, checked; the seed derives from the name of the check. */
export function timingRun(
  name: string,
  input: Input,
  handled: NonNullable<Observer['handled']> = () => {}
): TimingRun {
  const servers = input.servers ?? 1;
  const seed = nameKey(name) >>> 0;
  const problem = { kind: 'timing' as const, tensors: [servers] };
  const config = resolve({ ...input, servers, seed, problem });
  const model = {
    layout: layout([{ name: 't', shape: [servers], rows: false }]),
    sparse: false,
    initialParams: null,
    frequencies: null
  };
  const rows: IterationRow[] = [];
  const shards: ShardRow[] = [];
  const row = (row: Row): void => {
    if (row.kind === 'iteration') rows.push(row);
    if (row.kind === 'shard') shards.push(row);
  };
  const simulation = new Simulation(setupRun(config, model), { handled, row }, { check: true });
  const update = { keys: allKeys, length: servers, values: null };
  const result: Result = { kind: 'gradient', loss: null, samples: 1, update, nextKeys: null };
  while (simulation.advance() !== null) simulation.provide(result);
  return { rows, shards, nanos: simulation.now };
}

/** The rows of one worker, in order. */
export function rowsOf(run: TimingRun, worker: number): readonly IterationRow[] {
  return run.rows.filter(({ node }) => rankOf(node) === worker);
}
