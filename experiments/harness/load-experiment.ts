/** Loads what `run FILE` names: an experiment file, or one resolved configuration as JSON. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ConfigError, type ConfigInput, resolve } from '../../core/config.ts';
import { loadPlugins, pluginsOf } from '../../exec/plugins.ts';
import { CompileError, compileModule } from '../../exec/user-module.ts';
import { isTree } from './config-path.ts';
import { type Experiment, experiment, isExperiment } from './experiment.ts';
import { shapeMisfits } from './experiment-shape.ts';
import { readJson } from './read-file.ts';
import { shown } from './shown-path.ts';
import { linesOf, messageOf, UsageError } from './usage-error.ts';

/** An experiment and the name that its results are kept under. */
export interface NamedExperiment {
  readonly name: string;
  readonly file: string;
  readonly experiment: Experiment;
}

const example =
  'export default experiment({ ... }) is right; experiments/staleness.ts is an example';

/** Throws `UsageError`: no such file, does not compile, throws while loading, exports nothing. */
export async function loadExperiment(file: string): Promise<NamedExperiment> {
  if (!fs.existsSync(file)) throw new UsageError(`${shown(file)}: no such file`);
  if (!fs.statSync(file).isFile()) throw new UsageError(`${shown(file)}: is not a file`);
  const { name, ext } = path.parse(file);
  if (ext === '.json') return { name, file, experiment: await configurationAlone(file) };
  if (!['.ts', '.mts', '.js', '.mjs'].includes(ext)) {
    throw new UsageError(
      `${shown(file)}: an experiment is a .ts file, a configuration a .json file`
    );
  }
  return { name, file, experiment: exported(file, await load(file)) };
}

async function load(file: string): Promise<object> {
  try {
    const { url } = await compileModule(path.resolve(file));
    process.setSourceMapsEnabled(true);
    return await import(url);
  } catch (error) {
    if (error instanceof CompileError) {
      throw new UsageError(`${shown(file)}: does not compile\n${error.message}`);
    }
    throw new UsageError(
      `${placeOf(error, file) ?? shown(file)}: throws while loading: ${messageOf(error)}`
    );
  }
}

function exported(file: string, module: object): Experiment {
  const value: unknown = 'default' in module ? module.default : undefined;
  if (isExperiment(value)) {
    const wrong = shapeMisfits(value);
    if (wrong.length > 0) throw new UsageError(linesOf(shown(file), wrong.join('\n')));
    return value;
  }
  const names = Object.keys(module);
  if (value !== undefined) {
    throw new UsageError(`${shown(file)}: its default export is no experiment; ${example}`);
  }
  const what =
    names.length === 0 ? 'exports nothing' : `exports ${names.join(', ')} and no default`;
  throw new UsageError(`${shown(file)}: ${what}; ${example}`);
}

// One configuration is an experiment with one cell and one seed.
async function configurationAlone(file: string): Promise<Experiment> {
  const value = readJson(file, shown(file));
  if (!isTree(value))
    throw new UsageError(`${shown(file)}: not a configuration, which is an object`);
  try {
    await loadPlugins(pluginsOf(value));
    const config = resolve(value);
    return experiment({
      question: `What does the configuration ${path.basename(file)} bring?`,
      base: config satisfies ConfigInput,
      seeds: [config.seed]
    });
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new UsageError(linesOf(shown(file), error.message));
  }
}

// Where it was thrown: the first line of the stack in the file itself, else in one that it imports.
function placeOf(error: unknown, file: string): string | null {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  const places = stack.split('\n').flatMap(line => {
    const [, place, row, column] = stackPlace.exec(line) ?? [];
    if (place === undefined || place.includes('/node_modules/')) return [];
    const name = place.startsWith('file:') ? fileURLToPath(place) : place;
    return [{ name, text: `${shown(name)}:${row}:${column}` }];
  });
  return (places.find(({ name }) => name === path.resolve(file)) ?? places[0])?.text ?? null;
}

const stackPlace = /((?:file:\/\/)?\/[^\s()]+\.[mc]?[tj]s):(\d+):(\d+)/;
