/** Does the runs of a sweep that are not there yet. */
import type { Config } from '../../core/config.ts';
import type { Plan } from './cells.ts';
import type { OpenedBackend, SimulatedJob } from './job-message.ts';
import type { JobEnd, JobPool } from './job-pool.ts';
import { type NamedRun, type Progress, runName, showProgress } from './progress.ts';
import { CorruptResults, readRun, removeAbandoned } from './results.ts';
import { codeHash, runId } from './run-id.ts';
import type { DriverName } from './run-result.ts';

/** One run of a plan with its place on the disk. */
export interface PlannedRun extends NamedRun {
  readonly id: string;
  readonly config: Config;
  readonly repetition: number;
}

/** A run that brought no result. */
export interface RunFailure {
  readonly run: PlannedRun;
  readonly driver: DriverName;
  readonly reason: string;
  /** Whether the configuration is at fault: the same run fails again. */
  readonly misconfigured: boolean;
}

/** The simulated runs of a plan, in its order. */
export function plannedRuns(plan: Plan, backend: OpenedBackend | null): PlannedRun[] {
  const code = codeHash('sim');
  return plan.cells.flatMap(({ labels, configs }) =>
    configs.map(config => {
      const name = backend?.name ?? null;
      const identity = { config, driver: 'sim', backend: name, code, repetition: 0 } as const;
      return { id: runId(identity), config, labels, seed: config.seed, repetition: 0 };
    })
  );
}

/** Whether any run of a plan computes with tfjs, and so with a backend that its id names. */
export function needsBackend(plan: Plan): boolean {
  return plan.cells.some(({ configs }) =>
    configs.some(({ problem }) => !plainProblems.has(problem.kind))
  );
}

/**
 * The runs that are missing; folders that are corrupt are told of and count as missing, and with
 * `check` those that were not checked.
 */
export function missingRuns(
  folder: string,
  runs: readonly PlannedRun[],
  note: (text: string) => void,
  check = false
): PlannedRun[] {
  removeAbandoned(folder);
  return runs.filter(({ id }) => {
    try {
      const stored = readRun(folder, id);
      return stored === null || (check && stored.manifest.checked !== true);
    } catch (error) {
      if (!(error instanceof CorruptResults)) throw error;
      note(`${error.problem}: this run is done again`);
      return true;
    }
  });
}

/** Does simulated runs in the processes of a pool. Runs that fail are told of, and the rest go on. */
export async function simulateRuns(
  runs: readonly PlannedRun[],
  options: {
    readonly pool: JobPool;
    readonly folder: string;
    readonly work: Pick<SimulatedJob, 'trace' | 'check' | 'limits'>;
    /** Aborted once the pool is closed: what its processes then did not do has not failed. */
    readonly signal: AbortSignal;
  }
): Promise<readonly RunFailure[]> {
  const { pool, folder, work, signal } = options;
  const code = codeHash('sim');
  const byId = new Map(runs.map(run => [run.id, run]));
  // By id, since a `--set` may have made two cells the same.
  const jobs = [...byId.values()].map(
    ({ id, config }): SimulatedJob => ({ id, config, folder, code, ...work })
  );
  const progress: Progress = showProgress(byId.size);
  const failures: RunFailure[] = [];
  const runOf = (job: SimulatedJob): PlannedRun => {
    const run = byId.get(job.id);
    if (run === undefined) throw new Error(`no run ${job.id} was planned`);
    return run;
  };
  try {
    await pool.run(jobs, {
      started: job => progress.started(runOf(job)),
      progress: (job, seconds, evaluations) =>
        progress.moved(runOf(job), `${seconds.toFixed(1)} s, ${evaluations} evaluations`),
      ended(job, end) {
        const run = runOf(job);
        if (signal.aborted) return;
        if (end.kind === 'failed') failures.push({ run, driver: 'sim', ...end });
        progress.ended(run, endText(end));
      }
    });
  } finally {
    progress.close();
  }
  return failures;
}

/** One line a failure, with where and why. */
export function failureText({ run, reason }: RunFailure): string {
  return `${runName(run)}: failed: ${reason}`;
}

/** Problems in plain TypeScript: no backend computes them. */
const plainProblems: ReadonlySet<string> = new Set([
  'quadratic',
  'logistic',
  'sparse-logistic',
  'timing'
]);

function endText(end: JobEnd): string {
  if (end.kind === 'failed') return `failed: ${end.reason}`;
  const { diverged } = end;
  if (diverged === null) return 'done';
  const { node, clock } = diverged;
  return (
    `diverged at ${node} in iteration ${clock}: a loss or a param is no finite number; ` +
    'a smaller learning rate may help'
  );
}
