/** The digests of simulated runs: what `slackline digest` prints. */
import type { Config } from '../../core/config.ts';
import { TraceDigest } from '../../core/trace-digest.ts';
import { createLearner } from '../../exec/learning/learner.ts';
import { loadPlugins } from '../../exec/plugins.ts';
import { importUserModule } from '../../exec/user-module.ts';
import { planCells } from './cells.ts';
import type { DigestOptions } from './commands/digest.ts';
import { type DigestsDocument, documentText } from './documents.ts';
import { loadExperiment } from './load-experiment.ts';
import { pinModules } from './pin-modules.ts';
import { runName } from './progress.ts';
import { readNetworks } from './read-networks.ts';
import { readTraces } from './read-traces.ts';
import { type SimulateOptions, simulate } from './simulate.ts';

type DigestedRun = DigestsDocument['runs'][number];

/** Runs every cell and seed of the files in this process. Returns the exit code. */
export async function digestRuns(
  files: readonly string[],
  options: DigestOptions
): Promise<number> {
  const { seeds = null, set = [], only = [], json = false } = options;
  const runs: DigestedRun[] = [];
  for (const file of files) {
    const { experiment } = await loadExperiment(file);
    await loadPlugins(experiment.base.plugins ?? []);
    const plan = await pinModules(
      readTraces(readNetworks(planCells(experiment, { seeds, set, only })))
    );
    for (const { labels, configs } of plan.cells) {
      for (const config of configs) {
        const run = { file, labels: { ...labels }, seed: config.seed, ...(await digestOf(config)) };
        if (!json) process.stdout.write(`${line(run)}\n`);
        runs.push(run);
      }
    }
  }
  if (json) process.stdout.write(documentText({ version: 1, kind: 'digests', runs }));
  return runs.some(({ outcome }) => outcome === 'failed') ? 1 : 0;
}

/** Digest and outcome of one run. */
export async function digestOf(
  config: Config,
  options: Omit<SimulateOptions, 'learner' | 'handled'> = {}
): Promise<Pick<DigestedRun, 'digest' | 'outcome'>> {
  const learner = await createLearner(config, { backend: null, loadModule: importUserModule });
  try {
    const digest = new TraceDigest();
    const { rows, outcome } = await simulate(config, {
      ...options,
      learner,
      handled: (node, now, input, effects) => digest.handled(node, now, input, effects)
    });
    for (const row of rows) digest.row(row);
    return { digest: digest.toString(), outcome: outcome.kind };
  } finally {
    learner.close();
  }
}

function line(run: DigestedRun): string {
  const end = run.outcome === 'done' ? '' : ` (${run.outcome})`;
  return `${run.digest}  ${run.file}, ${runName(run)}${end}`;
}
