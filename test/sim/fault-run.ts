/** Runs with faults in virtual time, and what was found of them. */
import { type Config, resolve } from '../../core/config.ts';
import type { Effect, Input, Instant, NodeId, Outcome, Result } from '../../core/node.ts';
import type { FaultRow, IterationRow, Row, ShardRow } from '../../core/record.ts';
import { type Model, setupRun } from '../../core/setup.ts';
import { allKeys, layout } from '../../core/tensors.ts';
import { traceLine } from '../../core/trace.ts';
import { TraceDigest } from '../../core/trace-digest.ts';
import type { Observer, Outstanding } from '../../sim/observer.ts';
import { Simulation } from '../../sim/simulation.ts';

export const millisecond = 1e6;

export interface FaultRun {
  readonly config: Config;
  readonly outcome: Outcome | null;
  readonly rows: readonly Row[];
  readonly now: Instant;
  /** Of all inputs, effects and rows. */
  readonly digest: string;
  readonly handled: readonly {
    readonly node: NodeId;
    readonly now: Instant;
    readonly input: Input;
  }[];
  readonly lines: ReadonlyMap<NodeId, ReturnType<typeof traceLine>[]>;
}

export interface RunOptions {
  readonly faults?: unknown;
  readonly environment?: Readonly<Record<string, unknown>>;
  readonly changes?: Readonly<Record<string, unknown>>;
  readonly model?: Model;
  readonly compute?: (outstanding: Outstanding) => Result;
}

const size = 1000;
const timing: Model = {
  layout: layout([{ name: 't', shape: [size], rows: false }]),
  sparse: false,
  initialParams: null,
  frequencies: null
};
const update = { keys: allKeys, length: size, values: null };
const result: Result = { kind: 'gradient', loss: null, samples: 1, update, nextKeys: null };

/** Three workers that compute for 10 ms, two servers, BSP, timing alone, unless said otherwise. */
export function runWith(options: RunOptions): FaultRun {
  const { faults = [], environment = {}, changes = {}, model = timing } = options;
  const config = resolve({
    workers: 3,
    servers: 2,
    consistency: 'bsp',
    problem: { kind: 'timing', tensors: [size] },
    stopAt: { iterations: 6 },
    ...changes,
    environment: { compute: 'constant:10ms', ...environment, faults }
  });
  const rows: Row[] = [];
  const digest = new TraceDigest();
  const handled: { node: NodeId; now: Instant; input: Input }[] = [];
  const lines = new Map<NodeId, ReturnType<typeof traceLine>[]>();
  const observer: Observer = {
    row: row => {
      rows.push(row);
      digest.row(row);
    },
    handled(node: NodeId, now: Instant, input: Input, effects: readonly Effect[]) {
      handled.push({ node, now, input });
      digest.handled(node, now, input, effects);
      const own = lines.get(node) ?? [];
      lines.set(node, own);
      own.push(traceLine(now, input, effects));
    }
  };
  const simulation = new Simulation(setupRun(config, model), observer, { check: true });
  for (;;) {
    const outstanding = simulation.advance();
    if (outstanding === null) break;
    simulation.provide(options.compute?.(outstanding) ?? result);
  }
  const { outcome, now } = simulation;
  return { config, outcome, rows, now, digest: digest.toString(), handled, lines };
}

/** When a worker's iterations ended, in milliseconds. */
export function endsOf({ rows }: FaultRun, worker: NodeId = 'w0'): number[] {
  return rows
    .filter((row): row is IterationRow => row.kind === 'iteration' && row.node === worker)
    .map(({ ended }) => ended / millisecond);
}

export function faultsOf({ rows }: FaultRun): FaultRow[] {
  return rows.filter((row): row is FaultRow => row.kind === 'fault');
}

export function shardsOf({ rows }: FaultRun): ShardRow[] {
  return rows.filter((row): row is ShardRow => row.kind === 'shard');
}
