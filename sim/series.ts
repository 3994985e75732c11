/**
 * A value that changes at given times: the bandwidth, the latency or the state of a link, by profile
 * or trace. Times are in whatever unit the caller keeps time in.
 */
export interface Series {
  /** [time, value], one at least, times from 0 on and ascending. */
  readonly points: readonly (readonly [time: number, value: number])[];
  /** The points are repeated every so often: more than the last time; null for once. */
  readonly period: number | null;
}

/** Goes through the points of a series, round after round where it has a period. */
export class SeriesCursor {
  readonly #series: Series;
  #next = 0;
  #round = 0;

  constructor(series: Series) {
    this.#series = series;
  }

  /** When the value changes next; Infinity when it does not any more. */
  get time(): number {
    const { points, period } = this.#series;
    if (this.#next === points.length) return Infinity;
    const time = points[this.#next]![0];
    return period === null ? time : time + this.#round * period;
  }

  /** The value from that time on; goes on to the next. */
  take(): number {
    const { points, period } = this.#series;
    const value = points[this.#next++]![1];
    if (this.#next === points.length && period !== null) {
      this.#next = 0;
      this.#round++;
    }
    return value;
  }
}
