/** The rows of a timing-only run, for tests of the driver of virtual time. */
import * as assert from 'uvu/assert';
import { type Config, resolve } from '../../core/config.ts';
import type { Result } from '../../core/node.ts';
import type { IterationRow, Row } from '../../core/record.ts';
import { setupRun } from '../../core/setup.ts';
import { allKeys, layout } from '../../core/tensors.ts';
import { TraceDigest } from '../../core/trace-digest.ts';
import type { Observer } from '../../sim/observer.ts';
import { Simulation } from '../../sim/simulation.ts';

/** Params of the model. */
export const size = 1000;

/**
 * A checked run of 3 workers and 2 servers for 5 iterations, but for the changes; and once more, to
 * see that it is the same run. `each` is called before each result of the first.
 */
export function timingRows(
  changes: Readonly<Record<string, unknown>>,
  observer: Observer = {},
  each: ((simulation: Simulation) => void) | null = null
): Row[] {
  const config = resolve({
    workers: 3,
    servers: 2,
    problem: { kind: 'timing', tensors: [size] },
    stopAt: { iterations: 5 },
    ...changes
  });
  const { rows, digest } = runOnce(config, observer, each);
  // What is done to a run from outside is the test's, which need not do it twice alike.
  if (each === null) assert.is(runOnce(config, {}, null).digest, digest, 'the same seed twice');
  return rows;
}

function runOnce(
  config: Config,
  observer: Observer,
  each: ((simulation: Simulation) => void) | null
): { readonly rows: Row[]; readonly digest: string } {
  const model = {
    layout: layout([{ name: 't', shape: [size], rows: false }]),
    sparse: false,
    initialParams: null,
    frequencies: null
  };
  const rows: Row[] = [];
  const digest = new TraceDigest();
  const seen: Observer = {
    ...observer,
    handled(node, now, input, effects) {
      digest.handled(node, now, input, effects);
      observer.handled?.(node, now, input, effects);
    },
    row: row => rows.push(row)
  };
  const simulation = new Simulation(setupRun(config, model), seen, { check: true });
  const update = { keys: allKeys, length: size, values: null };
  const result: Result = { kind: 'gradient', loss: null, samples: 1, update, nextKeys: null };
  for (let due = simulation.advance(); due !== null; due = simulation.advance()) {
    each?.(simulation);
    simulation.provide(result);
  }
  assert.is(simulation.outcome?.kind, 'done');
  for (const row of rows) digest.row(row);
  return { rows, digest: digest.toString() };
}

/** The iterations of a run, or of one of its workers. */
export function iterationsOf(rows: readonly Row[], node?: string): IterationRow[] {
  return rows.filter(
    (row): row is IterationRow =>
      row.kind === 'iteration' && (node === undefined || row.node === node)
  );
}
