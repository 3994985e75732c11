/** A job process: does simulated runs one after another, with tfjs loaded once. */

import type { Config } from '../../core/config.ts';
import { setupRun } from '../../core/setup.ts';
import { type Backend, openBackend } from '../../exec/backends/backend.ts';
import { createLearner, type Learner } from '../../exec/learning/learner.ts';
import { loadPlugins } from '../../exec/plugins.ts';
import { importUserModule } from '../../exec/user-module.ts';
import { describeBackend } from './backend-identity.ts';
import { setHeapGrowth } from './heap-growth.ts';
import type { JobReply, JobRequest, SimulatedJob } from './job-message.ts';
import { machine } from './machine.ts';
import { prepareRun, storeRun } from './results.ts';
import { slacklineVersion } from './run-id.ts';
import { simulate } from './simulate.ts';
import { openTrace } from './trace-file.ts';
import { messageOf, UsageError } from './usage-error.ts';

const parent = process.ppid;
let backend: Backend | null = null;

// Ctrl-C reaches this process too; the command decides what ends.
process.on('SIGINT', () => {});
process.on('disconnect', () => process.exit());
process.on('message', (request: JobRequest) => void answer(request));

async function answer(request: JobRequest): Promise<void> {
  switch (request.kind) {
    case 'open':
      try {
        backend = await openBackend(request.backend);
        reply({ kind: 'opened', backend: describeBackend(backend) });
      } catch (error) {
        reply({ kind: 'unopened', reason: messageOf(error) });
      }
      return;
    case 'run':
      try {
        await run(request);
      } catch (error) {
        const misconfigured = error instanceof UsageError;
        reply({ kind: 'failed', reason: failureText(error), misconfigured });
      }
  }
}

async function run(job: SimulatedJob): Promise<void> {
  const { id, config, folder, code, trace, check, limits } = job;
  const started = new Date();
  setHeapGrowth(config);
  const learner = await prepared(config);
  try {
    const temporary = prepareRun(folder, id);
    const tracing = trace ? openTrace(temporary, config) : null;
    const { rows, outcome } = await simulate(config, {
      learner,
      check,
      ...(limits.events === null && limits.memoryBytes === null ? {} : { limits }),
      progress(nanos, evaluations) {
        leaveIfOrphaned();
        reply({ kind: 'progress', seconds: nanos / 1e9, evaluations });
      },
      ...(tracing === null
        ? {}
        : { handled: tracing.handled, fault: tracing.fault, spansMax: Infinity })
    });
    tracing?.close();
    if (outcome.kind === 'failed') throw new Error(outcome.reason);
    const used = learner.backend === null ? null : describeBackend(learner.backend);
    storeRun(folder, {
      config,
      rows,
      manifest: {
        id,
        driver: 'sim',
        seed: config.seed,
        repetition: 0,
        backend: used?.name ?? null,
        device: used?.device ?? null,
        outcome,
        code,
        slackline: slacklineVersion(),
        node: process.version,
        machine: machine(),
        started: started.toISOString(),
        durationSeconds: (Date.now() - started.getTime()) / 1000,
        memoryBytesMax: process.resourceUsage().maxRSS * 1024,
        trace: tracing?.name ?? null,
        ...(check ? { checked: true } : {}),
        notes: []
      }
    });
    reply({ kind: 'stored', outcome });
  } finally {
    learner.close();
  }
}

// What cannot be made is the configuration's fault: a module that is not there, more servers than
// keys. What fails later is not.
async function prepared(config: Config): Promise<Learner> {
  try {
    await loadPlugins(config.plugins);
    const learner = await createLearner(config, { backend, loadModule: importUserModule });
    setupRun(config, learner.model);
    return learner;
  } catch (error) {
    throw new UsageError(messageOf(error), { cause: error });
  }
}

// A synchronous backend computes without ever returning to the event loop, which would tell of the
// end of a killed parent: so it is looked for.
function leaveIfOrphaned(): void {
  if (process.ppid !== parent) process.exit();
}

function reply(message: JobReply): void {
  process.send?.(message);
}

function failureText(error: unknown): string {
  const debug = process.env['SLACKLINE_DEBUG'];
  if (debug !== undefined && debug !== '' && error instanceof Error)
    return error.stack ?? error.message;
  return messageOf(error);
}
