/** Random runs: each seed is run twice, and what is not the same twice is a failure of its own. */
import * as assert from 'uvu/assert';

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
