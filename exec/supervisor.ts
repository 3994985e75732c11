/**
 * A real run: a configuration in processes, one a node, launched here or joining from anywhere. The
 * supervisor starts, watches and ends them, and gathers what they measure; it knows nothing of the
 * protocol that they speak.
 */
import { appendFileSync } from 'node:fs';
import * as path from 'node:path';
import type { Config } from '../core/config.ts';
import type { NodeId } from '../core/node.ts';
import type { Row } from '../core/record.ts';
import type { BackendName } from './backends/backend.ts';
import { hostNanos } from './clock.ts';
import type { Place } from './launch/children.ts';
import type { TransportChoice } from './launch/control-message.ts';
import { unenforceable } from './launch/enforcement.ts';
import { unenforceableFaults } from './launch/fault-enforcement.ts';
import type { RealProgress } from './launch/progress.ts';
import { runWarnings } from './launch/run-warnings.ts';
import type { Seat } from './launch/seat.ts';
import { Supervision } from './launch/supervision.ts';
import { timeOf } from './launch/time-axis.ts';
import { type RealNode, type RealRun, RealRunError } from './real-run.ts';
import type { Address } from './transport/address.ts';

/** How a configuration is run for real. */
export interface RealRunOptions {
  /** Forces a backend; null: the most preferred one that loads, if the problem needs any. */
  readonly backend?: BackendName | null;
  /** `auto`: Unix sockets between nodes of one host, TCP between hosts. */
  readonly transport?: TransportChoice;
  /** Where nodes join: a free port of the loopback interface unless told otherwise. */
  readonly listen?: Address;
  /** Launches nothing: somebody starts the nodes, on any host, and they join. */
  readonly waitForNodes?: boolean;
  /** Where a node is launched; null: beside this process. Each place needs `tcp` between nodes. */
  readonly placeOf?: (id: NodeId) => Place | null;
  /** A folder that is there: a file of trace lines for each node is written into it. */
  readonly traceFolder?: string | null;
  readonly onProgress?: (progress: RealProgress) => void;
  /** Ends the run, which then rejects. */
  readonly signal?: AbortSignal;
  /**
   * How long the nodes may take to start; null: as long as they like. 60 s for nodes that are
   * launched here, null for those that are waited for.
   */
  readonly startMillisMax?: number | null;
}

const anyLocalPort: Address = { kind: 'tcp', host: '127.0.0.1', port: 0 };
const startMillisDefault = 60_000;

/** Runs a configuration in processes. Rejects with `RealRunError`; then no process is left. */
export async function runReal(config: Config, options: RealRunOptions = {}): Promise<RealRun> {
  const called = hostNanos();
  const { waitForNodes = false, traceFolder = null, onProgress = () => {}, signal } = options;
  if (signal?.aborted === true) throw new RealRunError(null, 'interrupted');
  // Nodes that join may be on hosts of their own, where the true network counts.
  const refusal = waitForNodes ? unenforceableFaults(config, false) : unenforceable(config);
  if (refusal !== null) throw new RealRunError(null, refusal);
  const rows: Row[] = [];
  const supervision = new Supervision({
    config,
    backend: options.backend ?? null,
    transport: options.transport ?? 'auto',
    listen: options.listen ?? anyLocalPort,
    launches: !waitForNodes,
    placeOf: options.placeOf ?? (() => null),
    startMillisMax: options.startMillisMax ?? (waitForNodes ? null : startMillisDefault),
    traces: traceFolder !== null,
    onProgress,
    row: row => {
      rows.push(row);
      onProgress({ kind: 'row', row });
    },
    trace: (node, text) => {
      if (traceFolder !== null) appendFileSync(path.join(traceFolder, `${node}.jsonl`), text);
    }
  });
  const interrupt = (): void => supervision.fail(null, 'interrupted');
  signal?.addEventListener('abort', interrupt, { once: true });
  try {
    const outcome = await supervision.run();
    const { roster, zero } = supervision;
    return {
      rows: rows.sort((a, b) => before(timeOf(a), timeOf(b))),
      outcome,
      nodes: roster.seats.flatMap(seat => nodeOf(seat, supervision.onThisHost(seat))),
      warnings: runWarnings(config, roster),
      startSeconds: firstStep(rows, zero, called),
      durationSeconds: Number(hostNanos() - called) / 1e9,
      enforced: roster.together
    };
  } finally {
    signal?.removeEventListener('abort', interrupt);
  }
}

function before(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

function nodeOf({ id, here, report }: Seat, sameClock: boolean): RealNode[] {
  if (here === null) return [];
  const { hostName, pid, nodeVersion } = here;
  const clockOffsetNanos = sameClock ? 0 : here.clockOffsetNanos;
  const clockErrorNanos = sameClock ? 0 : Math.round(here.roundTripNanos / 2);
  return [{ id, hostName, pid, nodeVersion, clockOffsetNanos, clockErrorNanos, report }];
}

function firstStep(rows: readonly Row[], zero: bigint | null, called: bigint): number | null {
  let first = Infinity;
  for (const row of rows) if (row.kind === 'iteration') first = Math.min(first, row.started);
  return zero === null || first === Infinity ? null : (Number(zero - called) + first) / 1e9;
}
