/** Random runs: each is run twice, and what is not the same twice is a failure of its own. */
import * as assert from 'uvu/assert';
import { Digest } from '../core/digest.ts';

/** A run that was digested: `TraceDigest`, for one. */
export interface Digested {
  readonly digest: string;
}

/** Runs it twice and returns the second one. */
export function twice<R extends Digested>(run: () => R): R {
  const first = run();
  const second = run();
  assert.is(second.digest, first.digest, 'the same seed gives the same run');
  return second;
}

/** A check of what was drawn that returns what it found, made twice on the same draw. */
export function alike<Drawn extends readonly unknown[]>(
  check: (...drawn: Drawn) => unknown
): (...drawn: Drawn) => void {
  return (...drawn) => void twice(() => ({ digest: digestOf(check(...drawn)) }));
}

function digestOf(found: unknown): string {
  const text = JSON.stringify(found, (_key, value: unknown) => {
    if (ArrayBuffer.isView(value)) return [...new Uint8Array(value.buffer)];
    if (value instanceof Map) return [...value];
    return typeof value === 'number' ? String(value) : value;
  });
  assert.is.not(text, undefined, 'a check returns what it found');
  return new Digest().text(text).toString();
}
