import type { z } from 'zod';
import { issueText } from '../../core/issue-text.ts';

/** What a person can mend: a flag, a file, a configuration. Printed as one message, exit code 2. */
export class UsageError extends Error {}

/** A message of several lines, each with the file that it is about. */
export function linesOf(file: string, message: string): string {
  return message.replaceAll(/^/gm, `${file}: `);
}

/** The text of whatever was thrown; of a schema's refusal, one line a problem. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // The message of these is the issues as JSON: fit for a program.
  if (!isRefusal(error)) return error.message;
  return error.issues
    .map(issue => [issue.path.map(String).join('.'), issueText(issue)].filter(Boolean).join(': '))
    .join('\n');
}

// Not by `instanceof`: the commands that need no schema would load all of zod for it.
function isRefusal(error: Error): error is z.ZodError {
  return 'issues' in error && Array.isArray(error.issues);
}
