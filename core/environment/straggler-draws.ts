/** The stragglers of a configuration at work: what they make of a computation, and of a stretch of time. */
import { cosPi } from '../math.ts';
import { uniformAt } from '../random.ts';
import { parseDuration } from '../units.ts';
import { MARKOV, RACK, TRANSIENT } from './keys.ts';
import { type Pace, paceOf } from './pace.ts';
import { replay } from './replay.ts';
import { spellPace } from './spells.ts';
import type { StragglersConfig } from './straggler.ts';

/** How many times as long each worker always takes: index is the rank. */
export function permanentSlowdowns(config: StragglersConfig, workers: number): Float64Array {
  const factors = new Float64Array(workers).fill(1);
  for (const straggler of config) {
    if (straggler.kind !== 'permanent') continue;
    for (const rank of ranksOf(straggler.workers, workers)) factors[rank]! *= straggler.slowdown;
  }
  return factors;
}

/** How many times as long this iteration of this worker takes, if it begins at `now`. */
export type SlowdownDraw = (worker: number, clock: number, now: number) => number;

/**
 * The slow-downs that belong to an iteration: transient ones, those of a trace, and the hour of the
 * day at which it begins. Null where there are none. Allocates nothing a draw.
 */
export function iterationSlowdown(config: StragglersConfig, seed: number): SlowdownDraw | null {
  const draws: SlowdownDraw[] = [];
  let transients = 0;
  for (const straggler of config) {
    if (straggler.kind === 'transient') {
      const { share, slowdown, iterations } = straggler;
      // Counted among themselves: other stragglers in the list change nobody's luck.
      const index = transients++;
      draws.push((worker, clock) => {
        // Spells of several iterations begin at another place for each worker.
        const start = iterations === 1 ? 0 : spellStart(seed, worker, index, iterations);
        const spell = Math.floor((clock + start) / iterations);
        return uniformAt(seed, worker, spell, TRANSIENT, 2 * index) < share ? slowdown : 1;
      });
    } else if (straggler.kind === 'trace') {
      const { file, slowdowns } = straggler;
      if (slowdowns === null) throw new Error(`stragglers: ${file} has not been read`);
      draws.push(replay(slowdowns, seed));
    } else if (straggler.kind === 'diurnal') {
      const period = parseDuration(straggler.period);
      const { slowdown, phase } = straggler;
      const wave = (slowdown - 1) / 2;
      draws.push(
        (_worker, _clock, now) => 1 + wave * (1 - cosPi(2 * ((now / period + phase) % 1)))
      );
    }
  }
  const [first] = draws;
  if (first === undefined) return null;
  if (draws.length === 1) return first;
  return (worker, clock, now) => {
    let factor = 1;
    for (let i = 0; i < draws.length; i++) factor *= draws[i]!(worker, clock, now);
    return factor;
  };
}

/**
 * The spells of slowness of a worker, its own and those of its rack; null when it has none. `racks`:
 * the rack of each worker, as the network has them.
 */
export function stragglerPace(
  config: StragglersConfig,
  seed: number,
  worker: number,
  racks: readonly number[]
): Pace | null {
  const counts = { markov: 0, rack: 0 };
  return paceOf(
    config.map(straggler => {
      if (straggler.kind !== 'markov' && straggler.kind !== 'rack') return null;
      const { kind, good, bad, slowdown } = straggler;
      // A rack is who its workers are: they ask for the same spells.
      const who = kind === 'rack' ? rackOf(worker, straggler.size, racks) : worker;
      return spellPace(
        {
          seed,
          who,
          what: kind === 'rack' ? RACK : MARKOV,
          index: counts[kind]++,
          onNanos: parseDuration(bad),
          offNanos: parseDuration(good),
          lengths: 'exponential'
        },
        1 / slowdown
      );
    })
  );
}

function rackOf(worker: number, size: number | 'network', racks: readonly number[]): number {
  // A worker that joined later is in no rack of the network that it began as.
  if (size === 'network') return racks[worker] ?? worker;
  return Math.floor(worker / size);
}

function spellStart(seed: number, worker: number, index: number, iterations: number): number {
  return Math.floor(uniformAt(seed, worker, 0, TRANSIENT, 2 * index + 1) * iterations);
}

/** Ranks of a straggler's workers; those that a run has not are left out. */
export function ranksOf(named: number | readonly number[], workers: number): number[] {
  if (typeof named !== 'number') return named.filter(rank => rank < workers);
  return Array.from({ length: Math.min(named, workers) }, (_, i) => workers - 1 - i);
}
