/** What a person can mend: a flag, a file, a configuration. Printed as one message, exit code 2. */
export class UsageError extends Error {}

/** The text of whatever was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
