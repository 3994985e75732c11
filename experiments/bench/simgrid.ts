/**
 * The whole protocol, without values, against SimGrid (Casanova et al. 2014) with the same traffic
 * and the same compute times. SimGrid's model is CM02 without cross traffic and without a TCP window:
 * on a star of equal latencies that is plain max-min sharing after the latency, and so the same as
 * ours. Its default, LV08, is told beside it. Both use one thread, whose processor time counts.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { median } from 'simple-statistics';
import { encodedLength } from '../../core/codec.ts';
import type { Contribution, Reply } from '../../core/message.ts';
import { allKeys } from '../../core/tensors.ts';
import { plainPayload } from '../../core/values.ts';
import type { Measurement } from '../harness/bench.ts';
import { alone } from './peers/alone.ts';
import {
  peerFolder,
  peerSources,
  runPeer,
  runProgram,
  skip,
  writeComputeTimes
} from './peers/peer.ts';
import { bytesPerSecond, type Size, shardElements, type Timed } from './peers/timing-only.ts';

export { run } from './peers/alone.ts';

const source = path.join(peerSources, 'simgrid.cpp');
const program = path.join(peerFolder, 'simgrid');
const quiet = '--log=root.thres:error';
const maxMin = ['network/model:CM02', 'network/crosstraffic:0', 'network/TCP-gamma:0'];
const usual = ['network/model:LV08'];

/** Sizes, how often each is measured, and what is wanted. SimGrid takes minutes for the last. */
const cases = [
  { workers: 64, servers: 4, iterations: 100, repetitions: 5, target: '>= 1.5' },
  { workers: 256, servers: 8, iterations: 25, repetitions: 3, target: '>= 4' },
  { workers: 1024, servers: 16, iterations: 2, repetitions: 1, target: '>= 8' }
] as const;

/** Builds the program that is compared with. */
export function setUp(): void {
  fs.mkdirSync(peerFolder, { recursive: true });
  runProgram('g++', ['-O2', '-std=c++17', source, '-o', program, '-lsimgrid']);
}

export async function bench(): Promise<readonly Measurement[]> {
  const missing = build();
  if (missing !== null) return skip('simgrid', missing);
  const measurements: Measurement[] = [];
  for (const { repetitions, target, ...size } of cases) {
    for (const consistency of ['asp', 'bsp'] as const) {
      const compared = compare({ ...size, consistency }, repetitions, target);
      measurements.push(...compared);
    }
  }
  return measurements;
}

/** Builds the program where it is older than its source. Returns what is missing, if anything is. */
function build(): string | null {
  const built = fs.statSync(program, { throwIfNoEntry: false });
  if (built !== undefined && built.mtimeMs > fs.statSync(source).mtimeMs) return null;
  try {
    setUp();
    return null;
  } catch (error) {
    const [first = ''] = String(error).split('\n');
    return `it needs g++ and SimGrid 3.32 (Debian: libsimgrid-dev). ${first}`;
  }
}

// In turns, and medians of both: what else this machine does takes from both.
function compare(size: Size, repetitions: number, target: string): Measurement[] {
  const file = writeComputeTimes(size);
  const ours: Timed[] = [];
  const theirs: Timed[] = [];
  const defaults: Timed[] = [];
  try {
    for (let repetition = 0; repetition < repetitions; repetition++) {
      ours.push(alone(size, size.workers > 256 ? 1 : 4));
      theirs.push(simgrid(size, file, maxMin));
      if (size.workers === 64) defaults.push(simgrid(size, file, usual));
    }
  } finally {
    fs.rmSync(file);
  }
  checkSame(size, ours[0]!, theirs[0]!);
  const rate = (runs: readonly Timed[]) => median(runs.map(run => run.messagesPerSecond));
  const { workers, servers, iterations, consistency } = size;
  const name = `${consistency}, ${workers} workers x ${servers} servers x ${iterations}`;
  const unit = 'thousand messages/s';
  const measurements: Measurement[] = [
    { name: `${name}, Slackline`, value: rate(ours) / 1000, unit },
    { name: `${name}, SimGrid (CM02, max-min)`, value: rate(theirs) / 1000, unit },
    {
      name: `${name}, the first over the second`,
      value: rate(ours) / rate(theirs),
      unit: 'times',
      target
    }
  ];
  if (defaults.length > 0) {
    measurements.push({ name: `${name}, SimGrid (LV08)`, value: rate(defaults) / 1000, unit });
  }
  return measurements;
}

function simgrid(size: Size, file: string, model: readonly string[]): Timed {
  const { consistency, workers, servers, iterations } = size;
  const numbers = [workers, servers, iterations, bytesPerSecond, ...messageBytes()];
  const options = [...model.map(option => `--cfg=${option}`), quiet];
  return runPeer(program, [consistency, ...numbers.map(String), file, ...options]);
}

/** Bytes of a pull, a push, its answer, and the answer to the last push. */
function messageBytes(): readonly number[] {
  const payload = plainPayload(null, shardElements);
  const keys = allKeys;
  const contribution: Contribution = { kind: 'gradient', keys, payload, samples: 1 };
  const reply: Reply = {
    what: 'params',
    clock: 0,
    version: 0,
    slowest: 0,
    keys,
    base: null,
    payload,
    parkedNanos: 0
  };
  const push = {
    kind: 'push',
    view: 1,
    incarnation: 0,
    clock: 0,
    round: 0,
    cut: 0,
    base: 0
  } as const;
  const settled = [{ clock: 0, fate: 'applied', weight: 1, staleness: 0 }] as const;
  const answer = { kind: 'answer', view: 1, clock: 0, round: 0, received: true, settled } as const;
  return [
    encodedLength({ kind: 'pull', view: 1, clock: 0, keys, base: null }),
    encodedLength({ ...push, contribution, want: { keys, base: null }, origins: null }),
    encodedLength({ ...answer, reply }),
    encodedLength({ ...answer, reply: null })
  ];
}

/** That both have simulated the same: their runs end at the same time, but for chance in the order. */
function checkSame({ workers, servers, consistency }: Size, ours: Timed, theirs: Timed): void {
  const ratio = ours.virtualSeconds / theirs.virtualSeconds;
  if (Math.abs(ratio - 1) < 0.01) return;
  throw new Error(
    `${consistency}, ${workers} x ${servers}: our run ends at ${ours.virtualSeconds} s and ` +
      `SimGrid's at ${theirs.virtualSeconds} s, which is not the same traffic`
  );
}
