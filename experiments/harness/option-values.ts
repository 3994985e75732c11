/** Values of command line options, each checked where it is read. */
import { InvalidArgumentError } from 'commander';
import { nearest } from '../../core/nearest.ts';
import { parseBandwidth, parseSize, UnitError } from '../../core/units.ts';
import { type BackendName, backendNames, isBackendName } from '../../exec/backends/backend.ts';
import type { Overrides, Setting } from './cells.ts';
import { messageOf } from './usage-error.ts';

/** `--jobs 4`: a whole number from 1 up. */
export function count(text: string): number {
  if (!/^[1-9]\d{0,6}$/.test(text))
    throw new InvalidArgumentError('A whole number from 1 up is right.');
  return Number(text);
}

/** `--max-events 1e9`: a whole number from 1 up. */
export function events(text: string): number {
  const number = Number(text);
  if (/^\d/.test(text) && Number.isSafeInteger(number) && number > 0) return number;
  throw new InvalidArgumentError('A whole number from 1 up is right: 5000000, or 5e6.');
}

/** `--max-memory 2GiB`, in bytes. */
export function memory(text: string): number {
  try {
    const bytes = parseSize(text);
    if (bytes > 0) return bytes;
  } catch (error) {
    if (!(error instanceof UnitError)) throw error;
  }
  throw new InvalidArgumentError('A size with its unit is right: 2GiB, or 500MB.');
}

/** `--backend wasm`. */
export function backendName(text: string): BackendName {
  if (isBackendName(text)) return text;
  const guess = nearest(text, backendNames);
  const hint = guess === null ? '' : `Did you mean "${guess}"? `;
  throw new InvalidArgumentError(`${hint}There are ${backendNames.join(', ')}.`);
}

/** `--link 200Mbps`: kept as it is once it reads. */
export function bandwidthText(text: string): string {
  try {
    if (parseBandwidth(text) >= 1000) return text;
  } catch (error) {
    throw new InvalidArgumentError(messageOf(error));
  }
  throw new InvalidArgumentError('At least 8kbps is right.');
}

/** `--set path=value`, once more. The value is JSON, or a string where it is none: `ssp:4`. */
export function setting(text: string, earlier: readonly Setting[] = []): readonly Setting[] {
  const [path, value] = split(text, '--set environment.network.latency=1ms');
  if (path.split('.').includes('')) throw new InvalidArgumentError(`"${path}" is no path.`);
  return [...earlier, { path: path.split('.'), value: parsed(value) }];
}

/** `--only axis=label`, once more. */
export function selection(text: string, earlier: Overrides['only'] = []): Overrides['only'] {
  const [axis, label] = split(text, '--only consistency=ssp:4');
  return [...earlier, { axis, label }];
}

function split(text: string, example: string): [string, string] {
  const at = text.indexOf('=');
  if (at <= 0) throw new InvalidArgumentError(`A name, "=" and a value are right: ${example}`);
  return [text.slice(0, at), text.slice(at + 1)];
}

function parsed(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
