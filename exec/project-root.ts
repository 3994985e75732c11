/** Where the project is on this disk: paths in a configuration are relative to it. */
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';

/** The nearest folder above this code that has a package.json. */
export const projectRoot: string = nearestPackage(path.dirname(fileURLToPath(import.meta.url)));

// One folder up from this file, and one up from the bundle that it ends in.
function nearestPackage(start: string): string {
  for (let folder = start; ; folder = path.dirname(folder)) {
    if (existsSync(path.join(folder, 'package.json'))) return folder;
    if (folder === path.dirname(folder)) throw new Error(`no package.json above ${start}`);
  }
}
