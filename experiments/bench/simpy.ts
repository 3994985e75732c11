/**
 * The whole protocol, without values, against processes and stores of SimPy, which is what people
 * write by hand: first come, first served at the servers' links, no protocol, the same compute times.
 */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { median } from 'simple-statistics';
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
import { bytesPerSecond, type Size, shardElements } from './peers/timing-only.ts';

export { run } from './peers/alone.ts';

const repetitions = 5;
const size: Size = { workers: 64, servers: 4, iterations: 100, consistency: 'asp' };
const environment = path.join(peerFolder, 'simpy');
const python = path.join(environment, 'bin', 'python');

/** Installs SimPy into a virtual environment of its own, from PyPI. */
export function setUp(): void {
  fs.mkdirSync(peerFolder, { recursive: true });
  runProgram('python3', ['-m', 'venv', environment]);
  runProgram(python, ['-m', 'pip', 'install', '--quiet', 'simpy==4.1.2']);
}

export async function bench(): Promise<readonly Measurement[]> {
  if (!fs.existsSync(python)) {
    return skip('simpy', 'it is not installed here: slackline bench simpy --set-up');
  }
  const { workers, servers, iterations } = size;
  const numbers = [workers, servers, iterations, bytesPerSecond, 4 * shardElements];
  const file = writeComputeTimes(size);
  const ours: number[] = [];
  const theirs: number[] = [];
  try {
    for (let repetition = 0; repetition < repetitions; repetition++) {
      ours.push(alone(size, 5).messagesPerSecond);
      const script = path.join(peerSources, 'simpy-traffic.py');
      theirs.push(runPeer(python, [script, ...numbers.map(String), file]).messagesPerSecond);
    }
  } finally {
    fs.rmSync(file);
  }
  const name = `asp, ${workers} workers x ${servers} servers x ${iterations}`;
  const unit = 'thousand messages/s';
  return [
    { name: `${name}, Slackline`, value: median(ours) / 1000, unit },
    { name: `${name}, SimPy 4.1.2 processes and stores`, value: median(theirs) / 1000, unit },
    {
      name: `${name}, the first over the second`,
      value: median(ours) / median(theirs),
      unit: 'times',
      target: '>= 5'
    }
  ];
}
