/** Does the real runs of a sweep that are not there yet, one after another: each has the machine. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { Row } from '../../core/record.ts';
import { unenforceable } from '../../exec/launch/enforcement.ts';
import type { RealProgress } from '../../exec/launch/progress.ts';
import { type RealRun, RealRunError } from '../../exec/real-run.ts';
import { type RealRunOptions, runReal } from '../../exec/supervisor.ts';
import { cellName, type Plan } from './cells.ts';
import { machine } from './machine.ts';
import { type Progress, showProgress } from './progress.ts';
import { jsonText, prepareRun, storeRun } from './results.ts';
import { codeHash, runId, slacklineVersion } from './run-id.ts';
import type { PlannedRun, RunFailure } from './sweep.ts';
import { messageOf, UsageError } from './usage-error.ts';

/** The real runs of a plan, in its order: `repetitions` of each cell and seed. */
export function plannedRealRuns(
  plan: Plan,
  options: { readonly repetitions: number; readonly backend: string | null }
): PlannedRun[] {
  const { backend } = options;
  const code = codeHash('real');
  return plan.cells.flatMap(({ labels, configs }) =>
    configs.flatMap(config =>
      Array.from({ length: options.repetitions }, (_, repetition) => {
        const id = runId({ config, driver: 'real', backend, code, repetition });
        return { id, config, labels, seed: config.seed, repetition };
      })
    )
  );
}

/** Throws `UsageError` where processes on one machine could not do justice to a cell. */
export function checkEnforceable(plan: Plan): void {
  for (const { labels, configs } of plan.cells) {
    const refusal = configs[0] === undefined ? null : unenforceable(configs[0]);
    if (refusal === null) continue;
    const cell = cellName(labels);
    throw new UsageError(cell === '' ? refusal : `${refusal}\n(in the cell ${cell})`);
  }
}

/** Runs them. A run that fails is told of, and the rest goes on, until `signal` ends it all. */
export async function realRuns(
  runs: readonly PlannedRun[],
  options: {
    readonly folder: string;
    readonly trace: boolean;
    readonly signal: AbortSignal;
    readonly real: Omit<RealRunOptions, 'signal' | 'onProgress' | 'traceFolder'>;
  }
): Promise<readonly RunFailure[]> {
  const { folder, trace, signal, real } = options;
  const progress = showProgress(runs.length);
  const failures: RunFailure[] = [];
  try {
    for (const run of runs) {
      if (signal.aborted) break;
      progress.started(run);
      const temporary = prepareRun(folder, run.id);
      const traceFolder = trace ? openTraceFolder(temporary, run) : null;
      const started = new Date();
      const onProgress = tell(run, progress);
      try {
        const result = await runReal(run.config, { ...real, traceFolder, signal, onProgress });
        store(folder, run, { result, started, trace });
        progress.ended(run, endText(result));
      } catch (error) {
        fs.rmSync(temporary, { recursive: true, force: true });
        if (signal.aborted) break;
        // Nothing is known to be wrong with the run: the next one would fail in the same way.
        if (!(error instanceof RealRunError)) throw placed(error);
        const { message } = error;
        failures.push({ run, driver: 'real', reason: message, misconfigured: false });
        progress.ended(run, `failed: ${message}`);
      }
    }
  } finally {
    progress.close();
  }
  return failures;
}

function store(
  folder: string,
  run: PlannedRun,
  {
    result,
    started,
    trace
  }: { readonly result: RealRun; readonly started: Date; readonly trace: boolean }
): void {
  const { rows, outcome, nodes, warnings, startSeconds, durationSeconds } = result;
  if (outcome.kind === 'failed') throw new RealRunError(null, outcome.reason);
  const device = nodes.find(({ report }) => report?.device != null)?.report?.device ?? null;
  const start = startSeconds === null ? [] : [`first gradient after ${startSeconds.toFixed(2)} s`];
  storeRun(folder, {
    config: run.config,
    rows,
    manifest: {
      id: run.id,
      driver: 'real',
      seed: run.seed,
      repetition: run.repetition,
      backend: device === null ? null : `${device.name} ${device.version}, ${device.threads}`,
      device: device?.device ?? null,
      outcome,
      code: codeHash('real'),
      slackline: slacklineVersion(),
      node: process.version,
      machine: machine(),
      started: started.toISOString(),
      durationSeconds,
      memoryBytesMax: null,
      trace: trace ? 'trace' : null,
      notes: [...start, ...warnings]
    }
  });
}

function openTraceFolder(runFolder: string, run: PlannedRun): string {
  const folder = path.join(runFolder, 'trace');
  fs.mkdirSync(folder);
  fs.writeFileSync(path.join(folder, 'config.json'), jsonText(run.config));
  return folder;
}

function tell(run: PlannedRun, progress: Progress): (event: RealProgress) => void {
  return event => {
    switch (event.kind) {
      case 'listening': {
        const token = event.tokenFile === null ? '' : ` (the token is in ${event.tokenFile})`;
        progress.note(`nodes join at ${event.address}${token}`);
        break;
      }
      case 'joined':
        progress.moved(run, `${event.node} joins from ${event.hostName}`);
        break;
      case 'waiting':
        progress.waiting(run, `waiting: ${event.text}`, event.seconds);
        break;
      case 'refused':
        progress.note(event.text);
        break;
      case 'started':
        progress.moved(run, 'started');
        break;
      case 'row':
        if (event.row.kind === 'evaluation') progress.moved(run, evaluationText(event.row));
    }
  };
}

function evaluationText({ at, loss, accuracy }: Extract<Row, { kind: 'evaluation' }>): string {
  const figure =
    accuracy === null ? `loss ${loss.toPrecision(3)}` : `${(accuracy * 100).toFixed(1)} %`;
  return `${(at / 1e9).toFixed(1)} s, ${figure}`;
}

function endText({ outcome }: RealRun): string {
  return outcome.kind === 'diverged'
    ? `diverged at ${outcome.node} in iteration ${outcome.clock}: a smaller learning rate may help`
    : 'done';
}

// What the system says of an address, with what would be right.
function placed(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'EADDRINUSE' || code === 'EADDRNOTAVAIL' || code === 'EACCES') {
    return new UsageError(`--listen: ${messageOf(error)}; port 0 takes any free one`);
  }
  return error;
}
