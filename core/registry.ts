/**
 * A table of interchangeable methods by name: consistency models, compressors. Built-in ones are
 * listed where the table is made; a user's own file adds one more by `add`.
 */
import { z } from 'zod';
import { inWords } from './issue-text.ts';
import { nearest } from './nearest.ts';

/** Configuration of some method: its kind, and what that kind's schema says. */
export interface Configured {
  readonly kind: string;
}

/** What every method of a table has. */
export interface Method {
  readonly kind: string;
  readonly schema: z.ZodType;
  parse(argument: string | null): Configured;
  format(config: Configured): string;
}

/** Methods of one noun ("consistency model"), by kind, in the order of adding. */
export class Registry<M extends Method> {
  readonly noun: string;
  readonly #methods = new Map<string, M>();

  constructor(noun: string, methods: readonly M[]) {
    this.noun = noun;
    for (const method of methods) this.add(method);
  }

  /** Adds a method. Throws when another one has its name; adding the same one again is no error. */
  add(method: M): void {
    const known = this.#methods.get(method.kind);
    if (known !== undefined && known !== method) {
      throw new Error(`there is a ${this.noun} named "${method.kind}" already`);
    }
    this.#methods.set(method.kind, method);
  }

  /** The method of this kind. Throws with the nearest name and the list. */
  get(kind: string): M {
    const method = this.#methods.get(kind);
    if (method === undefined) throw new Error(this.unknown(kind));
    return method;
  }

  kinds(): string[] {
    return [...this.#methods.keys()];
  }

  /** `ssp:4` as configuration. Throws with what would be right. */
  parse(short: string): Configured {
    const colon = short.indexOf(':');
    const kind = colon < 0 ? short : short.slice(0, colon);
    return this.get(kind).parse(colon < 0 ? null : short.slice(colon + 1));
  }

  /** Configuration as `ssp:4`. */
  format(config: Configured): string {
    return this.get(config.kind).format(config);
  }

  /** The sentence for a kind that is not there. */
  unknown(kind: string): string {
    const guess = nearest(kind, this.kinds());
    const hint = guess === null ? '' : ` (did you mean "${guess}"?)`;
    return `unknown ${this.noun} "${kind}"${hint}; there are ${this.kinds().join(', ')}`;
  }

  /** A schema that takes a short form or a configuration, and checks it by its kind's schema. */
  schema(): z.ZodType<Configured, Configured | string> {
    return z.custom<Configured | string>().transform((value: unknown, context): Configured => {
      const refuse = (
        message: string,
        path: readonly PropertyKey[] = [],
        input: unknown = value
      ): Configured => {
        context.addIssue({ code: 'custom', message, path: [...path], input });
        return z.NEVER;
      };
      if (typeof value === 'string') {
        try {
          return this.parse(value);
        } catch (error) {
          if (!(error instanceof z.ZodError)) return refuse(messageOf(error));
          for (const { message, path, input } of error.issues) refuse(message, path, input);
          return z.NEVER;
        }
      }
      if (!isConfigured(value))
        return refuse(`expected a ${this.noun}: ${this.kinds().join(', ')}`);
      const method = this.#methods.get(value.kind);
      if (method === undefined) return refuse(this.unknown(value.kind), ['kind']);
      const result = method.schema.safeParse(value, inWords);
      if (result.success && isConfigured(result.data)) return result.data;
      for (const issue of result.error?.issues ?? []) {
        // `addIssue` would say of a field that is missing that its value was the whole.
        const raw = { ...issue, path: [...issue.path], input: issue.input };
        context.issues.push(raw as (typeof context.issues)[number]);
      }
      return z.NEVER;
    });
  }
}

function isConfigured(value: unknown): value is Configured {
  return (
    typeof value === 'object' && value !== null && 'kind' in value && typeof value.kind === 'string'
  );
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
