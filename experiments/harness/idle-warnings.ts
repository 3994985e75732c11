/** Warnings of parameters that have no effect in the cells of a plan. */
import type { Config } from '../../core/config.ts';
import type { Misfit } from '../../core/environment/environment.ts';
import { idleParameters } from '../../core/environment/idle.ts';
import { cellName, type Plan } from './cells.ts';

/**
 * `warning: path: message`, each once: with the cells that it is about unless it is about all. Seeds
 * do not differ in this. `find` looks for what a configuration is warned of.
 */
export function idleWarnings(
  plan: Plan,
  find: (config: Config) => readonly Misfit[] = idleParameters
): string[] {
  const cells = new Map<string, string[]>();
  for (const { labels, configs } of plan.cells) {
    const [config] = configs;
    if (config === undefined) continue;
    for (const { path, message } of find(config)) {
      const text = `warning: ${path.join('.')}: ${message}`;
      cells.set(text, [...(cells.get(text) ?? []), cellName(labels)]);
    }
  }
  return [...cells].map(([text, names]) => {
    if (names.length === plan.cells.length) return text;
    const [first = ''] = names;
    return `${text} (in ${names.length === 1 ? first : `${first} and ${names.length - 1} more cells`})`;
  });
}
