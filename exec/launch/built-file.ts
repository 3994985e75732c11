/** The compiled entry points that processes and threads start from: no Node 20 loads TypeScript. */
import { existsSync } from 'node:fs';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from '../project-root.ts';

/** Entry points of `exec`, by their names in dist/. */
export type EntryPoint = 'node-process' | 'compute-worker';

/** Whether this code is itself TypeScript, loaded by a test, and may be newer than dist/. */
const fromSources = import.meta.url.endsWith('.ts');

let built: Promise<void> | null = null;

/** Path of a compiled entry point, which is built first when this code runs from its sources. */
export async function builtFile(name: EntryPoint): Promise<string> {
  if (fromSources) built ??= build();
  await built;
  const file = path.join(projectRoot, 'dist', `${name}.js`);
  if (existsSync(file)) return file;
  throw new Error(`${file} is missing: npm run prepare makes it`);
}

// The script belongs to another floor, and is nothing that this code needs once it is built.
async function build(): Promise<void> {
  const script = pathToFileURL(path.join(projectRoot, 'experiments', 'harness', 'build.js')).href;
  const { buildIfStale }: { buildIfStale(): Promise<boolean> } = await import(script);
  await buildIfStale();
}
