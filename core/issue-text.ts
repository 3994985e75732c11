/**
 * What is right in place of a value that a schema does not take, for those that say nothing
 * themselves: `at least 1 is right`. zod asks for it wherever a schema has no error of its own.
 */
import type { z } from 'zod';

/** Nouns for the types that a schema expects. */
const nouns: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'a string',
  boolean: 'true or false',
  null: 'null',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object'
};

/** What is right, in words; undefined for an issue that is none of a value. */
export function whatIsRight(issue: z.core.$ZodRawIssue): string | undefined {
  const right = rightValue(issue);
  if (right === undefined) return undefined;
  return issue.input === undefined ? `missing: ${right} is right` : `${right} is right`;
}

function rightValue(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type': {
      if (issue.expected === 'number' && typeof issue.input === 'number') return 'a finite number';
      return nouns[String(issue.expected)];
    }
    case 'too_small': {
      const { minimum, inclusive, origin } = issue;
      return `${inclusive === false ? 'more than' : 'at least'} ${many(minimum, origin)}`;
    }
    case 'too_big': {
      const { maximum, inclusive, origin } = issue;
      return `${inclusive === false ? 'less than' : 'at most'} ${many(maximum, origin)}`;
    }
    case 'invalid_value': {
      const values = issue.values.map(value => JSON.stringify(value)).join(', ');
      return issue.values.length === 1 ? values : `one of ${values}`;
    }
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return issue.pattern === undefined ? undefined : `a string like ${issue.pattern}`;
    case 'invalid_union':
      return 'something else';
    default:
      return undefined;
  }
}

function many(count: number | bigint, origin: string): string {
  const unit = { array: 'item', set: 'item', string: 'character' }[origin];
  return unit === undefined ? String(count) : `${count} ${unit}${Number(count) === 1 ? '' : 's'}`;
}

/** Options of parsing whose issues say what is right, and hold what was got. */
export const inWords = { error: whatIsRight, reportInput: true } as const;

/** What was got, in words; null where there is nothing. */
export function whatWasGot(value: unknown): string | null {
  if (value === undefined) return null;
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  // JSON has no NaN and no infinity.
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}
