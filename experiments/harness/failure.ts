/** What was thrown, as a person reads it, and the exit code that it means. */
import { messageOf, UsageError } from './usage-error.ts';

export interface Failure {
  readonly message: string;
  readonly exitCode: 1 | 2;
}

/** Errors of a user's making, by class name: their classes may come from bundles of their own. */
const usageErrors = new Set([
  'ConfigError',
  'BackendError',
  'CompileError',
  'AddressError',
  'TokenError',
  'MembershipError'
]);

/** The message alone, unless SLACKLINE_DEBUG asks for the stack. */
export function explainFailure(error: unknown): Failure {
  const mendable =
    error instanceof UsageError ||
    (error instanceof Error && usageErrors.has(error.constructor.name));
  const stack = error instanceof Error ? error.stack : undefined;
  const debug = process.env['SLACKLINE_DEBUG'];
  const message =
    debug === undefined || debug === '' ? messageOf(error) : (stack ?? messageOf(error));
  return { message, exitCode: mendable ? 2 : 1 };
}
