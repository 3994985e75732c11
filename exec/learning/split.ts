/** How training samples are split over workers: every sample to exactly one of them. */
import type { SplitConfig } from '../../core/config/problem.ts';
import { exp, log } from '../../core/math.ts';
import { type Stream, stream } from '../../core/random.ts';

/** What is split. */
export interface Labelled {
  readonly count: number;
  /** One class a sample, or null where samples have none. */
  readonly classes: ArrayLike<number> | null;
}

/**
 * The samples of each worker, from the seed; every worker has one at least. Throws when there are
 * fewer samples than workers, or none of the classes that a skew needs.
 */
export function splitSamples(
  samples: Labelled,
  workers: number,
  split: SplitConfig,
  seed: number
): Uint32Array[] {
  if (samples.count < workers) {
    throw new Error(`${samples.count} samples are too few for ${workers} workers`);
  }
  if (split.kind === 'iid') return iidSplit(samples.count, workers, seed);
  if (samples.classes === null) throw new Error('a Dirichlet split needs samples with classes');
  return dirichletSplit(samples.classes, workers, split.alpha, seed);
}

function iidSplit(count: number, workers: number, seed: number): Uint32Array[] {
  const order = stream(seed, 'split').shuffle(Uint32Array.from({ length: count }, (_, i) => i));
  return Array.from({ length: workers }, (_, worker) =>
    order.subarray(
      Math.floor((worker * count) / workers),
      Math.floor(((worker + 1) * count) / workers)
    )
  );
}

/** Each class is cut by its own draw of Dirichlet(alpha) shares (Yurochkin et al. 2019, section 4). */
function dirichletSplit(
  classes: ArrayLike<number>,
  workers: number,
  alpha: number,
  seed: number
): Uint32Array[] {
  const members = new Map<number, number[]>();
  for (let i = 0; i < classes.length; i++) {
    const list = members.get(classes[i]!);
    if (list === undefined) members.set(classes[i]!, [i]);
    else list.push(i);
  }
  const parts: number[][] = Array.from({ length: workers }, () => []);
  for (const label of [...members.keys()].sort((a, b) => a - b)) {
    const random = stream(seed, 'split', label);
    const list = random.shuffle(members.get(label)!);
    const shares = dirichletShares(random, workers, alpha);
    let sum = 0;
    let begin = 0;
    for (let worker = 0; worker < workers; worker++) {
      sum += shares[worker]!;
      const end =
        worker === workers - 1 ? list.length : Math.min(list.length, round(sum * list.length));
      for (let i = begin; i < end; i++) parts[worker]!.push(list[i]!);
      begin = Math.max(begin, end);
    }
  }
  feedTheEmpty(parts);
  return parts.map(part => Uint32Array.from(part));
}

function round(x: number): number {
  return Math.floor(x + 0.5);
}

/** A worker must have something to learn from: the one with most gives its last sample. */
function feedTheEmpty(parts: readonly number[][]): void {
  for (const part of parts) {
    if (part.length > 0) continue;
    const richest = parts.reduce((most, other) => (other.length > most.length ? other : most));
    part.push(richest.pop()!);
  }
}

/** Gammas over their sum. In logarithms, since a gamma of a small alpha underflows. */
function dirichletShares(random: Stream, count: number, alpha: number): number[] {
  const logs = Array.from({ length: count }, () => logGamma(random, alpha));
  const largest = logs.reduce((most, value) => Math.max(most, value));
  const weights = logs.map(value => exp(value - largest));
  const sum = weights.reduce((total, weight) => total + weight);
  return weights.map(weight => weight / sum);
}

/** Logarithm of a Gamma(alpha, 1) draw (Marsaglia and Tsang 2000; section 6 for alpha below 1). */
function logGamma(random: Stream, alpha: number): number {
  if (alpha < 1) return logGamma(random, alpha + 1) + log(1 - random.uniform()) / alpha;
  const d = alpha - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const root = 1 + c * x;
    if (root <= 0) continue;
    const v = root * root * root;
    if (log(1 - random.uniform()) < 0.5 * x * x + d - d * v + d * log(v)) return log(d * v);
  }
}
