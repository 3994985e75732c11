import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Row } from '../../core/record.ts';
import {
  CorruptResults,
  prepareRun,
  readRun,
  removeAbandoned,
  rowText
} from '../../experiments/harness/results.ts';
import { smallConfig, smallRows, storeSmallRun } from './stored-run.ts';
import { inTemporaryFolder } from './temporary.ts';

const test = suite('results');

test('a stored run is read as it was written', () =>
  inTemporaryFolder(folder => {
    storeSmallRun(folder, 'abc');
    const run = readRun(folder, 'abc');
    assert.equal(run?.config, smallConfig());
    assert.equal(run?.rows, smallRows);
    assert.is(run?.manifest.rows, smallRows.length);
  }));

test('a run appears whole or not at all', () =>
  inTemporaryFolder(folder => {
    prepareRun(folder, 'abc');
    assert.is(readRun(folder, 'abc'), null);
    storeSmallRun(folder, 'abc');
    assert.equal(fs.readdirSync(folder), ['abc']);
    assert.equal(fs.readdirSync(path.join(folder, 'abc')).sort(), [
      'config.json',
      'manifest.json',
      'rows.jsonl'
    ]);
  }));

test('a run that is stored again replaces the one before', () =>
  inTemporaryFolder(folder => {
    storeSmallRun(folder, 'abc');
    storeSmallRun(folder, 'abc', { rows: smallRows.slice(1) });
    assert.is(readRun(folder, 'abc')?.rows.length, 1);
  }));

test('the loss of a diverged run survives, though JSON has no NaN', () =>
  inTemporaryFolder(folder => {
    const rows = [{ ...smallRows[0], loss: Number.NaN } as Row, ...smallRows.slice(1)];
    storeSmallRun(folder, 'abc', { rows });
    const [first] = readRun(folder, 'abc')?.rows ?? [];
    assert.ok(first?.kind === 'evaluation' && Number.isNaN(first.loss));
    assert.match(rowText(rows[0] as Row), '"loss":"NaN"');
  }));

test('a killed process that nobody has waited for counts as gone', () =>
  inTemporaryFolder(async folder => {
    // The shell becomes a program that waits for no child.
    const parent = spawn('sh', ['-c', 'true & echo $!; exec sleep 600'], {
      stdio: ['ignore', 'pipe', 'ignore']
    });
    try {
      const [line] = (await once(parent.stdout, 'data')) as [Buffer];
      const child = Number(line.toString());
      const stat = `/proc/${child}/stat`;
      while (fs.existsSync(stat) && !/\) Z/.test(fs.readFileSync(stat, 'utf8'))) await turn();
      fs.mkdirSync(path.join(folder, `.abc.${child}`));
      removeAbandoned(folder);
      assert.equal(fs.readdirSync(folder), []);
    } finally {
      parent.kill('SIGKILL');
    }
  }));

test('what a killed process left behind is removed, and what a live one builds is not', () =>
  inTemporaryFolder(folder => {
    const ended = spawnSync(process.execPath, ['-e', '0']).pid;
    fs.mkdirSync(path.join(folder, `.abc.${ended}`));
    prepareRun(folder, 'def');
    removeAbandoned(folder);
    assert.equal(fs.readdirSync(folder), [`.def.${process.pid}`]);
  }));

test('a missing run is null, and no folder at all is no run', () => {
  assert.is(readRun('no/such/folder', 'abc'), null);
  removeAbandoned('no/such/folder');
});

const damages: readonly (readonly [string, (run: string) => void, RegExp])[] = [
  [
    'rows cut short in a line',
    run => damage(run, 'rows.jsonl', text => text.slice(0, -10)),
    /abc\/rows\.jsonl: 1 rows where the manifest says 2/
  ],
  [
    'a line that is no JSON',
    run => damage(run, 'rows.jsonl', text => text.replace('{', '<')),
    /abc\/rows\.jsonl: line 1 is not JSON \(cut short\?\)/
  ],
  [
    'a figure that was changed',
    run => damage(run, 'rows.jsonl', text => text.replace('0.25', '0.35')),
    /abc\/rows\.jsonl: changed since the run/
  ],
  [
    'a manifest that is empty',
    run => damage(run, 'manifest.json', () => ''),
    /abc\/manifest\.json: not JSON/
  ],
  [
    'a manifest with a field of the wrong type',
    run => damage(run, 'manifest.json', text => text.replace('"seed": 1', '"seed": "one"')),
    /abc\/manifest\.json: seed: /
  ],
  [
    'a configuration that is gone',
    run => fs.rmSync(path.join(run, 'config.json')),
    /abc\/config\.json: missing/
  ]
];

for (const [what, harm, expected] of damages) {
  test(`a corrupt folder is refused with the file and the remedy: ${what}`, () =>
    inTemporaryFolder(folder => {
      storeSmallRun(folder, 'abc');
      harm(path.join(folder, 'abc'));
      try {
        readRun(folder, 'abc');
      } catch (error) {
        assert.instance(error, CorruptResults);
        assert.match((error as Error).message, expected);
        assert.match((error as Error).message, /\nRun the experiment again, or delete .*abc\.$/);
        return;
      }
      throw new Error('the corrupt folder was read');
    }));
}

test.run();

function damage(run: string, name: string, change: (text: string) => string): void {
  const file = path.join(run, name);
  fs.writeFileSync(file, change(fs.readFileSync(file, 'utf8')));
}
