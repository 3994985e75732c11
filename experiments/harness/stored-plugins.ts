/** The plugins that stored results speak of: without them their configurations cannot be read. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { loadPlugins, pluginsOf } from '../../exec/plugins.ts';

/** Loads the plugins of every run in a results folder; whatever is damaged is named later. */
export async function loadStoredPlugins(folder: string): Promise<void> {
  if (!fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  // The runs of a sweep name the same few: each is compiled once.
  const modules = new Set<string>();
  for (const name of fs.readdirSync(folder)) {
    const file = path.join(folder, name, 'config.json');
    if (!fs.existsSync(file)) continue;
    for (const plugin of pluginsOf(parsed(fs.readFileSync(file, 'utf8')))) {
      modules.add(typeof plugin === 'string' ? plugin : plugin.module);
    }
  }
  await loadPlugins([...modules]);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
