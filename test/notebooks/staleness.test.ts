import { execFile } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { executeNotebook, missingForNotebooks } from '../../notebooks/execute.ts';
import { inTemporaryFolder } from '../experiments/temporary.ts';
import { unless } from '../skip.ts';

const notebook = suite('the staleness notebook');
const whereExecutable = unless(notebook, missingForNotebooks());

const root = path.resolve(import.meta.dirname, '../..');
const file = path.join(root, 'notebooks/staleness.ipynb');

/** What every code cell shows, by its id: the MIME type that must be among its outputs. */
const expected: Readonly<Record<string, readonly string[]>> = {
  load: ['text/markdown'],
  timeline: ['image/svg+xml'],
  'time-shares': ['image/svg+xml', 'text/markdown'],
  histogram: ['image/svg+xml', 'text/markdown'],
  'against-gradients': ['image/svg+xml'],
  'against-time': ['image/svg+xml'],
  table: ['text/html', 'text/markdown'],
  expected: ['text/markdown']
};

/** The kernel is known to lose an output now and then. */
const attempts = 2;

notebook('is kept with the outputs of all its cells', () => {
  assert.equal(missingOutputs(readCells(file)), []);
});

notebook('is kept without errors, and without a path of the machine it was executed on', () => {
  const text = fs.readFileSync(file, 'utf8');
  const outputs = readCells(file).flatMap(cell => cell.outputs ?? []);
  assert.is(outputs.filter(({ output_type }) => output_type === 'error').length, 0);
  assert.not.match(text, /file:\/\/|\/(home|root|tmp|Users)\//);
});

whereExecutable('tells its story of any sweep, executed without a browser', async () => {
  await inTemporaryFolder(async folder => {
    const results = path.join(folder, 'results');
    await quickSweep(results);
    const output = path.join(folder, 'executed.ipynb');
    for (let attempt = 1; ; attempt++) {
      await executeNotebook(file, { output, environment: { SLACKLINE_RESULTS: results } });
      const missing = missingOutputs(readCells(output));
      if (missing.length === 0) break;
      if (attempt === attempts) assert.equal(missing, []);
    }
    const svgs = outputsOf(output, 'image/svg+xml');
    assert.ok(svgs.every(svg => svg.startsWith('<svg')));
    assert.is(outputsOf(output, 'application/vnd.vegalite.v6+json').length, svgs.length);
    assert.match(outputsOf(output, 'text/markdown').join('\n'), /12 runs in all/);
  });
});

whereExecutable('of a folder without results says what makes them', async () => {
  await inTemporaryFolder(async folder => {
    const environment = { SLACKLINE_RESULTS: path.join(folder, 'nowhere') };
    try {
      await executeNotebook(file, { output: path.join(folder, 'out.ipynb'), environment });
    } catch (error) {
      assert.match(String(error), /no results yet: `npm start` makes them/);
      return;
    }
    assert.unreachable('it was executed');
  });
});

interface Cell {
  readonly id: string;
  readonly cell_type: string;
  readonly outputs?: readonly {
    readonly output_type: string;
    readonly data?: Readonly<Record<string, unknown>>;
  }[];
}

function readCells(notebookFile: string): readonly Cell[] {
  return JSON.parse(fs.readFileSync(notebookFile, 'utf8')).cells;
}

// As `cell: MIME type`, each that should be there and is not.
function missingOutputs(cells: readonly Cell[]): string[] {
  const code = cells.filter(cell => cell.cell_type === 'code');
  assert.equal(
    code.map(({ id }) => id),
    Object.keys(expected)
  );
  return code.flatMap(({ id, outputs = [] }) => {
    const shown = outputs.flatMap(({ data = {} }) => Object.keys(data));
    return (expected[id] ?? []).flatMap(type => (shown.includes(type) ? [] : [`${id}: ${type}`]));
  });
}

function outputsOf(notebookFile: string, type: string): string[] {
  const bundles = readCells(notebookFile).flatMap(cell => cell.outputs ?? []);
  return bundles.flatMap(({ data = {} }) => {
    const value = data[type];
    if (value === undefined) return [];
    // Texts may be kept as a list of lines.
    return [Array.isArray(value) ? value.join('') : String(value)];
  });
}

// The same sweep on a problem that costs nothing: seconds, and every kind of row.
async function quickSweep(folder: string): Promise<void> {
  const quadratic = { kind: 'quadratic', dimension: 64, condition: 10, noise: 1, heterogeneity: 0 };
  const settings = [
    `problem=${JSON.stringify(quadratic)}`,
    'optimizer={"kind":"sgd","learningRate":0.2}',
    'stopAt={"loss":0.05,"gradients":1200}'
  ];
  await promisify(execFile)(process.execPath, [
    path.join(root, 'experiments/harness/slackline.js'),
    'run',
    path.join(root, 'experiments/staleness.ts'),
    ...['--out', folder],
    ...['--seeds', '2'],
    ...['--jobs', '1'],
    ...settings.flatMap(setting => ['--set', setting])
  ]);
}

notebook.run();
