/**
 * Short forms: configuration as one word on the command line and in tables, `star:10Gbps:50us` for
 * `{ kind: 'star', bandwidth: '10Gbps', latency: '50us' }`. A form is a kind and the names of its
 * fields in order; what it leaves out has the schema's default.
 */
import { z } from 'zod';
import { nearest } from './nearest.ts';

/** The fields that follow the kind, in order. Those in `optional` may be left out from the end. */
export interface ShortForm {
  readonly fields: readonly string[];
  readonly optional?: Readonly<Record<string, unknown>>;
  /** How it looks, for messages: `star:10Gbps:50us`. */
  readonly example: string;
}

/** The short forms of one noun's kinds. */
export type ShortForms<Kind extends string> = Readonly<Record<Kind, ShortForm>>;

interface Kinded {
  readonly kind: string;
}

/** A schema that takes what `schema` takes, or the short form of it. */
export function withShortForms<S extends z.ZodType<Kinded>>(
  noun: string,
  forms: ShortForms<z.output<S>['kind']>,
  schema: S
) {
  return z.preprocess((value: z.input<S> | string, context) => {
    if (typeof value !== 'string') return value;
    const read = readShortForm(noun, forms, value);
    if (typeof read !== 'string') return read;
    context.addIssue({ code: 'custom', message: read });
    return z.NEVER;
  }, schema);
}

/** A list of what `schema` takes; also one of them, `none`, or short forms joined by ` + `. */
export function joined<S extends z.ZodType>(schema: S) {
  return z.preprocess((value: z.input<S> | readonly z.input<S>[]) => {
    if (value === 'none') return [];
    if (typeof value === 'string') return value.split(/\s*\+\s*(?=[a-z])/);
    return Array.isArray(value) ? value : [value];
  }, z.array(schema));
}

/** Configuration as its short form; as JSON, without defaults, where no short form says all of it. */
export function formatShortForm(forms: ShortForms<string>, config: Kinded): string {
  const form = forms[config.kind];
  const values = new Map<string, unknown>(Object.entries(config));
  values.delete('kind');
  const words: string[] = [config.kind];
  let shown = 1;
  for (const field of form?.fields ?? []) {
    const value = values.get(field);
    words.push(Array.isArray(value) ? JSON.stringify(value) : String(value));
    if (!same(value, form?.optional?.[field])) shown = words.length;
    values.delete(field);
  }
  for (const [field, value] of values) {
    if (!same(value, form?.optional?.[field])) return withoutDefaults(config, form);
  }
  return words.slice(0, shown).join(':');
}

function withoutDefaults(config: Kinded, form: ShortForm | undefined): string {
  const said = Object.entries(config).filter(
    ([field, value]) => !(form?.optional !== undefined && same(value, form.optional[field]))
  );
  return JSON.stringify(Object.fromEntries(said));
}

/** Options of a union by kind whose error names the kinds there are. */
export function kindErrors(noun: string, forms: ShortForms<string>) {
  return {
    error: (issue: { readonly code?: string; readonly input?: unknown }): string => {
      const input: unknown = issue.input;
      if (typeof input === 'object' && input !== null && 'kind' in input) {
        return unknownKind(noun, forms, String(input.kind));
      }
      return `expected a ${noun}: ${examples(forms)}`;
    }
  };
}

/** Reads a short form; a string is the message of why it cannot. */
function readShortForm(noun: string, forms: ShortForms<string>, text: string): Kinded | string {
  const [kind = '', ...words] = text.split(':');
  const form = forms[kind];
  if (form === undefined || !Object.hasOwn(forms, kind)) return unknownKind(noun, forms, kind);
  const least = form.fields.filter(field => !(field in (form.optional ?? {}))).length;
  if (words.length < least || words.length > form.fields.length) {
    return `"${text}" is not the short form of ${kind}: write ${form.example}`;
  }
  return { kind, ...Object.fromEntries(words.map((word, i) => [form.fields[i], literal(word)])) };
}

function unknownKind(noun: string, forms: ShortForms<string>, kind: string): string {
  const guess = nearest(kind, Object.keys(forms));
  const hint = guess === null ? '' : ` (did you mean "${guess}"?)`;
  return `unknown ${noun} "${kind}"${hint}; there are ${examples(forms)}`;
}

function examples(forms: ShortForms<string>): string {
  return Object.values(forms)
    .map(form => form.example)
    .join(', ');
}

/** Plain numbers, lists of them and truth values are read as such; what has a unit stays a string. */
function literal(word: string): unknown {
  if (word === 'true' || word === 'false') return word === 'true';
  if (NUMBER.test(word)) return Number(word);
  const list = /^\[(.*)\]$/.exec(word)?.[1]?.split(',');
  return list?.every(entry => NUMBER.test(entry)) ? list.map(Number) : word;
}

const NUMBER = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i;

function same(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
