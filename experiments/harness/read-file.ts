/** Files that a configuration or a command names, read for people: errors say what is wrong with them. */
import * as fs from 'node:fs';
import { shown } from './shown-path.ts';
import { messageOf, UsageError } from './usage-error.ts';

/** Bytes of a file that are enough to see that it is no text. */
const lookBytes = 8192;

/**
 * The text of a file. `name` is the file as errors name it. Throws `UsageError` where there is none,
 * or no text in it.
 */
export function readText(file: string, name: string, remedy = ''): string {
  let bytes: Buffer;
  try {
    bytes = fs.readFileSync(file);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'ENOENT') throw new UsageError(`${name}: no such file${remedy}`);
    if (code === 'EISDIR') throw new UsageError(`${name}: is not a file`);
    if (code === 'EACCES') throw new UsageError(`${name}: may not be read by this user`);
    throw new UsageError(`${name}: ${messageOf(error)}`);
  }
  if (bytes.subarray(0, lookBytes).includes(0)) throw new UsageError(`${name}: is no text`);
  return bytes.toString('utf8');
}

/** Throws `UsageError` where a folder is none; `hint` says which is right. */
export function checkFolder(folder: string, hint = ''): void {
  const found = fs.statSync(folder, { throwIfNoEntry: false });
  if (found === undefined) throw new UsageError(`${shown(folder)}: no such folder${hint}`);
  if (!found.isDirectory()) throw new UsageError(`${shown(folder)}: is no folder${hint}`);
}

/** The value of a JSON file. Throws `UsageError`. */
export function readJson(file: string, name: string, remedy = ''): unknown {
  // A byte order mark is no JSON, and editors write it.
  const text = readText(file, name, remedy).replace(/^\uFEFF/, '');
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${name}: not JSON: ${messageOf(error)}`);
  }
}
