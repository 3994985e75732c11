/** Warnings of parameters that have no effect in the cells of a plan. */
import { idleParameters } from '../../core/environment/idle.ts';
import { cellName, type Plan } from './cells.ts';

/**
 * `warning: path: message`, each once: with the cells that it is about unless it is about all. Seeds
 * do not differ in this.
 */
export function idleWarnings(plan: Plan): string[] {
  const cells = new Map<string, string[]>();
  for (const { labels, configs } of plan.cells) {
    const [config] = configs;
    if (config === undefined) continue;
    for (const { path, message } of idleParameters(config)) {
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
