/** `slackline predict`: an experiment simulated on clusters that it has not run on. */
import * as path from 'node:path';
import type { Config } from '../../../core/config.ts';
import type { Cluster } from '../../../core/environment/cluster.ts';
import { loadPlugins } from '../../../exec/plugins.ts';
import { type Plan, planCells } from '../cells.ts';
import { clusterWarnings, onCluster, readCluster } from '../cluster-file.ts';
import type { PredictOptions } from '../commands/predict.ts';
import { documentText } from '../documents.ts';
import { idleWarnings } from '../idle-warnings.ts';
import { loadExperiment, type NamedExperiment } from '../load-experiment.ts';
import { pinModules } from '../pin-modules.ts';
import { readNetworks } from '../read-networks.ts';
import { readTraces } from '../read-traces.ts';
import { drawReport } from '../report.ts';
import { sameLabels } from '../results-table.ts';
import { conclude, exitCodes, interruptedText, simulateMissing } from '../run-experiment.ts';
import type { RunResult } from '../run-result.ts';
import { shown } from '../shown-path.ts';
import { summarize } from '../summary.ts';
import { failureText, type RunFailure } from '../sweep.ts';
import { readSweep } from '../sweep-record.ts';
import { UsageError } from '../usage-error.ts';
import { predictNext } from './interval.ts';
import { predictionsText } from './prediction-text.ts';
import type { PredictedCell, PredictionsDocument } from './predictions-document.ts';

/** Fewer runs of a cell say little of how runs differ. */
const seedsMin = 8;

/** A cluster and the name of its file. */
interface NamedCluster {
  readonly file: string;
  readonly cluster: Cluster;
}

/** Predicts what the command line says. Returns the exit code; throws `UsageError`. */
export async function predict(file: string, options: PredictOptions): Promise<number> {
  const named = await loadExperiment(file);
  await loadPlugins(named.experiment.base.plugins ?? []);
  const clusters = options.cluster.map(file => ({ file, cluster: readCluster(file) }));
  const currency = commonCurrency(clusters);
  const seeds = options.seeds ?? enoughSeeds(named);
  const { set = [], only = [] } = options;
  const plan = readTraces(readNetworks(planCells(named.experiment, { seeds, set, only })));
  const plans = clusters.map(one => ({ ...one, plan: onCluster(plan, one.cluster, one.file) }));
  for (const { cluster, file, plan: placed } of plans) {
    const texts = [...clusterWarnings(plan, cluster, file), ...idleWarnings(placed)];
    for (const text of texts) process.stderr.write(`${text}\n`);
  }
  const out = path.resolve(options.out ?? path.join('runs', `${named.name}-predicted`));
  const predictions: PredictedCell[] = [];
  const folders: string[] = [];
  const failures: RunFailure[] = [];
  for (const { plan, ...one } of plans) {
    const folder = clusters.length === 1 ? out : path.join(out, path.parse(one.file).name);
    const end = await simulated(named, plan, { ...one, folder, options });
    if (end === null) return exitCodes.interrupted;
    failures.push(...end.failures);
    predictions.push(...end.predictions);
    folders.push(shown(folder));
  }
  const document: PredictionsDocument = {
    version: 1,
    kind: 'predictions',
    experiment: { name: named.name, question: named.experiment.question },
    currency,
    predictions,
    folders
  };
  process.stdout.write(options.json === true ? documentText(document) : predictionsText(document));
  for (const failure of failures) process.stderr.write(`${failureText(failure)}\n`);
  if (failures.some(({ misconfigured }) => misconfigured)) return exitCodes.badUsage;
  return failures.length > 0 ? exitCodes.someRunFailed : exitCodes.done;
}

async function simulated(
  named: NamedExperiment,
  plan: Plan,
  where: NamedCluster & { readonly folder: string; readonly options: PredictOptions }
): Promise<{ predictions: PredictedCell[]; failures: readonly RunFailure[] } | null> {
  const { cluster, file, folder, options } = where;
  const { failures, stopped } = await simulateMissing(named, await pinModules(plan), {
    folder,
    options: { ...options, cluster: file, transport: 'auto', repetitions: 1 }
  });
  if (stopped) {
    process.stderr.write(`${interruptedText}\n`);
    return null;
  }
  conclude(named, folder, 'sim');
  const { record, results } = readSweep(folder);
  if (results.length > 0) await drawReport(folder);
  const cells = record.sweeps.sim?.cells ?? [];
  const predictions = cells.map(({ labels }) => {
    const runs = results.filter(
      ({ cell, driver }) => driver === 'sim' && sameLabels(cell.labels, labels)
    );
    return predictedCell({ file, cluster, labels, runs });
  });
  return { predictions, failures };
}

/** What the runs of a cell say of the next one. */
export function predictedCell(cell: {
  readonly file: string;
  readonly cluster: Cluster;
  readonly labels: Readonly<Record<string, string>>;
  readonly runs: readonly RunResult[];
}): PredictedCell {
  const { file, cluster, labels, runs } = cell;
  const summaries = runs.map(({ rows, config }) => ({
    config,
    summary: summarize(rows, config.stopAt),
    hasTarget: config.stopAt.accuracy !== undefined || config.stopAt.loss !== undefined
  }));
  const hasTarget = summaries.some(run => run.hasTarget);
  const reached = summaries.flatMap(({ config, summary }) => {
    const seconds = hasTarget ? summary.secondsToTarget : summary.seconds;
    if (seconds === null || summary.outcome.kind !== 'done') return [];
    // Without a target all is sent; up to one, what the time to it is of the whole.
    const bytes = summary.bytesSent * (summary.seconds === 0 ? 1 : seconds / summary.seconds);
    return [{ seconds, bytes, cost: costOf(cluster, config, seconds, bytes) }];
  });
  const error = cluster.fidelity?.errorMedian ?? null;
  const enough = reached.length > 0 && reached.length > runs.length / 2;
  const costs = reached.flatMap(({ cost }) => (cost === null ? [] : [cost]));
  const bytes = reached.map(run => run.bytes).sort((one, other) => one - other);
  return {
    cluster: file,
    labels,
    runs: runs.length,
    reached: reached.length,
    measure: hasTarget ? 'time to target' : 'time',
    seconds: enough
      ? predictNext(
          reached.map(run => run.seconds),
          error
        )
      : null,
    cost: enough && costs.length > 0 ? predictNext(costs, error) : null,
    bytesSent: bytes[Math.floor(bytes.length / 2)] ?? null,
    modelErrorKnown: error !== null
  };
}

/** Hosts by the hour and bytes by the gigabyte; null without prices. */
function costOf(cluster: Cluster, config: Config, seconds: number, bytes: number): number | null {
  const { prices } = cluster;
  if (prices === null) return null;
  const { network } = config.environment;
  const colocated = 'placement' in network && network.placement === 'colocated';
  const servers = colocated ? 0 : config.servers;
  const perHour = config.workers * prices.workerHour + servers * prices.serverHour;
  const cost = (seconds / 3600) * perHour + (bytes / 1e9) * prices.gigabyteSent;
  return cost > 0 ? cost : null;
}

function commonCurrency(clusters: readonly NamedCluster[]): string | null {
  const priced = clusters.filter(({ cluster }) => cluster.prices !== null);
  const [first] = priced;
  const currency = first?.cluster.prices?.currency ?? null;
  const other = priced.find(({ cluster }) => cluster.prices?.currency !== currency);
  if (first === undefined || other === undefined) return currency;
  throw new UsageError(
    `${shown(other.file)}: prices.currency: ${other.cluster.prices?.currency}, where ` +
      `${shown(first.file)} has ${currency}; costs are compared in one currency`
  );
}

function enoughSeeds({ experiment }: NamedExperiment): number | null {
  const { seeds } = experiment;
  const given = typeof seeds === 'number' ? seeds : seeds.length;
  return given < seedsMin ? seedsMin : null;
}
