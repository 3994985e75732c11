/**
 * A TypeScript file that a user wrote, loaded while the program runs: an experiment, a model, a data
 * set, a plugin. esbuild compiles it, with the project files that it imports, into a cache by
 * content, since no Node from 20 to 22.5 runs TypeScript by itself.
 */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from './project-root.ts';

/** A file that does not compile; the message has the place, `file:line:column`, and the reason. */
export class CompileError extends Error {}

export interface CompiledModule {
  /** What to import. */
  readonly url: string;
  /** SHA-256 of the compiled code: of the file and of all project files that it imports. */
  readonly hash: string;
}

/** Inside node_modules, so that packages are found from there. */
const cacheFolder = path.join(projectRoot, 'node_modules', '.cache', 'slackline');

/** Compiles a file of any folder. Throws `CompileError`. */
export async function compileModule(file: string): Promise<CompiledModule> {
  const code = await bundle(path.resolve(projectRoot, file));
  const hash = createHash('sha256').update(code).digest('hex');
  const compiled = path.join(cacheFolder, `${hash}.mjs`);
  if (!fs.existsSync(compiled)) {
    fs.mkdirSync(cacheFolder, { recursive: true });
    // By a rename: several processes may compile the same file at once.
    fs.writeFileSync(`${compiled}.${process.pid}`, code);
    fs.renameSync(`${compiled}.${process.pid}`, compiled);
  }
  return { url: pathToFileURL(compiled).href, hash };
}

type Exports = Readonly<Record<string, unknown>>;

/** What this process has imported, by file: a sweep names the same modules run after run. */
const imported = new Map<string, Promise<Exports>>();

/**
 * Imports a module of the project, `path` from its root; once a process, whatever becomes of the
 * file meanwhile. Throws `CompileError`, or whatever the module throws while it loads.
 */
export function importUserModule(file: string): Promise<Exports> {
  const known = imported.get(file);
  if (known !== undefined) return known;
  const loading = compileModule(file).then(({ url }): Promise<Exports> => import(url));
  imported.set(file, loading);
  loading.catch(() => imported.delete(file));
  return loading;
}

async function bundle(file: string): Promise<Uint8Array> {
  const esbuild = await import('esbuild');
  try {
    const { outputFiles } = await esbuild.build({
      absWorkingDir: projectRoot,
      entryPoints: [file],
      bundle: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      packages: 'external',
      // So that what the file throws while loading is told with its place in the file.
      sourcemap: 'inline',
      sourcesContent: false,
      write: false,
      outdir: cacheFolder,
      logLevel: 'silent'
    });
    return outputFiles[0]?.contents ?? new Uint8Array();
  } catch (error) {
    throw new CompileError(compileMessage(error));
  }
}

// The first of esbuild's errors as `experiments/a.ts:3:7: Expected ";" but found "x"`.
function compileMessage(error: unknown): string {
  const [first] = isBuildFailure(error) ? error.errors : [];
  if (first === undefined) return error instanceof Error ? error.message : String(error);
  const { location, text } = first;
  return location === null
    ? text
    : `${location.file}:${location.line}:${location.column + 1}: ${text}`;
}

function isBuildFailure(error: unknown): error is { readonly errors: readonly BuildMessage[] } {
  return error instanceof Error && 'errors' in error && Array.isArray(error.errors);
}

interface BuildMessage {
  readonly text: string;
  readonly location: {
    readonly file: string;
    readonly line: number;
    readonly column: number;
  } | null;
}
