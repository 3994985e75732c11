/** Warnings of the cells of a plan, of parameters that have no effect above all. */
import type { Config } from '../../core/config.ts';
import type { Misfit } from '../../core/environment/environment.ts';
import { idleParameters } from '../../core/environment/idle.ts';
import { cellName, type Plan } from './cells.ts';

/** Warnings of parameters that have no effect. */
export function idleWarnings(plan: Plan): string[] {
  return planWarnings(plan, config => idleParameters(config).map(misfitText));
}

/** `path: message`. */
function misfitText({ path, message }: Misfit): string {
  return `${path.join('.')}: ${message}`;
}

/**
 * `warning: text`, each once: with the cells that it is about unless it is about all. Seeds do not
 * differ in this.
 */
export function planWarnings(plan: Plan, find: (config: Config) => readonly string[]): string[] {
  const cells = new Map<string, string[]>();
  for (const { labels, configs } of plan.cells) {
    const [config] = configs;
    if (config === undefined) continue;
    for (const found of find(config)) {
      const text = `warning: ${found}`;
      cells.set(text, [...(cells.get(text) ?? []), cellName(labels)]);
    }
  }
  return [...cells].map(([text, names]) => {
    if (names.length === plan.cells.length) return text;
    const [first = ''] = names;
    return `${text} (in ${names.length === 1 ? first : `${first} and ${names.length - 1} more cells`})`;
  });
}
