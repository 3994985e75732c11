/** Sweeps as a whole, by the command: resumed, killed, in parallel, with runs that fail. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DocumentSchema } from '../../experiments/harness/documents.ts';
import { ResultsDocumentSchema } from '../../experiments/harness/results-document.ts';
import { slacklineCommand, start } from './command.ts';
import { inTemporaryFolder } from './temporary.ts';

const test = suite('sweep');
const root = fileURLToPath(new URL('../..', import.meta.url));

test('a sweep that was killed does only the missing runs when it is started again', () =>
  inTemporaryFolder(async folder => {
    write(folder, { seeds: 12, gradients: 2000 });
    const { child, end } = start(folder, ['run', 'a.ts', '--jobs', '2', '--check']);
    child.stderr?.on('data', data => {
      if (/^3 of 12/m.test(String(data))) child.kill('SIGKILL');
    });
    assert.is((await end).signal, 'SIGKILL');
    const before = finished(folder);
    assert.ok(before.length >= 3 && before.length < 12, `${before.length} runs were finished`);
    const times = before.map(id => modified(folder, id));

    const again = await slacklineCommand(folder, 'run', 'a.ts', '--jobs', '2');
    const found = Number(/(\d+) of 12 runs are there already/.exec(again.stderr)?.[1]);
    // A job process may have ended its run after the command was killed.
    assert.ok(found >= before.length && found < 12, again.stderr);
    assert.match(again.stderr, new RegExp(`^1 of ${12 - found} runs`, 'm'));
    assert.is(again.code, 0);
    assert.is(finished(folder).length, 12);
    assert.equal(
      before.map(id => modified(folder, id)),
      times
    );
    assert.equal(
      fs.readdirSync(path.join(folder, 'runs/a')).filter(name => name.startsWith('.')),
      []
    );
  }));

test('Ctrl-C ends a sweep with a word, and what was finished stays', () =>
  inTemporaryFolder(async folder => {
    write(folder, { seeds: 12, gradients: 2000 });
    const { child, end } = start(folder, ['run', 'a.ts', '--check']);
    child.stderr?.on('data', data => {
      if (/^2 of 12/m.test(String(data))) child.kill('SIGINT');
    });
    const { code, stderr } = await end;
    assert.is(code, 130);
    assert.match(stderr, /interrupted: finished runs are kept, the same command does the rest\n$/);
    assert.ok(finished(folder).length >= 2);
  }));

test('results do not depend on how many runs go at once', () =>
  inTemporaryFolder(async folder => {
    write(folder, { seeds: 4, gradients: 100 });
    await slacklineCommand(folder, 'run', 'a.ts', '--jobs', '1', '--out', 'one');
    await slacklineCommand(folder, 'run', 'a.ts', '--jobs', '3', '--out', 'three');
    const rows = (out: string): string[] =>
      ids(path.join(folder, out)).map(id =>
        fs.readFileSync(path.join(folder, out, id, 'rows.jsonl'), 'utf8')
      );
    assert.equal(ids(path.join(folder, 'one')), ids(path.join(folder, 'three')));
    assert.equal(rows('one'), rows('three'));
  }));

test('a sweep that is there already runs nothing, and says the same', () =>
  inTemporaryFolder(async folder => {
    write(folder, { seeds: 2, gradients: 100 });
    const first = await slacklineCommand(folder, 'run', 'a.ts');
    const second = await slacklineCommand(folder, 'run', 'a.ts');
    assert.match(second.stderr, /^2 of 2 runs are there already\n$/);
    assert.is(second.stdout, first.stdout);
  }));

test('a process that dies fails its run with a word, and the sweep goes on', () =>
  inTemporaryFolder(async folder => {
    write(folder, {
      seeds: 3,
      gradients: 20,
      problem: "custom({ module: 'test/experiments/dying-problem.ts' })"
    });
    const { code, stderr } = await slacklineCommand(folder, 'run', 'a.ts', '--jobs', '1');
    assert.is(code, 1);
    assert.match(stderr, /^seed 2: failed: the process that ran it died \(signal SIGKILL\)$/m);
    assert.is(finished(folder).length, 2);
  }));

test('a run that diverges is marked with its iteration, and the sweep goes on', () =>
  inTemporaryFolder(async folder => {
    write(folder, { seeds: 1, gradients: 2000, sweep: "'optimizer.learningRate': [0.1, 50]" });
    const { code, stdout, stderr } = await slacklineCommand(folder, 'run', 'a.ts');
    assert.is(code, 0);
    assert.match(stdout, /^50 .* seed 1 diverged in iteration \d+$/m);
    assert.match(
      stderr,
      /learningRate=50, seed 1: diverged at \w+ in iteration \d+: .*learning rate/
    );
    assert.is(finished(folder).length, 2);
  }));

test('--json prints one document and nothing else on standard output', () =>
  inTemporaryFolder(async folder => {
    write(folder, { seeds: 2, gradients: 50 });
    const run = await slacklineCommand(folder, 'run', 'a.ts', '--json');
    const document = ResultsDocumentSchema.parse(JSON.parse(run.stdout));
    assert.is(document.results[0]?.rows[0]?.done, 2);
    const report = await slacklineCommand(folder, 'report', 'runs/a', '--json');
    assert.equal(JSON.parse(report.stdout), document);
  }));

test('real runs stand beside the simulated ones of the same file', () =>
  inTemporaryFolder(async folder => {
    write(folder, { seeds: 1, gradients: 20 });
    const run = (...words: string[]) =>
      slacklineCommand(
        folder,
        'run',
        'a.ts',
        '--set',
        'environment.costs.messageNanos=9',
        ...words
      );
    const simulated = await run();
    assert.is(simulated.code, 0);
    assert.not.match(simulated.stderr, /warning/);
    const real = await run('--real', '--json');
    assert.is(real.code, 0, real.stderr);
    const { results } = ResultsDocumentSchema.parse(JSON.parse(real.stdout));
    assert.equal(
      results.map(({ driver, rows }) => [driver, rows[0]?.done]),
      [
        ['sim', 1],
        ['real', 1]
      ]
    );
    const again = await run('--real');
    assert.match(
      again.stderr,
      /^warning: the prices in environment\.costs are .*\n1 of 1 runs are there already\n$/
    );
    assert.match(again.stdout, /\nSimulated, one run a cell:\n.*\nReal, one run a cell:\n/s);
  }));

test('a dry run prints a configuration that runs as it is', () =>
  inTemporaryFolder(async folder => {
    write(folder, { seeds: 1, gradients: 50 });
    const dry = await slacklineCommand(folder, 'run', 'a.ts', '--dry-run');
    fs.writeFileSync(path.join(folder, 'b.json'), dry.stdout);
    assert.is((await slacklineCommand(folder, 'run', 'a.ts')).code, 0);
    assert.is((await slacklineCommand(folder, 'run', 'b.json')).code, 0);
    assert.equal(ids(path.join(folder, 'runs/b')), ids(path.join(folder, 'runs/a')));
  }));

test('a list and a dry run print documents too', () =>
  inTemporaryFolder(async folder => {
    write(folder, { seeds: 2, gradients: 50, sweep: 'workers: [1, 2]' });
    const list = await slacklineCommand(folder, 'list', '.', '--json');
    assert.equal(DocumentSchema.parse(JSON.parse(list.stdout)), {
      version: 1,
      kind: 'experiments',
      experiments: [{ file: 'a.ts', question: 'Is it fast?', axes: ['workers'], runs: 4 }]
    });
    const dry = await slacklineCommand(folder, 'run', 'a.ts', '--dry-run', '--json');
    const document = DocumentSchema.parse(JSON.parse(dry.stdout));
    assert.ok(document.kind === 'dry-run' && document.cells[1]?.configs.length === 2);
  }));

test('a traced run replays with the same digests, and a trace cut short is refused', () =>
  inTemporaryFolder(async folder => {
    write(folder, { seeds: 1, gradients: 50 });
    await slacklineCommand(folder, 'run', 'a.ts', '--trace');
    const [id = ''] = finished(folder);
    const trace = path.join('runs/a', id, 'trace');
    const replayed = await slacklineCommand(folder, 'replay', trace);
    assert.match(replayed.stdout, /trace: all effects agree \(\d+ inputs of 4 nodes\)\n$/);
    assert.is(replayed.code, 0);
    const json = await slacklineCommand(folder, 'replay', trace, '--json');
    const document = DocumentSchema.parse(JSON.parse(json.stdout));
    assert.ok(document.kind === 'replay' && document.divergence === null);

    const file = path.join(folder, trace, 's0.jsonl');
    fs.truncateSync(file, fs.statSync(file).size - 5);
    const cut = await slacklineCommand(folder, 'replay', trace);
    assert.match(cut.stderr, /^slackline: .*s0\.jsonl is cut short/);
    assert.is(cut.code, 2);
  }));

test.run();

function write(
  folder: string,
  {
    seeds,
    gradients,
    problem = 'quadratic({ dimension: 4 })',
    sweep = ''
  }: { seeds: number; gradients: number; problem?: string; sweep?: string }
): void {
  fs.writeFileSync(
    path.join(folder, 'a.ts'),
    `import { experiment } from '${root}experiments/harness/experiment.ts';
     import { custom, quadratic } from '${root}core/config/problem.ts';
     export default experiment({
       question: 'Is it fast?', seeds: ${seeds}, sweep: { ${sweep} },
       base: {
         workers: 2, servers: 1, problem: ${problem},
         evaluation: { everyGradients: 10 }, stopAt: { gradients: ${gradients} }
       }
     });`
  );
}

function finished(folder: string): string[] {
  return ids(path.join(folder, 'runs/a'));
}

function ids(folder: string): string[] {
  return fs
    .readdirSync(folder)
    .filter(name => /^[0-9a-f]{16}$/.test(name))
    .sort();
}

function modified(folder: string, id: string): number {
  return fs.statSync(path.join(folder, 'runs/a', id, 'manifest.json')).mtimeMs;
}
