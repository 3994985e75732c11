import * as fs from 'node:fs';
import * as path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  canonicalJson,
  codeHash,
  type RunIdentity,
  runId
} from '../../experiments/harness/run-id.ts';
import { smallConfig } from './stored-run.ts';
import { inTemporaryFolder } from './temporary.ts';

const test = suite('run id');

const identity: RunIdentity = {
  config: smallConfig(),
  driver: 'sim',
  backend: null,
  code: 'c0de',
  repetition: 0
};

test('the same run has the same id, whatever the order of its fields', () => {
  const { config, ...rest } = identity;
  const turned = Object.fromEntries(Object.entries(config).reverse());
  assert.is(runId({ ...rest, config: { ...config, ...turned } }), runId(identity));
  assert.match(runId(identity), /^[0-9a-f]{16}$/);
});

test('the id is stable from version to version: results on a disk stay found', () => {
  assert.is(
    canonicalJson({ b: [2, { d: 1, c: null }], a: 'x' }),
    '{"a":"x","b":[2,{"c":null,"d":1}]}'
  );
});

test('whatever can change a result changes the id', () => {
  const others: RunIdentity[] = [
    { ...identity, config: smallConfig({ seed: 2 }) },
    { ...identity, config: smallConfig({ workers: 3 }) },
    { ...identity, driver: 'real' },
    { ...identity, backend: 'wasm 4.22.0, 1' },
    { ...identity, code: 'c0d3' },
    { ...identity, repetition: 1 }
  ];
  const ids = [identity, ...others].map(runId);
  assert.is(new Set(ids).size, ids.length);
});

test('the code of a driver is hashed by content, and only that which can change its results', () =>
  inTemporaryFolder(root => {
    for (const folder of ['core', 'sim', 'exec/learning', 'exec/backends', 'exec/transport']) {
      fs.mkdirSync(path.join(root, folder), { recursive: true });
      fs.writeFileSync(path.join(root, folder, 'a.ts'), `// ${folder}`);
    }
    const dependencies = { seedrandom: '3.0.5', vega: '6.4.0' };
    const write = (packages: object): void =>
      fs.writeFileSync(path.join(root, 'package.json'), JSON.stringify({ dependencies: packages }));
    write(dependencies);
    const [sim, real] = [codeHash('sim', root), codeHash('real', root)];

    write({ ...dependencies, vega: '6.5.0' });
    assert.is(codeHash('sim', root), sim);
    write({ ...dependencies, seedrandom: '3.0.6' });
    assert.is.not(codeHash('sim', root), sim);
    write(dependencies);

    fs.writeFileSync(path.join(root, 'exec/transport/a.ts'), '// changed');
    assert.is(codeHash('sim', root), sim);
    assert.is.not(codeHash('real', root), real);

    fs.writeFileSync(path.join(root, 'core/a.ts'), '// changed');
    assert.is.not(codeHash('sim', root), sim);
  }));

test.run();
