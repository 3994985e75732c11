/** The script of a report's page: Vega and what draws the plots, as one text, built once. */
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';
import { projectRoot } from '../../../exec/project-root.ts';

const entry = 'experiments/harness/report/browser.ts';
/** The sources that the script is made of, besides packages. */
const sources = [
  entry,
  'experiments/harness/plots/dress.ts',
  'experiments/harness/plots/palette.ts'
];
const packages = ['vega', 'vega-lite', 'vega-embed', 'esbuild'];

/**
 * The script, from `dist/` where these sources and versions have been bundled before (half a
 * second otherwise). It holds no `</script`, so it may stand in an element.
 */
export async function pageScript(): Promise<string> {
  const cached = path.join(projectRoot, 'dist', `report-${sourceHash()}.js`);
  if (fs.existsSync(cached)) return fs.readFileSync(cached, 'utf8');
  const esbuild = await import('esbuild');
  const { outputFiles } = await esbuild.build({
    absWorkingDir: projectRoot,
    entryPoints: [entry],
    bundle: true,
    minify: true,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    legalComments: 'none',
    charset: 'ascii',
    write: false,
    logLevel: 'silent'
  });
  const script = (outputFiles[0]?.text ?? '').replaceAll('</script', '<\\/script');
  fs.mkdirSync(path.dirname(cached), { recursive: true });
  const temporary = `${cached}.${process.pid}`;
  fs.writeFileSync(temporary, script);
  fs.renameSync(temporary, cached);
  return script;
}

function sourceHash(): string {
  const hash = createHash('sha256');
  for (const source of sources) hash.update(fs.readFileSync(path.join(projectRoot, source)));
  const require = createRequire(path.join(projectRoot, 'package.json'));
  for (const name of packages) hash.update(`${name} ${versionOf(name, require)}\n`);
  return hash.digest('hex').slice(0, 16);
}

// Not by `require(name/package.json)`, which a package's exports may hide.
function versionOf(name: string, require: NodeJS.Require): string {
  const folder = (require.resolve.paths(name) ?? [])
    .map(modules => path.join(modules, name))
    .find(candidate => fs.existsSync(candidate));
  if (folder === undefined) throw new Error(`the package ${name} is not installed`);
  const text = fs.readFileSync(path.join(folder, 'package.json'), 'utf8');
  return String(JSON.parse(text).version);
}
