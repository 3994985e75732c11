/** A step of `npm run native`: a program that is run to its end. */
import { spawnSync } from 'node:child_process';

/** A step that failed; the message says what is missing, and what to do. */
export class BuildError extends Error {}

/** Runs a program to its end with its output shown. Throws `BuildError`. */
export function runStep(program: string, args: readonly string[], absent: string): void {
  const { error, status } = spawnSync(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  if (error !== undefined) throw new BuildError(`${absent} (${error.message})`);
  if (status !== 0) throw new BuildError(`${program} ${args.join(' ')}\nended with ${status}`);
}
