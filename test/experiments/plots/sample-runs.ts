/**
 * Runs as a sweep would bring them, for tests of plots and reports: a queue of arrivals at one
 * server, workers that straggle now and then, a loss that falls by a law. No protocol, no network:
 * what is tested is what is drawn of the rows, and thousands of them take milliseconds.
 */
import seedrandom from 'seedrandom';
import { mnist } from '../../../core/config/problem.ts';
import { type Config, resolve } from '../../../core/config.ts';
import type { Row } from '../../../core/record.ts';
import type { Manifest } from '../../../experiments/harness/manifest.ts';
import type { DriverName, RunResult } from '../../../experiments/harness/run-result.ts';

export interface SampleOptions {
  /** Null stands for ASP, -1 for BSP. */
  readonly bound: number | null;
  readonly seed: number;
  readonly driver?: DriverName;
  readonly workers?: number;
  /** Gradients after which a run ends without its target. */
  readonly gradientsMax?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly accuracy?: number | null;
}

const evaluateEvery = 64;
const gradientBytes = 407_080;
const bytesPerSecond = 125e6;
const bucketNanos = 50e6;

/** The six cells of a staleness sweep with `seeds` seeds each. */
export function sampleSweep(seeds: number, options: Partial<SampleOptions> = {}): RunResult[] {
  const bounds = [-1, 1, 2, 4, 8, null];
  return bounds.flatMap(bound =>
    Array.from({ length: seeds }, (_, index) => sampleRun({ bound, seed: index + 1, ...options }))
  );
}

/** One run. */
export function sampleRun(options: SampleOptions): RunResult {
  const { bound, seed, driver = 'sim', workers = 8, labels = {} } = options;
  const short = bound === null ? 'asp' : bound === -1 ? 'bsp' : `ssp:${bound}`;
  return {
    config: sampleConfig(options, short, workers),
    rows: sampleRows({ ...options, driver, workers }),
    manifest: sampleManifest(driver, seed),
    cell: { labels: { consistency: short, ...labels } },
    driver,
    seed
  };
}

interface Arrival {
  readonly at: number;
  readonly worker: number;
  readonly started: number;
  readonly computed: number;
  readonly read: number;
}

function sampleRows(options: SampleOptions & { driver: DriverName; workers: number }): Row[] {
  const { bound, seed, driver, workers, gradientsMax = 4000, accuracy = 0.92 } = options;
  const barrier = bound === -1;
  const limit = bound === null ? Infinity : Math.max(0, bound);
  const slow = driver === 'real' ? 1.07 : 1;
  const transfer = 3.3e6 * slow;
  const chance = (worker: number, clock: number) => seedrandom.alea(`${seed}/${worker}/${clock}`);
  const noise = seedrandom.alea(`${seed}/${bound}/${driver}`);
  const compute = (worker: number, clock: number): number => {
    const draw = chance(worker, clock);
    const usual =
      18e6 * slow * (0.8 + 0.4 * draw()) * (driver === 'real' ? 0.97 + 0.06 * noise() : 1);
    return Math.round(draw() < 0.1 ? usual * 10 : usual);
  };
  const rows: Row[] = [];
  const clocks = new Array<number>(workers).fill(0);
  const histogram: number[] = [];
  const up = new Map<number, number>();
  const down = new Map<number, number>();
  const carried = (buckets: Map<number, number>, at: number): void => {
    const bucket = Math.floor(at / bucketNanos);
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + gradientBytes);
  };
  const queue: Arrival[] = [];
  const begin = (worker: number, at: number, read: number): void => {
    const computed = at + compute(worker, clocks[worker]!);
    carried(up, computed);
    queue.push({ at: computed + transfer, worker, started: at, computed, read });
    queue.sort((one, other) => one.at - other.at);
  };
  let version = 0;
  let gradients = 0;
  let progress = 0;
  let evaluations = 0;
  let now = 0;
  let parked: Arrival[] = [];
  for (let worker = 0; worker < workers; worker++) begin(worker, transfer, 0);
  for (;;) {
    const arrival = queue.shift();
    if (arrival === undefined) throw new Error('nobody is computing: the sample has a deadlock');
    now = Math.round(arrival.at);
    clocks[arrival.worker]!++;
    parked.push(arrival);
    const slowest = Math.min(...clocks);
    const staleness = barrier ? 0 : version - arrival.read;
    histogram[staleness] = (histogram[staleness] ?? 0) + 1;
    gradients++;
    progress += 1 / (1 + (staleness / 28) ** 2);
    if (!barrier) version++;
    else if (gradients % workers === 0) version++;
    const admitted = parked.filter(({ worker }) => clocks[worker]! - slowest <= limit);
    parked = parked.filter(({ worker }) => clocks[worker]! - slowest > limit);
    for (const waiting of admitted) {
      carried(down, now);
      const ended = Math.round(now + transfer);
      rows.push({
        kind: 'iteration',
        node: `w${waiting.worker}`,
        clock: clocks[waiting.worker]! - 1,
        started: Math.round(waiting.started),
        computed: Math.round(waiting.computed),
        ended,
        parkedNanos: now - Math.round(waiting.at),
        loss: 2.2 * Math.exp(-progress / 400) + 0.2,
        stalenessMax: staleness,
        stalenessMean: staleness,
        applied: 1
      });
      begin(waiting.worker, now + transfer, version);
    }
    if (gradients % evaluateEvery !== 0) continue;
    const measured = 0.96 - 0.86 * Math.exp(-progress / 520) + 0.006 * (noise() - 0.5);
    const final = (accuracy !== null && measured >= accuracy) || gradients >= gradientsMax;
    rows.push({
      kind: 'evaluation',
      node: 'c',
      cut: evaluations++,
      at: now,
      versions: version,
      gradients,
      loss: 0.2 + 2.1 * Math.exp(-progress / 430) + 0.02 * noise(),
      accuracy: measured,
      final
    });
    if (!final) continue;
    const reached = accuracy !== null && measured >= accuracy;
    return [
      ...rows,
      ...endRows({ now, version, gradients, histogram, up, down, workers, reached })
    ];
  }
}

function endRows(end: {
  now: number;
  version: number;
  gradients: number;
  histogram: readonly number[];
  up: ReadonlyMap<number, number>;
  down: ReadonlyMap<number, number>;
  workers: number;
  reached: boolean;
}): Row[] {
  const { now, gradients, workers } = end;
  const buckets = Math.ceil(now / bucketNanos);
  const share = (from: ReadonlyMap<number, number>, parts: number): number[] =>
    Array.from({ length: buckets }, (_, bucket) => (from.get(bucket) ?? 0) / parts);
  const histogram = Array.from(end.histogram, count => count ?? 0);
  const traffic = (node: 'c' | `w${number}` | `s${number}`, bytes: number, work: number): Row => ({
    kind: 'traffic',
    node,
    trainingBytes: bytes,
    trainingMessages: gradients,
    evaluationBytes: 0,
    evaluationMessages: 0,
    controlBytes: 120,
    controlMessages: 4,
    workNanos: Math.round(work)
  });
  const link = (name: string, bytes: readonly number[]): Row => ({
    kind: 'link',
    link: name,
    bytesPerSecond,
    ends: bytes.map((_, bucket) => (bucket + 1) * bucketNanos),
    bytes
  });
  const servers = [0, 1];
  return [
    ...servers.map(
      (rank): Row => ({
        kind: 'shard',
        node: `s${rank}`,
        versions: end.version,
        gradients,
        dropped: 0,
        duplicates: 0,
        refused: 0,
        histogram,
        elementsApplied: gradients * 50_885
      })
    ),
    ...servers.map(rank =>
      traffic(`s${rank}`, (gradients * gradientBytes) / 2, gradients * 60_000)
    ),
    ...Array.from({ length: workers }, (_, rank) =>
      traffic(`w${rank}`, (gradients * gradientBytes) / workers, (gradients / workers) * 90_000)
    ),
    ...servers.flatMap(rank => [
      link(`s${rank} up`, share(end.down, 2)),
      link(`s${rank} down`, share(end.up, 2))
    ]),
    ...Array.from({ length: workers }, (_, rank) => [
      link(`w${rank} up`, share(end.up, workers)),
      link(`w${rank} down`, share(end.down, workers))
    ]).flat(),
    {
      kind: 'outcome',
      node: 'c',
      at: now,
      outcome: { kind: 'done', reason: end.reached ? 'target' : 'gradients' },
      digest: '00112233'
    }
  ];
}

function sampleConfig(options: SampleOptions, short: string, workers: number): Config {
  const { seed, accuracy = 0.92 } = options;
  return resolve({
    workers,
    servers: 2,
    seed,
    problem: { kind: 'mlp', hidden: [128], data: mnist({ test: 1000 }) },
    consistency: short,
    evaluation: { everyGradients: evaluateEvery },
    stopAt: accuracy === null ? { gradients: 4000 } : { accuracy, gradients: 4000 }
  });
}

function sampleManifest(driver: DriverName, seed: number): Omit<Manifest, 'rows' | 'rowsHash'> {
  return {
    version: 1,
    id: '',
    driver,
    seed,
    repetition: 0,
    backend: 'wasm',
    device: 'cpu',
    outcome: { kind: 'done', reason: 'target' },
    code: '0123456789abcdef',
    slackline: '0.1.0',
    node: 'v20.20.2',
    machine: { platform: 'linux x64', processor: 'a processor', cores: 2, memoryBytes: 2 ** 33 },
    started: '2025-01-01T00:00:00.000Z',
    durationSeconds: 1.5,
    trace: null,
    notes: []
  };
}
