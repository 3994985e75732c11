/** `slackline run`: from a file to results, table, verdict and report. */
import * as path from 'node:path';
import { nearest } from '../../core/nearest.ts';
import { environmentWarnings } from '../../exec/launch/run-warnings.ts';
import { loadPlugins } from '../../exec/plugins.ts';
import { parseAddress } from '../../exec/transport/address.ts';
import { type Plan, planCells } from './cells.ts';
import { clusterWarnings, onCluster, readCluster } from './cluster-file.ts';
import type { RunOptions } from './commands/run.ts';
import { dryRun } from './dry-run.ts';
import { idleWarnings, planWarnings } from './idle-warnings.ts';
import type { OpenedBackend } from './job-message.ts';
import { JobPool } from './job-pool.ts';
import { loadExperiment, type NamedExperiment } from './load-experiment.ts';
import { pinModules } from './pin-modules.ts';
import { isPlotName, plotNames } from './plots/catalogue.ts';
import { printResults } from './print-results.ts';
import { readNetworks } from './read-networks.ts';
import { readTraces } from './read-traces.ts';
import { checkEnforceable, plannedRealRuns, realRuns } from './real-runs.ts';
import { removeAbandoned } from './results.ts';
import { tabulate } from './results-table.ts';
import type { DriverName } from './run-result.ts';
import {
  failureText,
  missingRuns,
  needsBackend,
  type PlannedRun,
  plannedRuns,
  type RunFailure,
  simulateRuns
} from './sweep.ts';
import { type DriverSweep, readRecord, readResults, writeRecord } from './sweep-record.ts';
import { UsageError } from './usage-error.ts';
import { judge } from './verdict.ts';

/** Exit codes of commands that run an experiment. */
export const exitCodes = { done: 0, someRunFailed: 1, badUsage: 2, interrupted: 130 } as const;
const { done, someRunFailed, badUsage, interrupted } = exitCodes;

/** What a command says that was stopped while it ran an experiment. */
export const interruptedText =
  '\ninterrupted: finished runs are kept, the same command does the rest';

/** Runs what the command line says. Returns the exit code; throws `UsageError` and `ConfigError`. */
export async function runExperiment(file: string, options: RunOptions): Promise<number> {
  const named = await loadExperiment(file);
  for (const name of named.experiment.plots ?? []) checkPlot(name);
  await loadPlugins(named.experiment.base.plugins ?? []);
  const { set = [], only = [] } = options;
  // Real runs take the time that they take: one seed, unless more are asked for.
  const seeds = options.seeds ?? (options.real === true ? 1 : null);
  if (options.real === true) refuseOnReal(options);
  if (options.cluster !== undefined && options.real === true) {
    throw new UsageError('--cluster: a real run meets the cluster that it is on; leave --real out');
  }
  const cluster = options.cluster === undefined ? null : readCluster(options.cluster);
  const planned = readTraces(readNetworks(planCells(named.experiment, { seeds, set, only })));
  const clusterFile = options.cluster ?? '';
  const plan = await pinModules(
    cluster === null ? planned : onCluster(planned, cluster, clusterFile)
  );
  const given = cluster === null ? [] : clusterWarnings(planned, cluster, clusterFile);
  for (const text of [...given, ...idleWarnings(plan)]) process.stderr.write(`${text}\n`);
  if (options.dryRun === true) {
    process.stdout.write(dryRun(named.name, plan, options.json === true));
    return done;
  }
  const folder = path.resolve(options.out ?? path.join('runs', named.name));
  const driver: DriverName = options.real === true ? 'real' : 'sim';
  const end = driver === 'real' ? realMissing : simulateMissing;
  const { failures, stopped } = await end(named, plan, { folder, options });
  if (stopped) {
    process.stderr.write(`${interruptedText}\n`);
    return interrupted;
  }
  // Job processes of a sweep that was killed may have ended only now.
  removeAbandoned(folder);
  conclude(named, folder, driver);
  await printResults(folder, { json: options.json === true, failures });
  for (const failure of failures) process.stderr.write(`${failureText(failure)}\n`);
  if (failures.some(({ misconfigured }) => misconfigured)) return badUsage;
  return failures.length > 0 ? someRunFailed : done;
}

/** What a sweep came to, and whether somebody stopped it. */
export interface SweepEnd {
  readonly failures: readonly RunFailure[];
  readonly stopped: boolean;
}

interface Where {
  readonly folder: string;
  readonly options: RunOptions;
}

/** Does the simulated runs of a plan that are not there yet, with a record of the sweep. */
export async function simulateMissing(
  named: NamedExperiment,
  plan: Plan,
  { folder, options }: Where
): Promise<SweepEnd> {
  const pool = new JobPool({ size: options.jobs, backend: options.backend ?? null });
  const stop = onInterrupt(() => pool.close());
  try {
    const count = plan.cells.reduce((sum, cell) => sum + cell.configs.length, 0);
    const backend: OpenedBackend | null = needsBackend(plan) ? await pool.backend(count) : null;
    const runs = plannedRuns(plan, backend);
    const { trace = false, check = false, maxEvents = null, maxMemory = null } = options;
    const missing = begin(named, plan, { folder, driver: 'sim', runs, check });
    const limits = { events: maxEvents, memoryBytes: maxMemory };
    const work = { trace, check, limits };
    const failures = await simulateRuns(missing, { pool, folder, work, signal: stop.signal });
    return { failures, stopped: stop.signal.aborted };
  } catch (error) {
    if (stop.signal.aborted) return { failures: [], stopped: true };
    throw error;
  } finally {
    stop.done();
    pool.close();
  }
}

async function realMissing(
  named: NamedExperiment,
  plan: Plan,
  { folder, options }: Where
): Promise<SweepEnd> {
  const { repetitions, backend = null, trace, listen, transport } = options;
  // Nodes that join may be on hosts of their own, where the true network counts.
  if (options.waitForNodes !== true) {
    checkEnforceable(plan);
    const texts = planWarnings(plan, environmentWarnings);
    for (const text of texts) process.stderr.write(`${text}\n`);
  }
  const runs = plannedRealRuns(plan, { repetitions, backend });
  const missing = begin(named, plan, { folder, driver: 'real', runs, check: false });
  const stop = onInterrupt(() => {});
  try {
    const failures = await realRuns(missing, {
      folder,
      trace: trace === true,
      signal: stop.signal,
      real: {
        backend,
        transport,
        waitForNodes: options.waitForNodes === true,
        ...(listen === undefined ? {} : { listen: parseAddress(listen) })
      }
    });
    return { failures, stopped: stop.signal.aborted };
  } finally {
    stop.done();
  }
}

// Records the sweep and returns the runs that are not there yet.
function begin(
  named: NamedExperiment,
  plan: Plan,
  sweep: {
    readonly folder: string;
    readonly driver: DriverName;
    readonly runs: readonly PlannedRun[];
    readonly check: boolean;
  }
): PlannedRun[] {
  const { folder, runs, check } = sweep;
  record(named, plan, sweep);
  const note = (text: string): void => void process.stderr.write(`${text}\n`);
  const missing = missingRuns(folder, runs, note, check);
  if (missing.length < runs.length) {
    note(`${runs.length - missing.length} of ${runs.length} runs are there already`);
  }
  return missing;
}

// What only virtual time has.
function refuseOnReal({ check, maxEvents, maxMemory }: RunOptions): void {
  const given = [
    ...(check === true ? ['--check'] : []),
    ...(maxEvents === undefined ? [] : ['--max-events']),
    ...(maxMemory === undefined ? [] : ['--max-memory'])
  ];
  if (given.length === 0) return;
  throw new UsageError(`${given.join(', ')}: of simulated runs only; leave it out, or --real`);
}

// Ctrl-C, or a scheduler's word, ends what is under way; a second one ends the command itself.
function onInterrupt(act: () => void): { readonly signal: AbortSignal; done(): void } {
  const controller = new AbortController();
  const stop = (): void => {
    if (controller.signal.aborted) process.exit(interrupted);
    controller.abort();
    act();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  return {
    signal: controller.signal,
    done: () => void process.off('SIGINT', stop).off('SIGTERM', stop)
  };
}

// A file in plain JavaScript has nothing that would have said so before.
function checkPlot(name: string): void {
  if (isPlotName(name)) return;
  const guess = nearest(name, plotNames);
  const hint = guess === null ? '' : ` (did you mean "${guess}"?)`;
  throw new UsageError(
    `plots: there is no plot "${name}"${hint}; there are ${plotNames.join(', ')}`
  );
}

// Before the first run: an interrupted sweep leaves what its report needs.
function record(
  { name, experiment }: NamedExperiment,
  plan: Plan,
  sweep: {
    readonly folder: string;
    readonly driver: DriverName;
    readonly runs: readonly PlannedRun[];
  }
): void {
  const { folder, driver, runs } = sweep;
  const { question, expect, plots } = experiment;
  const cells = plan.cells.map(({ labels }) => ({
    labels,
    runs: runs
      .filter(run => run.labels === labels)
      .map(({ id, seed, repetition }) => ({ id, seed, repetition }))
  }));
  const mine: DriverSweep = {
    command: commandLine(),
    started: new Date().toISOString(),
    axes: plan.axes.map(({ name, labels }) => ({ name, labels: [...labels] })),
    cells,
    verdict: null
  };
  const sweeps = readRecord(folder)?.sweeps ?? { sim: null, real: null };
  writeRecord(folder, {
    version: 1,
    name,
    question,
    expected: expect?.answer ?? null,
    ...(plots === undefined ? {} : { plots: [...plots] }),
    sweeps: { ...sweeps, [driver]: mine }
  });
}

/** Puts the verdict into the record, so that a report drawn later has it without the file. */
export function conclude(
  { experiment }: NamedExperiment,
  folder: string,
  driver: DriverName
): void {
  const stored = readRecord(folder);
  const sweep = stored?.sweeps[driver];
  if (stored === null || sweep === null || sweep === undefined) return;
  const results = tabulate(sweep, readResults(folder, stored, driver), driver);
  const verdict = judge(experiment.expect, results);
  writeRecord(folder, { ...stored, sweeps: { ...stored.sweeps, [driver]: { ...sweep, verdict } } });
}

function commandLine(): string {
  const words = process.argv
    .slice(2)
    .map(word => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word}'`));
  return `npx slackline ${words.join(' ')}`;
}
