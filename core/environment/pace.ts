/**
 * How fast something goes, over time: piecewise constant. Spells of a straggler, load on a host and
 * preemptions are all paces; several at once multiply. Both drivers integrate work over them.
 */

/** Speeds are factors of full speed. Instants are nanoseconds since the start of the run. */
export interface Pace {
  /** The speed at an instant, 0 or more; 0 is stopped. */
  at(nanos: number): number;
  /** The next instant after this one at which the speed may change; Infinity when it never does. */
  changeAfter(nanos: number): number;
}

/** The product of paces; null, full speed for ever, when there are none. */
export function paceOf(paces: readonly (Pace | null)[]): Pace | null {
  const present = paces.filter(pace => pace !== null);
  const [first] = present;
  if (first === undefined) return null;
  if (present.length === 1) return first;
  return {
    at(nanos) {
      let speed = 1;
      for (const pace of present) speed *= pace.at(nanos);
      return speed;
    },
    changeAfter(nanos) {
      let change = Infinity;
      for (const pace of present) change = Math.min(change, pace.changeAfter(nanos));
      return change;
    }
  };
}

/** A pace that never changes; null for full speed. */
export function steadyPace(speed: number): Pace | null {
  return speed === 1 ? null : { at: () => speed, changeAfter: () => Infinity };
}

/**
 * How long work takes that is begun at an instant, in whole nanoseconds.
 *
 * @param work nanoseconds that it takes at full speed
 * @param nanosMax what is returned at most
 */
export function paceNanos(
  pace: Pace | null,
  begun: number,
  work: number,
  nanosMax: number
): number {
  if (pace === null) return Math.min(Math.round(work), nanosMax);
  let now = begun;
  let left = work;
  while (now - begun < nanosMax) {
    const speed = pace.at(now);
    const change = pace.changeAfter(now);
    const nanos = speed === 0 ? Infinity : left / speed;
    if (now + nanos <= change) return Math.min(Math.round(now - begun + nanos), nanosMax);
    left -= (change - now) * speed;
    now = change;
  }
  return nanosMax;
}

/** When somebody who stands still at `nanos` goes on; `nanos` itself if he is not. */
export function resumeAfter(pace: Pace | null, nanos: number): number {
  if (pace === null) return nanos;
  let now = nanos;
  while (now < Infinity && pace.at(now) === 0) now = pace.changeAfter(now);
  return now;
}
