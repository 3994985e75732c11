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
  record: 'an object',
  never: 'nothing'
};

/** `whatIsRight`, with what was got: for issues whose value nobody reports. */
export function rightAndGot(issue: z.core.$ZodRawIssue): string | undefined {
  const right = whatIsRight(issue);
  const got = issue.code === 'unrecognized_keys' ? null : whatWasGot(issue.input);
  return right === undefined || got === null ? right : `${right}, got ${got}`;
}

/** What is right, in words; undefined for an issue that is none of a value. */
export function whatIsRight(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'unrecognized_keys') {
    const keys = issue.keys.map(key => `"${key}"`).join(', ');
    return `unknown ${issue.keys.length === 1 ? 'key' : 'keys'} ${keys}`;
  }
  if (issue.code === 'invalid_key') return issue.issues[0]?.message;
  const right = rightValue(issue);
  if (right === undefined) return undefined;
  const isRight = `${right} ${/\d (items|characters)$/.test(right) ? 'are' : 'is'} right`;
  return issue.input === undefined ? `missing: ${isRight}` : isRight;
}

function rightValue(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type': {
      if (issue.expected === 'number' && typeof issue.input === 'number') return 'a finite number';
      return nouns[String(issue.expected)] ?? `a ${issue.expected}`;
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
      return issue.pattern === undefined
        ? `text of the form ${issue.format}`
        : `text that matches ${issue.pattern}`;
    case 'invalid_union':
      return anyOf(issue.errors) ?? 'something else';
    case 'custom':
      return 'something else';
    default:
      return undefined;
  }
}

// Of a choice, the nouns of what may be chosen, where each is of another type.
function anyOf(errors: readonly (readonly z.core.$ZodIssue[])[]): string | null {
  const words = errors.map(([issue]) =>
    issue?.code === 'invalid_type' && issue.path.length === 0 ? nouns[issue.expected] : undefined
  );
  return words.length === 0 || words.includes(undefined) ? null : [...new Set(words)].join(' or ');
}

function many(count: number | bigint, origin: string): string {
  const unit = { array: 'item', set: 'item', string: 'character' }[origin];
  return unit === undefined ? String(count) : `${count} ${unit}${Number(count) === 1 ? '' : 's'}`;
}

/** Options of parsing whose issues say what is right, and hold what was got. */
export const inWords = { error: whatIsRight, reportInput: true } as const;

/** Of a text that was got, more characters than this say no more. */
const longest = 200;

/** What was got, in words; null where there is nothing. */
function whatWasGot(value: unknown): string | null {
  if (value === undefined) return null;
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  // JSON has no NaN and no infinity.
  if (typeof value === 'string' && value.length > longest) {
    return `${JSON.stringify(value.slice(0, longest))} and ${value.length - longest} characters more`;
  }
  return typeof value === 'number' ? String(value) : JSON.stringify(value);
}

/** What is right and what was got, without the path. `value` is the whole that was checked. */
export function issueText(issue: z.core.$ZodIssue, value?: unknown): string {
  const { message } = issue;
  // Of a key there is no more to say than the path has.
  if (issue.code === 'invalid_key') return message;
  const own = inputOf(issue);
  const isGone = own === undefined && 'input' in issue && issue.code !== 'custom';
  if (isGone) return message.startsWith('missing') ? message : `missing: ${message}`;
  // A field of a short form is not in the input; an issue of several fields has the whole of them.
  const isWhole = typeof own === 'object' && own !== null && issue.code === 'custom';
  const got = isWhole ? plain(valueAt(value, issue.path)) : whatWasGot(own);
  const isSaid = /, got \S/.test(message) || (got?.startsWith('"') && message.includes(got));
  return got === null || isSaid ? message : `${message}, got ${got}`;
}

// Of a choice by its `kind`, what was got is the kind.
function inputOf(issue: z.core.$ZodIssue): unknown {
  const { input } = issue;
  const isKind = issue.code === 'invalid_union' && issue.discriminator === issue.path.at(-1);
  return isKind && issue.discriminator !== undefined
    ? valueAt(input, [issue.discriminator])
    : input;
}

// What a rule says of a list or an object is not that it is one.
function plain(value: unknown): string | null {
  return typeof value === 'object' ? null : whatWasGot(value);
}

/** What stands at a path in a value; undefined where nothing does. */
export function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}
