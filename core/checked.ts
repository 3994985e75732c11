/** A value held against a schema: what it is, or a line for each thing that is wrong with it. */
import { z } from 'zod';
import { inWords, issueText, rightAndGot, valueAt } from './issue-text.ts';
import { nearest } from './nearest.ts';

// In the whole process: a plugin's schemas, which it parses itself, speak alike.
z.config({ customError: rightAndGot });

/** What a check comes to: `data`, or lines. */
export type Checked<T> =
  | { readonly data: T; readonly lines: null }
  | { readonly data?: undefined; readonly lines: readonly string[] };

/**
 * Checks a value. A line has the path, what would be right and what was got, `workers: at least 1 is
 * right, got 0`; one of the value as a whole begins with `whole`, unless that is empty.
 */
export function checked<S extends z.ZodType>(
  schema: S,
  value: unknown,
  whole: string
): Checked<z.output<S>> {
  const result = schema.safeParse(value, inWords);
  if (result.success) return { data: result.data, lines: null };
  const lines = result.error.issues.flatMap(issue =>
    sayings(issue, schema, value).map(({ path, text }) => {
      const place = path.join('.') || whole;
      return place === '' ? text : `${place}: ${text}`;
    })
  );
  return { lines };
}

/** What is wrong at a path of a value. */
interface Saying {
  readonly path: readonly PropertyKey[];
  readonly text: string;
}

/** What an issue of parsing `value` with `inWords` says; of unknown keys, one a key. */
function sayings(issue: z.core.$ZodIssue, schema: z.ZodType, value: unknown): Saying[] {
  if (issue.code !== 'unrecognized_keys') {
    return [{ path: issue.path, text: issueText(issue, value) }];
  }
  const names = namesAt(schema, issue.path);
  return issue.keys.map(key => {
    const guess = nearest(key, names);
    const hint = guess === null ? '' : ` (did you mean "${guess}"?)`;
    return { path: [...issue.path, key], text: `unknown key${hint}` };
  });
}

// The keys that are known at a path: by walking the JSON schema, which zod derives.
function namesAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let places = branches(z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }));
  for (const key of path) {
    const inner = typeof key === 'number' ? ['items'] : ['properties', key];
    places = places.flatMap(place =>
      branches(valueAt(place, inner) ?? valueAt(place, ['additionalProperties']))
    );
  }
  return [...new Set(places.flatMap(place => Object.keys(valueAt(place, ['properties']) ?? {})))];
}

/** A JSON schema and, of a choice, all that may be chosen. */
function branches(schema: unknown): unknown[] {
  const inner = ['anyOf', 'oneOf', 'allOf'].flatMap(word => {
    const list = valueAt(schema, [word]);
    return Array.isArray(list) ? list.flatMap(branches) : [];
  });
  return schema === undefined ? inner : [schema, ...inner];
}
