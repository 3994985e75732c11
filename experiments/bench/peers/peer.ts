/** What peers of a benchmark have in common: where they are kept, and the same draws as ours. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { createEnvironment } from '../../../core/environment/environment.ts';
import { projectRoot } from '../../../exec/project-root.ts';
import { type Size, type Timed, timingOnly } from './timing-only.ts';

/** Where programs and packages that are only compared with are kept. */
export const peerFolder = path.join(projectRoot, 'node_modules', '.cache', 'slackline', 'peers');

/** Where the sources of the peers are. */
export const peerSources = path.join(projectRoot, 'experiments', 'bench', 'peers');

/** Says that a benchmark is left out, and why. */
export function skip(name: string, why: string): [] {
  process.stderr.write(`${name}: skipped, ${why}\n`);
  return [];
}

/** Runs a program to its end; throws with its last words when it fails. */
export function runProgram(command: string, args: readonly string[]): string {
  const result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (result.status === 0) return result.stdout;
  throw new Error(`${path.basename(command)} failed: ${lastWords(result)}`);
}

/** Runs a peer, whose last line of output is JSON. */
export function runPeer(command: string, args: readonly string[]): Timed {
  const line = runProgram(command, args).trim().split('\n').at(-1) ?? '';
  const { seconds, messages, virtualSeconds } = JSON.parse(line);
  return { seconds, messagesPerSecond: messages / seconds, virtualSeconds };
}

/** Writes the compute times of a run, in seconds, by worker and iteration; returns the file. */
export function writeComputeTimes(size: Size): string {
  const { workers, iterations } = size;
  const { environment, seed } = timingOnly(size);
  const { computeNanos } = createEnvironment(environment, seed, workers);
  const seconds = new Float64Array(workers * iterations);
  for (let worker = 0; worker < workers; worker++) {
    for (let clock = 0; clock < iterations; clock++) {
      seconds[worker * iterations + clock] = computeNanos(worker, clock) / 1e9;
    }
  }
  fs.mkdirSync(peerFolder, { recursive: true });
  const file = path.join(peerFolder, `compute-${process.pid}.f64`);
  fs.writeFileSync(file, new Uint8Array(seconds.buffer));
  return file;
}

function lastWords({ error, stderr, status }: SpawnSyncReturns<string>): string {
  return error?.message ?? (stderr.trim().split('\n').slice(-5).join('\n') || `code ${status}`);
}
