/**
 * The same configuration gives the same run on every Node: the digests of short runs, by the command
 * that users have, against those that are kept. A change of a digest is a change of results.
 */
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compressors } from '../../../core/compression/registry.ts';
import { type Config, resolve } from '../../../core/config.ts';
import { consistencyModels } from '../../../core/consistency/registry.ts';
import { digestOf } from '../../../experiments/harness/digest-runs.ts';
import { DigestsDocumentSchema } from '../../../experiments/harness/documents.ts';
import { jsonText } from '../../../experiments/harness/results.ts';
import { nodeBinary, nodeVersions } from '../../nodes.ts';
import { unless } from '../../skip.ts';

const test = suite('golden digests');

const here = fileURLToPath(new URL('.', import.meta.url));
const cli = fileURLToPath(new URL('../../../dist/cli.js', import.meta.url));
const keptFile = path.join(here, 'digests.json');
const files = fs.readdirSync(path.join(here, 'cases')).sort();

const renew =
  'If results are meant to change, `UPDATE=1 npm test -- golden` keeps the new digests: ' +
  'say in the commit what changes them.';

/** The digests that a Node finds, by the name of the run. */
function digestsBy(node: string): Record<string, string> {
  const words = [cli, 'digest', '--json', ...files.map(file => path.join(here, 'cases', file))];
  const { runs } = DigestsDocumentSchema.parse(
    JSON.parse(execFileSync(node, words, { encoding: 'utf8' }))
  );
  return Object.fromEntries(runs.map(({ file, digest }) => [path.parse(file).name, digest]));
}

/** The configuration of a kept run. */
function configOf(file: string): Config {
  return resolve(JSON.parse(fs.readFileSync(path.join(here, 'cases', file), 'utf8')));
}

function checkDigests(node: string): void {
  const kept: Record<string, string> = JSON.parse(fs.readFileSync(keptFile, 'utf8'));
  assert.equal(digestsBy(node), kept, renew);
}

test('this Node finds the digests that are kept', () => {
  if (process.env['UPDATE'] === '1') {
    fs.writeFileSync(keptFile, jsonText(digestsBy(process.execPath)));
  }
  checkDigests(process.execPath);
});

for (const version of nodeVersions) {
  const binary = nodeBinary(version);
  const missing = binary === null ? '`npm run nodes` has not fetched it' : null;
  unless(test, missing)(`Node ${version} finds them too`, () => checkDigests(binary!));
}

test('a run that is checked is the same run', async () => {
  const kept: Record<string, string> = JSON.parse(fs.readFileSync(keptFile, 'utf8'));
  for (const file of files) {
    const { digest } = await digestOf(configOf(file), { check: true });
    assert.is(digest, kept[path.parse(file).name], file);
  }
});

test('the kept runs have every consistency model, compressor and optimizer in them', () => {
  const configs = files.map(configOf);
  const kinds = (of: (config: Config) => { readonly kind: string }): string[] => [
    ...new Set(configs.map(config => of(config).kind))
  ];
  const all = (found: string[], wanted: string[]): void =>
    assert.equal(found.sort(), wanted.sort(), 'a new one needs a run in test/sim/golden/cases');
  all(
    kinds(config => config.consistency),
    consistencyModels.kinds()
  );
  all(
    kinds(config => config.compressor),
    compressors.kinds()
  );
  const optimizers = kinds(config => config.optimizer);
  for (const kind of ['sgd', 'momentum', 'adam', 'adagrad']) assert.ok(optimizers.includes(kind));
});

test('a digest tells runs apart that differ a little in a value, or by one nanosecond', async () => {
  const config = configOf('bsp-quadratic-star.json');
  const { digest } = await digestOf(config);
  assert.is((await digestOf(config)).digest, digest);
  const { optimizer, environment } = config;
  const stronger = { ...config, optimizer: { ...optimizer, learningRate: 0.0500001 } };
  const later = {
    ...config,
    environment: { ...environment, network: 'star:100Mbps:200001ns' }
  };
  for (const other of [stronger, later]) {
    assert.is.not((await digestOf(resolve(other))).digest, digest);
  }
});

test.run();
