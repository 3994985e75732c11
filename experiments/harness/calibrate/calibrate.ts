/** `slackline calibrate`: measures this machine and network, and writes what the simulator reads. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { formatCompressor } from '../../../core/compression/registry.ts';
import { type Cluster, ClusterSchema } from '../../../core/environment/cluster.ts';
import {
  formatBandwidth,
  formatDuration,
  formatSize,
  parseBandwidth
} from '../../../core/units.ts';
import type { BackendName } from '../../../exec/backends/backend.ts';
import { loadPlugins } from '../../../exec/plugins.ts';
import { type PlannedCell, planCells } from '../cells.ts';
import { loadExperiment } from '../load-experiment.ts';
import { machine } from '../machine.ts';
import { jsonText } from '../results.ts';
import { type Bed, bedText, shapedBed } from './bed.ts';
import { clusterText } from './cluster-text.ts';
import { type MeasuredCodecs, measureCodecs } from './codecs.ts';
import { type MeasuredCompute, measureCompute, measureCores } from './compute.ts';
import { type MeasuredLink, measureLink } from './links.ts';

/** What the command line says. */
export interface CalibrateOptions {
  readonly out: string;
  readonly link?: string;
  /** About how long each figure is measured. */
  readonly seconds: number;
  readonly backend?: BackendName;
  readonly json?: true;
}

/** Compressors that are always measured. */
const compressors = ['int8', 'topk:0.01'];

/** Runs the command. `file`: an experiment whose problem and compressors are measured too, or null. */
export async function calibrateCommand(
  file: string | null,
  options: CalibrateOptions
): Promise<void> {
  const note = (text: string): void => void process.stderr.write(`${text}\n`);
  const cluster = await measureCluster(file, { ...options, note });
  fs.mkdirSync(path.dirname(path.resolve(options.out)), { recursive: true });
  fs.writeFileSync(options.out, jsonText(cluster));
  process.stdout.write(options.json === true ? jsonText(cluster) : `${clusterText(cluster)}\n`);
  note(`written to ${options.out}`);
}

/** Measures; `note` is told what is under way. */
export async function measureCluster(
  file: string | null,
  options: Pick<CalibrateOptions, 'link' | 'seconds' | 'backend'> & {
    readonly note: (text: string) => void;
  }
): Promise<Cluster> {
  const { note, seconds } = options;
  const cells = file === null ? [] : await cellsOf(file);
  const bed = bedOf(options.link ?? null, note);
  note(`links: ${bedText(bed)} ...`);
  const link = await measureLink(bed, seconds);
  note('compressors and timers ...');
  const used = cells.flatMap(({ configs }) =>
    configs.map(({ compressor }) => formatCompressor(compressor))
  );
  const codecs = await measureCodecs([...new Set([...compressors, ...used])], seconds);
  const first = cells[0]?.configs[0] ?? null;
  let compute: MeasuredCompute | null = null;
  if (first !== null && first.problem.kind !== 'timing') {
    note(`gradients of the problem ${first.problem.kind} ...`);
    compute = await measureCompute(first, options.backend ?? null);
  }
  const cores = compute?.cores ?? (await measureCores(seconds));
  return clusterOf({ link, codecs, compute, cores, bed });
}

/** The cluster of one kind of host that was measured. */
export function clusterOf(measured: {
  readonly link: MeasuredLink;
  readonly codecs: MeasuredCodecs;
  readonly compute: MeasuredCompute | null;
  readonly cores: number;
  /** What joined the processes that were measured. */
  readonly bed: Bed;
}): Cluster {
  const { link, codecs, compute, cores, bed } = measured;
  return ClusterSchema.parse({
    version: 2,
    kind: 'cluster',
    machine: machine(),
    links: {
      all: {
        // Whole bits: more digits than a measurement has.
        bandwidth: formatBandwidth(Math.round(link.bytesPerSecond * 8) / 8),
        latency: formatDuration(Math.round(link.latencyNanos)),
        burst: formatSize(Math.round(link.burstBytes))
      }
    },
    cpu: { messageNanos: Math.round(link.messageNanos), byteNanos: digits(link.byteNanos) },
    codecs: Object.fromEntries(
      Object.entries(codecs.codecs).map(([name, { encode, decode }]) => [
        name,
        { encode: digits(encode), decode: digits(decode) }
      ])
    ),
    applyNanosPerElement: digits(codecs.applyNanosPerElement),
    cores: digits(cores),
    hosts: bed.kind === 'loopback' ? 'one host' : 'one machine',
    lateness: formatDuration(Math.max(0, Math.round(codecs.latenessNanos))),
    held: {
      nanos: Math.round(codecs.held.nanos),
      nanosPerElement: digits(codecs.held.nanosPerElement)
    },
    compute:
      compute === null
        ? null
        : {
            problem: compute.problem,
            backend: compute.backend,
            law: { kind: 'measured', nanos: [compute.nanos] }
          }
  });
}

async function cellsOf(file: string): Promise<readonly PlannedCell[]> {
  const { experiment } = await loadExperiment(file);
  await loadPlugins(experiment.base.plugins ?? []);
  return planCells(experiment).cells;
}

function bedOf(link: string | null, note: (text: string) => void): Bed {
  if (link === null) return { kind: 'loopback' };
  const { bed, why } = shapedBed(8 * parseBandwidth(link));
  if (why !== null) note(`${why}: the transport's rate limiter is used`);
  return bed;
}

/** Three digits: what a measurement has. */
function digits(value: number): number {
  return Number(value.toPrecision(3));
}
