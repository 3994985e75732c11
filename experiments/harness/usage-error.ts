/** What a person can mend: a flag, a file, a configuration. Printed as one message, exit code 2. */
export class UsageError extends Error {}

/** The text of whatever was thrown; of a schema's refusal, one line a problem. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!('issues' in error && Array.isArray(error.issues))) return error.message;
  return error.issues.map(issueText).join('\n');
}

// zod's own message is the issues as JSON: fit for a program.
function issueText({ path, message }: { path: readonly PropertyKey[]; message: string }): string {
  return path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`;
}
