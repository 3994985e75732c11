/**
 * Times of iterations as a file has them: CSV with a header, or JSON, a list of objects with the same
 * names. `iteration` counts from 0 without gaps; `worker`, which may be left out, too; the third is the
 * time, in a column named after its unit, or a `slowdown`:
 *
 *   worker,iteration,ms
 *   0,0,20.1
 *   0,1,19.8
 */
import { NANOS_MAX } from './keys.ts';

/** What is wrong with a file, and where: `line 3: ...`. */
export class IterationTimesError extends Error {}

const units = new Map([
  ['ns', 1],
  ['us', 1e3],
  ['ms', 1e6],
  ['seconds', 1e9]
]);
const names = [...units.keys(), 'slowdown'];
const example = '"worker,iteration,ms" is right';

export interface IterationTimes {
  /** What the values are: nanoseconds, rounded, or times as long. */
  readonly kind: 'nanos' | 'slowdown';
  /** By worker and iteration. */
  readonly lists: readonly (readonly number[])[];
}

/** Reads a file's text. Throws `IterationTimesError`. */
export function readIterationTimes(text: string, format: 'csv' | 'json'): IterationTimes {
  const { rows, header, place } = format === 'csv' ? csvRows(text) : jsonRows(text);
  const first = rows[0];
  if (first === undefined) throw new IterationTimesError('it has no iterations');
  const [value, second] = names.filter(name => first.has(name));
  if (value === undefined || !first.has('iteration')) {
    const missing = value === undefined ? `time (${names.join(', ')})` : 'iteration';
    throw new IterationTimesError(`${header}: there is no column of the ${missing}: ${example}`);
  }
  if (second !== undefined) {
    throw new IterationTimesError(`${header}: ${value} or ${second}? one column of times is right`);
  }
  const scale = units.get(value) ?? null;
  const lists: number[][] = [];
  rows.forEach((row, index) => {
    const fail = (message: string): never => {
      throw new IterationTimesError(`${place(index)}: ${message}`);
    };
    const whole = (name: string): number => {
      const number = numberOf(row.get(name));
      if (!(Number.isSafeInteger(number) && number >= 0)) {
        fail(`the ${name} is a whole number from 0, and not ${cellText(row.get(name))}`);
      }
      return number;
    };
    const worker = first.has('worker') ? whole('worker') : 0;
    const iteration = whole('iteration');
    const time = numberOf(row.get(value));
    if (!(time >= 0 && time < Infinity)) {
      fail(`${value} is a number from 0, and not ${cellText(row.get(value))}`);
    }
    if (worker > lists.length) fail(`worker ${worker} comes before worker ${lists.length}`);
    if (worker === lists.length) lists.push([]);
    const list = lists[worker]!;
    if (iteration !== list.length) {
      const of = first.has('worker') ? ` of worker ${worker}` : '';
      const begin = `the first iteration${of} is ${iteration}, and 0 is right`;
      if (list.length === 0) fail(begin);
      fail(
        iteration < list.length
          ? `iteration ${iteration}${of} is not after iteration ${list.length - 1}`
          : `iteration ${list.length}${of} is missing: ${iteration} follows ${list.length - 1}`
      );
    }
    const nanos = scale === null ? time : Math.round(time * scale);
    if (nanos > NANOS_MAX) fail(`${value} is more than 13 days`);
    list.push(nanos);
  });
  return { kind: scale === null ? 'slowdown' : 'nanos', lists };
}

/** Slow-downs: those of the file, or its times over their median. */
export function slowdownsOf({ kind, lists }: IterationTimes): readonly (readonly number[])[] {
  if (kind === 'slowdown') return lists;
  const all = lists.flat().sort((one, other) => one - other);
  const median = all[Math.floor(all.length / 2)] ?? 0;
  if (median === 0)
    throw new IterationTimesError('half of its times are 0: nothing to be slower than');
  return lists.map(list => list.map(nanos => nanos / median));
}

/** A cell as the file has it: text in CSV, any value in JSON. */
type Row = ReadonlyMap<string, unknown>;

interface Rows {
  readonly rows: readonly Row[];
  /** Where the names of the columns are, and a row. */
  readonly header: string;
  readonly place: (row: number) => string;
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

function numberOf(cell: unknown): number {
  if (typeof cell === 'number') return cell;
  return typeof cell === 'string' && decimal.test(cell) ? Number(cell) : Number.NaN;
}

/** A cell in an error, cut where it is long. */
function cellText(cell: unknown): string {
  if (cell === undefined || cell === '') return 'there';
  return clipped(typeof cell === 'string' ? cell : (JSON.stringify(cell) ?? String(cell)));
}

function clipped(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)} ...` : text;
}

function csvRows(text: string): Rows {
  const lines = text
    .split(/\r?\n/)
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== '' && !line.startsWith('#'));
  const [header, ...body] = lines;
  if (header === undefined) throw new IterationTimesError('it is empty');
  const columns = header.line.split(',').map(name => name.trim());
  const place = (number: number): string => `line ${number}`;
  const twice = columns.find((name, index) => columns.indexOf(name) !== index);
  if (twice !== undefined) {
    const where = place(header.number);
    throw new IterationTimesError(`${where}: the column ${clipped(twice)} is there twice`);
  }
  const rows = body.map(({ line, number }) => {
    const cells = line.split(',').map(cell => cell.trim());
    if (cells.length !== columns.length) {
      throw new IterationTimesError(
        `${place(number)}: ${cells.length} values under ${columns.length} columns ` +
          `(${clipped(header.line)})`
      );
    }
    return new Map(columns.map((name, i) => [name, cells[i]]));
  });
  return { rows, header: place(header.number), place: row => place(body[row]?.number ?? 1) };
}

function jsonRows(text: string): Rows {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new IterationTimesError(`not JSON: ${error instanceof Error ? error.message : error}`);
  }
  const right = 'a list of { "worker": 0, "iteration": 0, "ms": 20.1 } is right';
  if (!Array.isArray(value)) throw new IterationTimesError(`not a list: ${right}`);
  const rows = value.map((entry: unknown, index) => {
    if (typeof entry !== 'object' || entry === null) {
      throw new IterationTimesError(`entry ${index}: not an object: ${right}`);
    }
    return new Map(
      // Numbers are numbers in JSON, and text that looks like one is not.
      Object.entries(entry).map(([name, cell]) => [
        name,
        typeof cell === 'string' ? JSON.stringify(cell) : cell
      ])
    );
  });
  return { rows, header: 'entry 0', place: row => `entry ${row}` };
}
