/**
 * `slackline fidelity FILE`: calibrates, predicts every cell of an experiment, then measures each, and
 * says how far apart they are. What has been done lies in the folder of the results, so that a grid
 * that was interrupted goes on where it was.
 */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { formatCompressor } from '../../../core/compression/registry.ts';
import type { Config } from '../../../core/config.ts';
import type { Cluster } from '../../../core/environment/cluster.ts';
import { parseBandwidth } from '../../../core/units.ts';
import { type Bed, bedText, shapedBed } from '../calibrate/bed.ts';
import { clusterOf } from '../calibrate/calibrate.ts';
import { type MeasuredCodecs, measureCodecs } from '../calibrate/codecs.ts';
import { measureCompute, measureCores } from '../calibrate/compute.ts';
import { type MeasuredLink, measureLink } from '../calibrate/links.ts';
import { type Overrides, planCells } from '../cells.ts';
import { readCluster } from '../cluster-file.ts';
import { loadExperiment, type NamedExperiment } from '../load-experiment.ts';
import { machine } from '../machine.ts';
import { readNetworks } from '../read-networks.ts';
import { readTraces } from '../read-traces.ts';
import { jsonText, replaceFile } from '../results.ts';
import { interruptedText } from '../run-experiment.ts';
import { UsageError } from '../usage-error.ts';
import { writeFidelity } from './document.ts';
import type { FidelityDocument } from './fidelity-document.ts';
import type { Measures } from './measures.ts';
import { learnSpeed } from './quiet.ts';
import { type ComparedCell, type DroppedRun, medians, scoreOf } from './score.ts';
import { type LoggedTrial, loggedTrials, logTrial, trialKey } from './trial-log.ts';
import { type Prediction, predict, trial } from './trials.ts';

/** What the command line says. */
export interface FidelityOptions {
  readonly out?: string;
  readonly repetitions: number;
  readonly seconds: number;
  readonly only?: Overrides['only'];
  readonly json?: true;
}

/** About how long each figure of the calibration is measured. */
const calibrationSeconds = 3;
/** Further runs of a cell whose runs were disturbed. */
const againMax = 2;

/** Where a cell without a network runs: all processes share this machine. */
const loopback: Bed = { kind: 'loopback' };

interface Cell {
  readonly name: string;
  readonly config: Config;
  readonly bed: Bed;
}

/** Runs the command. Returns the exit code. */
export async function runFidelity(file: string, options: FidelityOptions): Promise<number> {
  const named = await loadExperiment(file);
  const folder = path.resolve(options.out ?? path.join('runs', `${named.name}-real`));
  fs.mkdirSync(path.join(folder, 'clusters'), { recursive: true });
  const note = (text: string): void => void process.stderr.write(`${text}\n`);
  const cells = cellsOf(named, options, note);
  const stop = new AbortController();
  const interrupt = (): void => stop.abort();
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    note(`two threads do the work of the check in ${(await learnSpeed()).toFixed(0)} ms`);
    const clusters = await calibrated(cells, folder, stop.signal, note);
    const predictions = await predicted(cells, clusters, options.seconds, note);
    const compared = await measured(cells, predictions, {
      log: path.join(folder, 'trials.jsonl'),
      repetitions: options.repetitions,
      signal: stop.signal,
      note
    });
    const document: FidelityDocument = {
      version: 1,
      kind: 'fidelity',
      name: named.name,
      question: named.experiment.question,
      expected: named.experiment.expect?.answer ?? null,
      machine: machine(),
      beds: [...new Set(cells.map(({ bed }) => bedText(bed)))],
      repetitions: options.repetitions,
      cells: [...compared],
      score: scoreOf(compared)
    };
    await writeFidelity(document, folder, options.json === true);
    return 0;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    note(interruptedText);
    return 130;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

function cellsOf(
  { experiment }: NamedExperiment,
  { only = [] }: FidelityOptions,
  note: (text: string) => void
): Cell[] {
  const plan = planCells(experiment, { seeds: null, set: [], only });
  const { cells } = readTraces(readNetworks(plan));
  const beds = new Map<number, Bed>();
  const said = new Set<string>();
  const shaped = (bitsPerSecond: number): Bed => {
    const known = beds.get(bitsPerSecond);
    if (known !== undefined) return known;
    const { bed, why } = shapedBed(bitsPerSecond);
    if (why !== null && !said.has(why)) note(`${why}: the transport's rate limiter is used`);
    if (why !== null) said.add(why);
    beds.set(bitsPerSecond, bed);
    return bed;
  };
  const bedFor = ({ environment: { network } }: Config, name: string): Bed => {
    if (network.kind === 'ideal') return loopback;
    if (network.kind === 'star') return shaped(8 * parseBandwidth(network.bandwidth));
    throw new UsageError(
      `${name}: environment.network is ${network.kind}: a star or ideal is right`
    );
  };
  return cells.map(({ labels, configs }) => {
    const name = Object.values(labels).join(', ');
    const config = configs[0]!;
    return { name, config, bed: bedFor(config, name) };
  });
}

/** The cluster of each cell, measured unless it lies in the folder. */
async function calibrated(
  cells: readonly Cell[],
  folder: string,
  signal: AbortSignal,
  note: (text: string) => void
): Promise<Cluster[]> {
  const clusters = new Map<string, Cluster>();
  const links = new Map<Bed, MeasuredLink>();
  let codecs: MeasuredCodecs | null = null;
  let heldCores: number | null = null;
  const all: Cluster[] = [];
  for (const { bed, config } of cells) {
    const { problem, batchSize, environment } = config;
    // Gradients that are not held to a duration take what they take.
    const computes = environment.compute.kind === 'instant';
    const what = computes
      ? ` ${createHash('sha256').update(jsonText({ problem, batchSize })).digest('hex').slice(0, 8)}`
      : '';
    const name = `${bedText(bed)}${what}`.replaceAll(/[^a-z0-9]+/gi, '-');
    const file = path.join(folder, 'clusters', `${name}.json`);
    let cluster = clusters.get(name) ?? null;
    if (cluster === null && fs.existsSync(file)) cluster = readCluster(file);
    if (cluster === null) {
      note(`calibrating: ${bedText(bed)}${computes ? `, gradients of ${problem.kind}` : ''}`);
      const link = links.get(bed) ?? (await measureLink(bed, calibrationSeconds, signal));
      links.set(bed, link);
      codecs ??= await measureCodecs(compressorsOf(cells), calibrationSeconds, signal);
      const compute = computes ? await measureCompute(config, null) : null;
      heldCores ??= compute === null ? await measureCores(calibrationSeconds) : null;
      const cores = compute?.cores ?? heldCores ?? 1;
      cluster = clusterOf({ link, codecs, compute, cores, bed });
      replaceFile(file, jsonText(cluster));
    }
    clusters.set(name, cluster);
    all.push(cluster);
  }
  return all;
}

async function predicted(
  cells: readonly Cell[],
  clusters: readonly Cluster[],
  seconds: number,
  note: (text: string) => void
): Promise<Prediction[]> {
  note(`predicting ${cells.length} cells`);
  const predictions: Prediction[] = [];
  for (const [index, { config }] of cells.entries()) {
    predictions.push(await predict(config, clusters[index]!, seconds));
  }
  return predictions;
}

/** A cell with what has been run of it. */
interface Tally {
  readonly cell: Cell;
  readonly prediction: Prediction;
  readonly key: string;
  readonly runs: Measures[];
  readonly dropped: DroppedRun[];
}

// All cells once, then all again: what disturbs the machine for a while meets one run of a cell.
async function measured(
  cells: readonly Cell[],
  predictions: readonly Prediction[],
  options: {
    readonly log: string;
    readonly repetitions: number;
    readonly signal: AbortSignal;
    readonly note: (text: string) => void;
  }
): Promise<ComparedCell[]> {
  const { log, repetitions, signal, note } = options;
  const tallies = cells.map((cell, index): Tally => {
    const prediction = predictions[index]!;
    const key = trialKey(prediction.config, cell.bed);
    const tally: Tally = { cell, prediction, key, runs: [], dropped: [] };
    for (const trial of loggedTrials(log, key)) add(tally, trial);
    return tally;
  });
  for (let round = 1; round <= repetitions + againMax; round++) {
    for (const [index, tally] of tallies.entries()) {
      const { cell, prediction, key, runs, dropped } = tally;
      if (runs.length >= repetitions || runs.length + dropped.length >= round) continue;
      const { measures, disturbed } = await trial(prediction.config, cell.bed, signal);
      const done = { key, measures, disturbed };
      add(tally, done);
      logTrial(log, done);
      note(
        `round ${round}, ${index + 1} of ${cells.length}, ${cell.name}: ${trialText(prediction, done)}`
      );
    }
  }
  return tallies.flatMap(({ cell, prediction, runs, dropped }) =>
    runs.length === 0
      ? []
      : [
          {
            name: cell.name,
            predicted: prediction.measures,
            measured: medians(runs),
            runs,
            dropped
          }
        ]
  );
}

function add({ runs, dropped }: Tally, { measures, disturbed }: LoggedTrial): void {
  if (disturbed === null) runs.push(measures);
  else dropped.push({ why: disturbed, measures });
}

function trialText(
  { measures: predicted }: Prediction,
  { measures, disturbed }: LoggedTrial
): string {
  const [sim, real] = [predicted.iterationSeconds, measures.iterationSeconds];
  const times = `${(1000 * real).toFixed(1)} ms, predicted ${(1000 * sim).toFixed(1)} ms`;
  const error = `${(100 * (sim / real - 1)).toFixed(1)} %`;
  return `${times} (${error})${disturbed === null ? '' : `, dropped: ${disturbed}`}`;
}

function compressorsOf(cells: readonly Cell[]): string[] {
  return [...new Set(cells.map(({ config }) => formatCompressor(config.compressor)))];
}
