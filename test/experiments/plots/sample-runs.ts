/**
 * Runs as a sweep would bring them, for tests of plots and reports: thousands of rows in
 * milliseconds. What is tested is what is drawn of them.
 */
import { mnist } from '../../../core/config/problem.ts';
import { type Config, resolve } from '../../../core/config.ts';
import type { Manifest } from '../../../experiments/harness/manifest.ts';
import type { DriverName, RunResult } from '../../../experiments/harness/run-result.ts';
import { evaluateEvery, type RowOptions, sampleRows } from './sample-rows.ts';

export type SampleOptions = Pick<RowOptions, 'bound' | 'seed'> &
  Partial<RowOptions> & { readonly labels?: Readonly<Record<string, string>> };

/** The six cells of a staleness sweep with `seeds` seeds each. */
export function sampleSweep(seeds: number, options: Partial<SampleOptions> = {}): RunResult[] {
  const bounds = [-1, 1, 2, 4, 8, null];
  return bounds.flatMap(bound =>
    Array.from({ length: seeds }, (_, index) => sampleRun({ bound, seed: index + 1, ...options }))
  );
}

/** One run. */
export function sampleRun({ labels = {}, ...options }: SampleOptions): RunResult {
  const rowOptions: RowOptions = {
    driver: 'sim',
    workers: 8,
    gradientsMax: 4000,
    accuracy: 0.92,
    ...options
  };
  const { bound, seed, driver } = rowOptions;
  const short = bound === null ? 'asp' : bound === -1 ? 'bsp' : `ssp:${bound}`;
  return {
    config: sampleConfig(rowOptions, short),
    rows: sampleRows(rowOptions),
    manifest: sampleManifest(driver, seed),
    cell: { labels: { consistency: short, ...labels } },
    driver,
    seed
  };
}

function sampleConfig({ seed, accuracy, workers }: RowOptions, short: string): Config {
  return resolve({
    workers,
    servers: 2,
    seed,
    problem: { kind: 'mlp', hidden: [128], data: mnist({ test: 1000 }) },
    consistency: short,
    environment: { network: 'star:1Gbps:50us' },
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
    memoryBytesMax: 2 ** 28,
    trace: null,
    notes: []
  };
}
