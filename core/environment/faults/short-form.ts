/**
 * Short forms of faults: `crash:w2:at=3s:for=1s`. Whom it strikes and how much stand in order; when
 * it begins and how long it lasts are named, since any of them may be left out.
 */
import { nearest } from '../../nearest.ts';
import type { ShortForms } from '../../short-form.ts';

const named = ['at', 'every', 'rate', 'when', 'from', 'until', 'for', 'direction', 'oneWay'];

type Fields = Record<string, unknown>;

/** Reads a short form; a string is the message of why it cannot. */
export function readFault(forms: ShortForms<string>, text: string): Fields | string {
  const [kind = '', ...words] = text.split(':');
  const form = forms[kind];
  if (form === undefined || !Object.hasOwn(forms, kind)) {
    const guess = nearest(kind, Object.keys(forms));
    const hint = guess === null ? '' : ` (did you mean "${guess}"?)`;
    const examples = Object.values(forms).map(({ example }) => example);
    return `unknown fault "${kind}"${hint}; there are ${examples.join(', ')}`;
  }
  const fields: Fields = { kind };
  const positional = [...form.fields];
  for (const word of words) {
    const equals = word.indexOf('=');
    const name = equals < 0 ? positional.shift() : word.slice(0, equals);
    const known = name !== undefined && (equals < 0 || named.includes(name));
    if (!known || name in fields) return misread(text, word, form.example);
    const value = word.slice(equals + 1);
    const number = name === 'factor' ? Number.parseFloat(value) : Number.NaN;
    if (!Number.isNaN(number)) fields[name] = Number(value);
    else fields[name] = name === 'oneWay' ? value === 'true' : value;
  }
  if (positional.length > 0) return misread(text, kind, form.example);
  return fields;
}

function misread(text: string, word: string, example: string): string {
  return `"${text}" is not the short form of a fault, at "${word}": write ${example}`;
}

/** A fault as its short form. */
export function formatFault(
  forms: ShortForms<string>,
  fault: { readonly kind: string; readonly [field: string]: unknown }
): string {
  const words = [fault.kind];
  for (const field of forms[fault.kind]?.fields ?? []) words.push(wordOf(field, fault[field]));
  for (const field of named) {
    const value = fault[field];
    if (value === undefined || value === false || value === 'both') continue;
    words.push(`${field}=${wordOf(field, value)}`);
  }
  return words.join(':');
}

function wordOf(field: string, value: unknown): string {
  if (field === 'groups' && Array.isArray(value)) return value.map(String).join('/');
  if (field === 'when' && typeof value === 'object' && value !== null) {
    const { clock, reaches } = value as { readonly clock: string; readonly reaches: number };
    return `${clock}@${reaches}`;
  }
  return String(value);
}
