/**
 * Spells: something holds for a while, then does not for a while, and so on. Lengths are keyed by who
 * and which spell, so that nobody's spells depend on when or how often they are asked for.
 */
import { exponentialAt, uniformAt } from '../random.ts';
import type { Pace } from './pace.ts';

export interface Spells {
  readonly seed: number;
  /** Two words that name them: whose they are, and what for. */
  readonly who: number;
  readonly what: number;
  /** Which of several with these words. */
  readonly index: number;
  /** Mean nanoseconds of a spell, and of the time between two. */
  readonly onNanos: number;
  readonly offNanos: number;
  /**
   * `exponential`: both lengths are (a Markov chain of two states in continuous time), stationary from
   * the start: a spell is under way at 0 with probability on / (on + off). `constant`: spells are all
   * of one length, begin at a rate of one in `offNanos` (exponential times between them), and none is
   * under way at 0.
   */
  readonly lengths: 'exponential' | 'constant';
}

/** Speed 1 between the spells and `speed` within. */
export function spellPace(spells: Spells, speed: number): Pace {
  const { seed, who, what, index, onNanos, offNanos, lengths } = spells;
  const constant = lengths === 'constant';
  const begunOn =
    !constant && uniformAt(seed, who, 0, what, index) < onNanos / (onNanos + offNanos);
  // Where the latest question fell: spells are mostly asked for in order of time. Numbers count the
  // spells and the times between them, from 1.
  let number = 0;
  let begin = 0;
  let end = 0;
  const isOn = (): boolean => (number % 2 === 1) === begunOn;
  const length = (): number => {
    if (constant && isOn()) return onNanos;
    const mean = isOn() ? onNanos : offNanos;
    // A nanosecond at least, so that time goes on.
    return Math.max(1, Math.round(mean * exponentialAt(seed, who, number, what, index)));
  };
  const seek = (nanos: number): void => {
    if (nanos < begin) {
      number = 0;
      end = 0;
    }
    while (end <= nanos) {
      number += 1;
      begin = end;
      end = begin + length();
    }
  };
  return {
    at(nanos) {
      seek(nanos);
      return isOn() ? speed : 1;
    },
    changeAfter(nanos) {
      seek(nanos);
      return end;
    }
  };
}
