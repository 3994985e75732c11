/** A finished run as plots, tables and reports read it: what its folder holds, and its cell. */
import type { Config } from '../../core/config.ts';
import type { Row } from '../../core/record.ts';

/** Which driver ran it: the simulator in virtual time, or processes in real time. */
export type DriverName = 'sim' | 'real';

/** One run of a sweep. */
export interface RunResult {
  readonly config: Config;
  /** The rows that the nodes and the driver recorded, in the order of their recording. */
  readonly rows: readonly Row[];
  /** Versions, backend, machine, duration, exit: as stored beside the rows. */
  readonly manifest: Readonly<Record<string, unknown>>;
  readonly cell: Cell;
  readonly driver: DriverName;
  readonly seed: number;
}

/** A point of the sweep's grid. */
export interface Cell {
  /** Label of the value of every swept axis: `{ consistency: 'ssp:4' }`. Same in all its seeds. */
  readonly labels: Readonly<Record<string, string>>;
}
