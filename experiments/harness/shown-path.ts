/** Paths as a person should see them. */
import * as path from 'node:path';

/** From the folder that the command was started in, or whole where that would lead out of it. */
export function shown(file: string): string {
  const absolute = path.resolve(file);
  const relative = path.relative(process.cwd(), absolute);
  return relative.startsWith('..') ? absolute : relative === '' ? '.' : relative;
}
