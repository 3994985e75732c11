/** Limits of a simulated run, in events and in memory: `--max-events` and `--max-memory`. */
import type { Row } from '../../core/record.ts';
import { formatSize } from '../../core/units.ts';
import { EventLimit } from '../../sim/event-limit.ts';
import type { Outstanding } from '../../sim/observer.ts';
import type { Simulation } from '../../sim/simulation.ts';

/** Null where there is no limit. */
export interface RunLimits {
  readonly events: number | null;
  /** Of the process that simulates: its resident set. */
  readonly memoryBytes: number | null;
}

/** A run that was ended at a limit; the message says which, and how far the run had come. */
export class RunLimitReached extends Error {}

/** `simulation.advance()`, where the limit of events may be reached. */
export function advance(simulation: Simulation, rows: readonly Row[]): Outstanding | null {
  try {
    return simulation.advance();
  } catch (error) {
    if (!(error instanceof EventLimit)) throw error;
    const what = `the limit of ${error.eventsMax} events (--max-events) is reached`;
    throw new RunLimitReached(`${what} ${howFar(simulation, rows)}`);
  }
}

/** Throws when the process has more than `max` bytes. */
export function checkMemory(max: number, simulation: Simulation, rows: readonly Row[]): void {
  const used = process.memoryUsage.rss();
  if (used <= max) return;
  const mebibytes = `${Math.round(used / 1_048_576)}MiB`;
  const what = `the limit of ${formatSize(max)} of memory (--max-memory) is exceeded by the`;
  throw new RunLimitReached(`${what} ${mebibytes} in use ${howFar(simulation, rows)}`);
}

function howFar({ now, events, messages }: Simulation, rows: readonly Row[]): string {
  let iterations = 0;
  for (const row of rows) if (row.kind === 'iteration') iterations += 1;
  const counts = `${events} events, ${messages} messages and ${iterations} ended iterations`;
  return `at ${now / 1e9} s of virtual time, after ${counts}`;
}
