/** The plugins that stored results speak of: without them their configurations cannot be read. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { loadPlugins, pluginsOf } from '../../exec/plugins.ts';

/** Loads the plugins of every run in a results folder; whatever is damaged is named later. */
export async function loadStoredPlugins(folder: string): Promise<void> {
  if (!fs.existsSync(folder)) return;
  for (const name of fs.readdirSync(folder)) {
    const file = path.join(folder, name, 'config.json');
    if (fs.existsSync(file)) await loadPlugins(pluginsOf(parsed(fs.readFileSync(file, 'utf8'))));
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
