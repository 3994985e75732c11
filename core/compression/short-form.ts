/** Short forms of compressors: what follows the colon, as words and `name=value` pairs. */
import { feedback, type MemoryConfig, noMemory } from './memory.ts';

/** The words of a short form, each used once; what is left over is an error. */
export class Words {
  readonly #usage: string;
  readonly #words: string[];

  /** `usage` is what to write, for errors: `topk:<ratio>[:slice]...`. */
  constructor(argument: string | null, usage: string) {
    this.#usage = usage;
    this.#words = argument === null ? [] : argument.split(':');
  }

  /** The first word that is a number, or null. */
  number(): number | null {
    const index = this.#words.findIndex(word => /^-?\d+(\.\d*)?(e-?\d+)?$|^-?\.\d+$/.test(word));
    return index < 0 ? null : Number(this.#words.splice(index, 1)[0]);
  }

  /** Whether this word is there. */
  flag(word: string): boolean {
    const index = this.#words.indexOf(word);
    if (index >= 0) this.#words.splice(index, 1);
    return index >= 0;
  }

  /** What is said of a name (`decay=0.9`), or null. */
  value(name: string): string | null {
    const index = this.#words.findIndex(word => word.startsWith(`${name}=`));
    if (index < 0) return null;
    return this.#words.splice(index, 1)[0]!.slice(name.length + 1);
  }

  /** Throws if words are left that nobody asked for. */
  end(): void {
    if (this.#words.length > 0) throw this.error(`"${this.#words.join(':')}" says nothing here`);
  }

  error(what: string): Error {
    return new Error(`${what}; write ${this.#usage}`);
  }
}

/** The words that every compressor with a memory takes. */
export const memoryUsage = '[:feedback|:no-feedback][:decay=<factor>][:on-drop=discard|return]';

/** The memory that the words ask for; `usual` where they don't. */
export function parseMemory(words: Words, usual: MemoryConfig): MemoryConfig {
  const off = words.flag('no-feedback');
  const on = words.flag('feedback');
  const decay = words.value('decay');
  const onDrop = words.value('on-drop');
  if (off && (on || decay !== null || onDrop !== null)) {
    throw words.error('no-feedback leaves nothing to say of feedback');
  }
  if (off) return noMemory;
  if (!on && decay === null && onDrop === null) return usual;
  if (onDrop !== null && onDrop !== 'discard' && onDrop !== 'return') {
    throw words.error(`on-drop is "${onDrop}"`);
  }
  return feedback({
    ...(decay === null ? {} : { decay: Number(decay) }),
    ...(onDrop === null ? {} : { onDrop })
  });
}

/** The words for a memory that is not the usual one, each with its colon. */
export function formatMemory(memory: MemoryConfig, usual: MemoryConfig): string {
  if (memory.kind === 'none') return usual.kind === 'none' ? '' : ':no-feedback';
  const words = usual.kind === 'none' ? ':feedback' : '';
  const decay = memory.decay === 1 ? '' : `:decay=${memory.decay}`;
  return words + decay + (memory.onDrop === 'return' ? '' : `:on-drop=${memory.onDrop}`);
}
