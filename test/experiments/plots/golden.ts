/** Specifications kept in the repository, against which what is drawn now is compared. */
import * as fs from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Digits behind the point that are compared: what lies beyond can't be seen. */
const decimals = 3;

const folder = fileURLToPath(new URL('./golden/', import.meta.url));

/**
 * Compares the value with the golden file of this name, its numbers rounded; null when they agree.
 * Else the new one is written beside it as `<name>-changed.snapshot`, to be looked at and to replace
 * it, and what to do is returned in words.
 */
export function goldenDifference(name: string, value: unknown): string | null {
  const file = `${folder}${name}.snapshot`;
  const changed = `${folder}${name}-changed.snapshot`;
  const text = `${JSON.stringify(value, rounded, 1)}\n`;
  const kept = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : null;
  if (kept === text) {
    fs.rmSync(changed, { force: true });
    return null;
  }
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(changed, text);
  return (
    `${name}: not the golden specification any more; look at ${name}-changed.snapshot in ` +
    `test/experiments/plots/golden and, if it is right, give it the name of the old one`
  );
}

function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toFixed(decimals)) : value;
}
