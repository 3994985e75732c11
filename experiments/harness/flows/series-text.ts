/**
 * A changing value as flow files write it, read into a `Series`. The usual form is a list of
 * [time, value] pairs. Also understood: points as objects, `{ points, period }` for what repeats, a
 * value alone (from 0 on), and SimGrid's own text, a "time value" pair a line.
 */
import type { Series } from '../../../sim/series.ts';

/** What the value is of: bytes per second, seconds of latency, or whether a link is up. */
export type Quantity = 'bandwidth' | 'latency' | 'state';

/** A series that cannot be read: `at` is the place within it, `[2][1]` or nothing. */
export class SeriesError extends Error {
  readonly at: string;

  constructor(at: string, message: string) {
    super(message);
    this.at = at;
  }
}

/** Throws `SeriesError`. */
export function readSeries(value: unknown, quantity: Quantity): Series {
  const { points, pointsAt, period, after } = partsOf(value);
  if (points.length === 0) throw new SeriesError(pointsAt, 'has no points');
  const read = points.map((point, index) => readPoint(point, `${pointsAt}[${index}]`, quantity));
  read.forEach(([time], index) => {
    const before = read[index - 1]?.[0] ?? 0;
    if (time >= before) return;
    throw new SeriesError(`${pointsAt}[${index}]`, `is not in time order: ${time} after ${before}`);
  });
  const last = read.at(-1)![0];
  if (after !== null) return { points: read, period: positive(last + after) };
  if (period !== null && (period < last || period === 0)) {
    throw new SeriesError('.period', `must not end before the last point, at ${last} s`);
  }
  return { points: read, period };
}

interface Parts {
  readonly points: readonly unknown[];
  readonly pointsAt: string;
  /** Length of a round. */
  readonly period: number | null;
  /** Time from the last point of a round to the beginning of the next. */
  readonly after: number | null;
}

const pointsKeys = ['points', 'events', 'values', 'profile', 'series', 'pattern'];
const periodKeys = ['period', 'periodicity', 'every', 'loop', 'periodic'];
const afterKeys = ['loopAfter', 'loop_after', 'loopafter'];
const timeKeys = ['t', 'time', 'at', 'date', 'seconds'];
const valueKeys = ['v', 'value', 'bw', 'bandwidth', 'lat', 'latency', 'state', 'up', 'on'];

const whatIsRight = 'a list of [time, value] pairs is right: [[0.5, 62500000], [1, 125000000]]';

function partsOf(value: unknown): Parts {
  const once = { pointsAt: '', period: null, after: null };
  if (typeof value === 'string' && /\d\s+\S/.test(value)) return partsOfText(value);
  if (typeof value !== 'object' || value === null) return { points: [[0, value]], ...once };
  if (Array.isArray(value)) {
    const pair = value.length === 2 && value.every(entry => typeof entry !== 'object');
    return { points: pair ? [value] : value, ...once };
  }
  const times = Object.entries(value).map(([time, at]) => [Number(time), at] as const);
  if (times.length > 0 && times.every(([time]) => isAmount(time))) {
    return { points: times.sort(([a], [b]) => a - b), ...once };
  }
  const isList = (key: string): boolean => Array.isArray(fieldOf(value, key));
  const pointsKey = pointsKeys.find(isList) ?? valueKeys.find(isList);
  if (pointsKey === undefined) {
    if (firstOf(value, timeKeys) !== undefined) return { points: [value], ...once };
    throw new SeriesError('', whatIsRight);
  }
  const points = fieldOf(value, pointsKey);
  return {
    points: Array.isArray(points) ? points : [],
    pointsAt: `.${pointsKey}`,
    period: lengthOf(value, periodKeys),
    after: lengthOf(value, afterKeys)
  };
}

/**
 * SimGrid's profile files: comments, blank lines, pairs, and perhaps one line that says that they
 * repeat: PERIODICITY, the length of a round, or LOOPAFTER, the time from the last point on.
 */
function partsOfText(text: string): Parts {
  const points: unknown[] = [];
  let period: number | null = null;
  let after: number | null = null;
  for (const line of text.split('\n')) {
    const words = line
      .replace(/[#%].*/, '')
      .trim()
      .split(/\s+/);
    if (words[0] === '') continue;
    if (words[0] === 'PERIODICITY') period = positive(Number(words[1]));
    else if (words[0] === 'LOOPAFTER') after = positive(Number(words[1]));
    else points.push(words.map(Number));
  }
  return { points, pointsAt: '', period, after };
}

function readPoint(point: unknown, at: string, quantity: Quantity): readonly [number, number] {
  const [time, value] = Array.isArray(point)
    ? point
    : [firstOf(point, timeKeys), firstOf(point, valueKeys)];
  if (Array.isArray(point) && point.length !== 2) throw new SeriesError(at, whatIsRight);
  if (!isAmount(time)) {
    throw new SeriesError(at, `a time is seconds from 0 on, got ${JSON.stringify(time)}`);
  }
  return [time, quantity === 'state' ? readState(value, at) : readAmount(value, at, quantity)];
}

function readAmount(value: unknown, at: string, quantity: Quantity): number {
  if (isAmount(value)) return value;
  const unit =
    quantity === 'bandwidth' ? 'a bandwidth is bytes per second' : 'a latency is seconds';
  throw new SeriesError(at, `${unit}, 0 or more, got ${JSON.stringify(value)}`);
}

function readState(value: unknown, at: string): number {
  const word = typeof value === 'string' ? value.toLowerCase() : value;
  if (word === true || word === 'up' || word === 'on' || word === 1) return 1;
  if (word === false || word === 'down' || word === 'off' || word === 0) return 0;
  throw new SeriesError(at, `a state is 1 (up) or 0 (down), got ${JSON.stringify(value)}`);
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value < Infinity;
}

/** A length of time under one of these keys; null, false and what is negative mean none. */
function lengthOf(value: object, keys: readonly string[]): number | null {
  const length = firstOf(value, keys);
  if (length === undefined || length === null || length === false) return null;
  if (typeof length === 'number' && length < 0) return null;
  if (isAmount(length)) return length;
  throw new SeriesError('', `"period" is the seconds after which the points are repeated`);
}

function positive(length: number): number {
  if (length > 0 && length < Infinity) return length;
  throw new SeriesError('', `repeats after ${length} s: must be more than 0`);
}

function firstOf(value: unknown, keys: readonly string[]): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const key = keys.find(key => Object.hasOwn(value, key));
  return key === undefined ? undefined : fieldOf(value, key);
}

function fieldOf(value: object, key: string): unknown {
  return Reflect.get(value, key);
}
