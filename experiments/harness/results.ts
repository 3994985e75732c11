/**
 * The results of one run: a folder with `config.json`, `rows.jsonl` and `manifest.json`. It appears
 * whole, by a rename, or not at all: a killed sweep loses at most the runs in flight.
 */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import type { z } from 'zod';
import { checked } from '../../core/checked.ts';
import { type Config, ConfigSchema } from '../../core/config.ts';
import type { Row } from '../../core/record.ts';
import { type Manifest, ManifestSchema } from './manifest.ts';
import { shown } from './shown-path.ts';
import { messageOf, UsageError } from './usage-error.ts';

/** A run as its folder holds it. */
export interface StoredRun {
  readonly config: Config;
  readonly rows: readonly Row[];
  readonly manifest: Manifest;
}

/** A folder of results that does not hold what it should. The message names the file and the remedy. */
export class CorruptResults extends UsageError {
  /** File and what is wrong with it, without the remedy. */
  readonly problem: string;

  constructor(file: string, problem: string) {
    const folder = shown(path.dirname(file));
    super(`${shown(file)}: ${problem}\nRun the experiment again, or delete ${folder}.`);
    this.problem = `${shown(file)}: ${problem}`;
  }
}

/** What a run brings to be stored; the rest of the manifest follows from it. */
export interface RunToStore {
  readonly config: Config;
  readonly rows: readonly Row[];
  readonly manifest: Omit<Manifest, 'version' | 'rows' | 'rowsHash'>;
}

/** Folder of a run under construction: `.<id>.<process>`. */
const temporaryPattern = /^\.[0-9a-f]+\.(\d+)$/;

/** An empty folder to put further files of a run in (its trace) before `storeRun` makes it final. */
export function prepareRun(folder: string, id: string): string {
  const temporary = path.join(folder, `.${id}.${process.pid}`);
  fs.rmSync(temporary, { recursive: true, force: true });
  fs.mkdirSync(temporary, { recursive: true });
  return temporary;
}

/** Writes the files into the prepared folder and gives it its name, replacing one that was there. */
export function storeRun(folder: string, run: RunToStore): void {
  const { id } = run.manifest;
  const temporary = path.join(folder, `.${id}.${process.pid}`);
  const rows = run.rows.map(row => `${rowText(row)}\n`).join('');
  const manifest: Manifest = {
    version: 1,
    ...run.manifest,
    rows: run.rows.length,
    rowsHash: sha256(rows)
  };
  writeDurably(path.join(temporary, 'config.json'), jsonText(run.config));
  writeDurably(path.join(temporary, 'rows.jsonl'), rows);
  writeDurably(path.join(temporary, 'manifest.json'), jsonText(manifest));
  const final = path.join(folder, id);
  fs.rmSync(final, { recursive: true, force: true });
  fs.renameSync(temporary, final);
}

/** The run of this id, or null when there is none. Throws `CorruptResults`. */
export function readRun(folder: string, id: string): StoredRun | null {
  const run = path.join(folder, id);
  if (!fs.existsSync(run)) return null;
  const manifest = parseFile(path.join(run, 'manifest.json'), ManifestSchema);
  const config = parseFile(path.join(run, 'config.json'), ConfigSchema);
  return { config, manifest, rows: readRows(path.join(run, 'rows.jsonl'), manifest) };
}

/** The ids of the runs in a folder of a sweep; none in that of a run. */
export function runsIn(folder: string): string[] {
  const holds = (run: string): boolean => fs.existsSync(path.join(run, 'manifest.json'));
  if (!fs.existsSync(folder) || holds(folder)) return [];
  return fs.readdirSync(folder).filter(name => holds(path.join(folder, name)));
}

/** Removes what runs that were killed have left behind. */
export function removeAbandoned(folder: string): void {
  if (!fs.existsSync(folder)) return;
  for (const name of fs.readdirSync(folder)) {
    const owner = temporaryPattern.exec(name)?.[1];
    if (owner === undefined || isAlive(Number(owner))) continue;
    fs.rmSync(path.join(folder, name), { recursive: true, force: true });
  }
}

/** Writes a file that is whole at every instant: another process sees the old one or the new one. */
export function replaceFile(file: string, text: string): void {
  const temporary = `${file}.${process.pid}`;
  writeDurably(temporary, text);
  fs.renameSync(temporary, file);
}

/** JSON for people and for `git diff`. */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** One row as a line. JSON has no NaN and no infinity, and the rows of a diverged run have both. */
export function rowText(row: Row): string {
  return JSON.stringify(row, (_key, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
  );
}

function readRows(file: string, manifest: Manifest): Row[] {
  const text = readText(file);
  const lines = text.split('\n').slice(0, -1);
  const rows = lines.map((line, index) => parseRow(line, file, index + 1));
  if (rows.length !== manifest.rows) {
    throw new CorruptResults(file, `${rows.length} rows where the manifest says ${manifest.rows}`);
  }
  if (sha256(text) !== manifest.rowsHash) {
    throw new CorruptResults(
      file,
      'changed since the run: its hash is not the one in the manifest'
    );
  }
  return rows;
}

// Invariant: the hash in the manifest is that of rows this very schema version has written.
function parseRow(line: string, file: string, number: number): Row {
  try {
    return JSON.parse(line, (_key, value: unknown) =>
      value === 'NaN' || value === 'Infinity' || value === '-Infinity' ? Number(value) : value
    );
  } catch {
    throw new CorruptResults(file, `line ${number} is not JSON (cut short?)`);
  }
}

/** The value of a JSON file of results. Throws `CorruptResults`. */
export function parseFile<T>(file: string, schema: z.ZodType<T>): T {
  const text = readText(file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new CorruptResults(file, `not JSON: ${messageOf(error)}`);
  }
  const { data, lines } = checked(schema, value, '');
  if (lines === null) return data;
  throw new CorruptResults(file, lines[0] ?? '');
}

function readText(file: string): string {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch {
    throw new CorruptResults(file, 'missing');
  }
}

// On the disk before the rename makes it visible, so that a crash of the machine keeps it whole too.
function writeDurably(file: string, text: string): void {
  const descriptor = fs.openSync(file, 'w');
  try {
    fs.writeFileSync(descriptor, text);
    fs.fsyncSync(descriptor);
  } finally {
    fs.closeSync(descriptor);
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch {
    return false;
  }
}

// A dead process that nobody has waited for keeps its number: in a container whose first process
// does not wait for orphans, for ever. Only Linux says so in a file.
function isZombie(pid: number): boolean {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program before the state stands in parentheses, and may hold some itself.
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return false;
  }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
