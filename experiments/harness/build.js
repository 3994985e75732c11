/**
 * Bundles the entry points to dist/, so that a child process starts in a tenth of a second on every
 * Node we support (none of 20 to 22.5 runs TypeScript by itself). Plain JavaScript: it is what runs
 * first after `npm ci`. Does nothing when no source has changed since the last time.
 */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const dist = path.join(root, 'dist');
const stampFile = path.join(dist, 'stamp');

/** What is bundled, by its name in dist/. */
const entryPoints = {
  cli: 'experiments/harness/cli.ts',
  job: 'experiments/harness/job.ts',
  'node-process': 'exec/node-process.ts',
  'compute-worker': 'exec/compute-worker.ts'
};

/** Folders whose files are bundled. */
const sourceFolders = ['core', 'sim', 'exec', 'experiments'];

/** A chunk that no entry point imports any more is kept so long: a running command may want it. */
const staleChunkMillisMax = 24 * 3600 * 1000;

/** Bundles if a source is newer than dist/. Returns whether it did. Throws esbuild's errors. */
export async function buildIfStale() {
  const stamp = stampOfSources();
  if (fs.existsSync(stampFile) && fs.readFileSync(stampFile, 'utf8') === stamp) return false;
  const esbuild = await import('esbuild');
  const { outputFiles } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: Object.entries(entryPoints)
      .filter(([, file]) => fs.existsSync(path.join(root, file)))
      .map(([name, file]) => ({ in: file, out: name })),
    outdir: dist,
    chunkNames: 'chunk-[hash]',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    sourcemap: true,
    write: false,
    logLevel: 'silent'
  });
  fs.mkdirSync(dist, { recursive: true });
  for (const file of outputFiles) writeAtomically(file.path, file.contents);
  removeStale(new Set(outputFiles.map(file => path.basename(file.path))));
  // Last: a build that is killed before this line is done again.
  writeAtomically(stampFile, stamp);
  return true;
}

/** Names, times and sizes of all sources as one hash: some milliseconds for hundreds of files. */
function stampOfSources() {
  const hash = createHash('sha256');
  const add = file => {
    const { mtimeMs, size } = fs.statSync(path.join(root, file));
    hash.update(`${file} ${mtimeMs} ${size}\n`);
  };
  for (const folder of sourceFolders) {
    const names = fs.readdirSync(path.join(root, folder), { recursive: true });
    for (const name of names.sort()) {
      if (/\.(ts|js|json)$/.test(name)) add(path.join(folder, name));
    }
  }
  add('package.json');
  return hash.digest('hex');
}

// Two commands may build at once: each file is whole at every instant, and both write the same.
function writeAtomically(file, contents) {
  const temporary = `${file}.${process.pid}`;
  fs.writeFileSync(temporary, contents);
  fs.renameSync(temporary, file);
}

function removeStale(current) {
  for (const name of fs.readdirSync(dist)) {
    const file = path.join(dist, name);
    // Another command that builds at this moment renames files of its own.
    const age = Date.now() - (fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Infinity);
    if (current.has(name) || file === stampFile || age <= staleChunkMillisMax) continue;
    fs.rmSync(file, { force: true });
  }
}

if (
  process.argv[1] !== undefined &&
  fs.realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)
) {
  await buildIfStale();
}
