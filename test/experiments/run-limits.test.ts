/** Runs that are checked, and runs that end at a limit, by the command. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type CommandEnd, slacklineCommand, start } from './command.ts';
import { inTemporaryFolder } from './temporary.ts';

const test = suite('checks and limits of runs');

const config = {
  workers: 3,
  servers: 2,
  problem: { kind: 'timing', tensors: [1000] },
  consistency: 'ssp:1',
  environment: { compute: 'exponential:5ms', network: 'star:100Mbps:1ms' },
  stopAt: { iterations: 20 }
};

function run(folder: string, ...words: readonly string[]): Promise<CommandEnd> {
  fs.writeFileSync(path.join(folder, 'a.json'), JSON.stringify(config));
  return slacklineCommand(folder, 'run', 'a.json', '--json', ...words);
}

function uncheckedRun(folder: string): Promise<CommandEnd> {
  fs.writeFileSync(path.join(folder, 'a.json'), JSON.stringify(config));
  return start(folder, ['run', 'a.json', '--json']).end;
}

function manifestOf(folder: string): { readonly checked?: boolean } {
  const runs = path.join(folder, 'runs', 'a');
  const [id = ''] = fs.readdirSync(runs).filter(name => /^[0-9a-f]{16}$/.test(name));
  return JSON.parse(fs.readFileSync(path.join(runs, id, 'manifest.json'), 'utf8'));
}

test('--check does again what was not checked, and comes to the same', () =>
  inTemporaryFolder(async folder => {
    const plain = await uncheckedRun(folder);
    assert.is(plain.code, 0, plain.stderr);
    assert.is(manifestOf(folder).checked, undefined);
    const checked = await run(folder, '--check');
    assert.is(checked.code, 0, checked.stderr);
    assert.is(manifestOf(folder).checked, true);
    const rowsOf = ({ stdout }: CommandEnd): unknown => JSON.parse(stdout).results[0].rows;
    assert.equal(rowsOf(checked), rowsOf(plain));
    assert.match((await run(folder, '--check')).stderr, /1 of 1 runs are there already/);
  }));

test('a run that reaches its limit of events says how far it came', () =>
  inTemporaryFolder(async folder => {
    const { code, stderr } = await run(folder, '--max-events', '100');
    assert.is(code, 1);
    const events =
      /the limit of 100 events \(--max-events\) is reached at 0\.\d+ s of virtual time/;
    assert.match(stderr, events);
    assert.match(stderr, /after 100 events, \d+ messages and \d+ ended iterations/);
  }));

test('so does one that takes more memory than it may', () =>
  inTemporaryFolder(async folder => {
    const { code, stderr } = await run(folder, '--max-memory', '20MiB');
    assert.is(code, 1);
    assert.match(stderr, /the limit of 20MiB of memory \(--max-memory\) is exceeded by the \d+MiB/);
  }));

for (const [what, words, says] of [
  ['no events', ['--max-events', '0'], /A whole number from 1 up is right/],
  ['memory without a unit', ['--max-memory', '2'], /A size with its unit is right: 2GiB/],
  ['checks of a real run', ['--real', '--check'], /^slackline: --check: of simulated runs only/]
] as const) {
  test(`${what} is refused`, () =>
    inTemporaryFolder(async folder => {
      const { code, stderr } = await run(folder, ...words);
      assert.is(code, 2);
      assert.match(stderr, says);
    }));
}

test.run();
