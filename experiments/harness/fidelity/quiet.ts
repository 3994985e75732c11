/** Whether this machine was left alone while something was measured. */
import { readFileSync } from 'node:fs';
import { Worker } from 'node:worker_threads';

/** More than this share of the processors' time taken by the hypervisor disturbs a run. */
const stealShareMax = 0.05;
/** Work that takes so many times as long as it does at best disturbs it too. */
const slowdownMax = 1.25;

/** The same work in each of two threads; answers with the milliseconds that it took there. */
const work = `
const { parentPort } = require('node:worker_threads');
const began = performance.now();
let sum = 1;
for (let i = 0; i < 6e7; i++) sum = (sum * 1103515245 + i) | 0;
parentPort.postMessage({ millis: performance.now() - began, sum });
`;

/** A watch over a stretch of time. */
export interface Watch {
  /** What was wrong with it; null for nothing. */
  end(): Promise<string | null>;
}

let best = Infinity;

/** Finds out how fast this machine is when it is left alone: the best of some. */
export async function learnSpeed(): Promise<number> {
  for (let i = 0; i < 5; i++) best = Math.min(best, await workMillis());
  return best;
}

/** Begins to watch. */
export async function watch(): Promise<Watch> {
  const before = await workMillis();
  const began = processorTimes();
  return {
    async end() {
      const ended = processorTimes();
      const after = await workMillis();
      const total = ended.total - began.total;
      const steal = total === 0 ? 0 : (ended.steal - began.steal) / total;
      if (steal > stealShareMax) {
        return `the host took ${Math.round(100 * steal)} % of the processors`;
      }
      best = Math.min(best, before, after);
      const slowdown = Math.max(before, after) / best;
      if (slowdown <= slowdownMax) return null;
      return `work on two threads took ${slowdown.toFixed(2)} times as long as it can`;
    }
  };
}

async function workMillis(): Promise<number> {
  const times = await Promise.all([threadMillis(), threadMillis()]);
  return Math.max(...times);
}

function threadMillis(): Promise<number> {
  const thread = new Worker(work, { eval: true });
  return new Promise((resolve, reject) => {
    thread.once('message', ({ millis }: { millis: number }) => resolve(millis));
    thread.once('error', reject);
  });
}

// Of all processors, in ticks; nothing where there is no such file.
function processorTimes(): { readonly total: number; readonly steal: number } {
  try {
    const line = readFileSync('/proc/stat', 'utf8').split('\n', 1)[0] ?? '';
    const ticks = line.trim().split(/\s+/).slice(1, 9).map(Number);
    return { total: ticks.reduce((sum, tick) => sum + tick, 0), steal: ticks[7] ?? 0 };
  } catch {
    return { total: 0, steal: 0 };
  }
}
