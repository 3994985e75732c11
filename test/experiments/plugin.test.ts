import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ResultsDocumentSchema } from '../../experiments/harness/results-document.ts';
import { slacklineCommand } from './command.ts';
import { inTemporaryFolder } from './temporary.ts';

const test = suite('plugin');
const root = fileURLToPath(new URL('../..', import.meta.url));

const experiment = `
import { quadratic } from '${root}core/config/problem.ts';
import { experiment } from '${root}experiments/harness/experiment.ts';
export default experiment({
  question: 'Is half of four two?',
  base: {
    workers: 3,
    problem: quadratic({ dimension: 8 }),
    plugins: ['test/experiments/half-bound.ts'],
    environment: { compute: 'exponential:10ms' },
    stopAt: { iterations: 20 }
  },
  sweep: { consistency: ['ssp:2', 'half:4'] },
  seeds: 1
});`;

test('a consistency model in one file runs in both drivers, is reported and replayed', () =>
  inTemporaryFolder(async folder => {
    fs.writeFileSync(path.join(folder, 'a.ts'), experiment);
    const run = await slacklineCommand(folder, 'run', 'a.ts', '--json', '--trace');
    assert.is(run.code, 0, run.stderr);
    const [sim] = ResultsDocumentSchema.parse(JSON.parse(run.stdout)).results;
    const [bound, half] = sim?.rows ?? [];
    assert.equal(half?.figures, bound?.figures, 'half of four is two');

    const real = await slacklineCommand(
      folder,
      'run',
      'a.ts',
      '--real',
      '--only',
      'consistency=half:4'
    );
    assert.is(real.code, 0, real.stderr);
    assert.is((await slacklineCommand(folder, 'report', 'runs/a')).code, 0);
    const runs = fs.readdirSync(path.join(folder, 'runs/a'));
    const traced = runs.filter(id => fs.existsSync(path.join(folder, 'runs/a', id, 'trace')));
    for (const id of traced) {
      const replay = await slacklineCommand(folder, 'replay', path.join('runs/a', id));
      assert.is(replay.code, 0, replay.stderr);
    }
    assert.is(traced.length, 2);
  }));

test.run();
