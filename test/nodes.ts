/**
 * Other versions of Node, to see that results are the same there. They come as npm packages, of
 * fixed versions, into a folder outside the tree that git sees:
 *
 *   npm run nodes
 */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';

/** One of each line that is supported. */
export const nodeVersions = ['20.20.2', '22.23.3', '24.21.0'] as const;

const folder = fileURLToPath(new URL('../node_modules/.cache/slackline/nodes', import.meta.url));

/** The binary of a version, or null where it has not been fetched. */
export function nodeBinary(version: string): string | null {
  const file = path.join(folder, 'node_modules', `node-${version}`, 'bin', 'node');
  return fs.existsSync(file) ? file : null;
}

function fetchNodes(): void {
  fs.mkdirSync(folder, { recursive: true });
  const packages = nodeVersions.map(
    version => `node-${version}@npm:node-${process.platform}-${process.arch}@${version}`
  );
  // The folder of the command is within a package: npm is told that this is another one.
  const options = ['--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund'];
  execFileSync('npm', ['install', ...options, ...packages], { stdio: 'inherit' });
  for (const version of nodeVersions) {
    const binary = nodeBinary(version);
    if (binary === null) throw new Error(`Node ${version} is not where its package should have it`);
    const said = execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim();
    if (said !== `v${version}`) throw new Error(`${binary} says that it is ${said}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) fetchNodes();
