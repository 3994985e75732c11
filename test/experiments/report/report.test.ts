import * as fs from 'node:fs';
import * as path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { plotsOf } from '../../../experiments/harness/plots/catalogue.ts';
import { commonConfig } from '../../../experiments/harness/report/common-config.ts';
import { escaped, scriptJson } from '../../../experiments/harness/report/html.ts';
import { reportPage } from '../../../experiments/harness/report/page.ts';
import { drawReport } from '../../../experiments/harness/report.ts';
import { tabulate } from '../../../experiments/harness/results-table.ts';
import { readSweep } from '../../../experiments/harness/sweep-record.ts';
import { messageOf, UsageError } from '../../../experiments/harness/usage-error.ts';
import { sampleRun } from '../plots/sample-runs.ts';
import { inTemporaryFolder } from '../temporary.ts';
import { sampleFolder } from './sample-folder.ts';

const report = suite('a report');

const hostile = '</script><img src=x onerror="alert(1)">&amp;';

// One cell is enough, and quickly drawn.
const runs = [1, 2].map(seed => sampleRun({ bound: 4, seed, workers: 2, gradientsMax: 128 }));

let folder = '';
let page = '';

report.before(async () => {
  folder = sampleFolder(runs);
  page = fs.readFileSync(await drawReport(folder), 'utf8');
});

report.after(() => fs.rmSync(folder, { recursive: true }));

report('is drawn from what is stored, twice the same', async () => {
  const file = await drawReport(folder);
  assert.is(file, path.join(folder, 'report.html'));
  assert.ok(page === fs.readFileSync(file, 'utf8'), 'equal results give equal bytes');
  const plots = fs.readdirSync(path.join(folder, 'plots'));
  for (const ending of ['.vl.json', '.svg', '.png', '.dark.svg', '.dark.png']) {
    assert.ok(plots.includes(`accuracy-against-time${ending}`), ending);
  }
});

report('names command, seeds, backend, versions and configuration', () => {
  assert.match(page, /slackline run experiments\/staleness\.ts/);
  assert.match(page, /<dt>Seeds<\/dt><dd>1, 2<\/dd>/);
  assert.match(page, /<dt>Backend<\/dt><dd>wasm on cpu<\/dd>/);
  assert.match(page, /<dt>Slackline<\/dt><dd>0\.1\.0, code 0123456789abcdef<\/dd>/);
  assert.match(page, /&quot;learningRate&quot;: 0\.1/);
});

report('loads nothing and runs one script only, whose hash its policy names', () => {
  const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
  assert.match(policy, /default-src 'none'; script-src 'sha256-[A-Za-z0-9+/=]{44}';/);
  assert.not.match(policy, /unsafe-eval|https?:/);
  const markup = page.replace(/<script>[\s\S]*<\/script>/, '');
  assert.not.match(markup, /<(link|iframe|img|object)\b|\bsrc=/);
});

report('lets no text of a file become markup', () => {
  const { record, results } = readSweep(folder);
  const labels = { [hostile]: hostile };
  const labelled = results.map(result => ({ ...result, cell: { labels } }));
  const sweep = {
    ...record.sweeps.sim!,
    command: hostile,
    axes: [{ name: hostile, labels: [hostile] }],
    cells: [{ labels, runs: [] }]
  };
  const other = { ...labelled[0]!, cell: { labels: { [hostile]: 'other' } } };
  const markup = reportPage({
    record: {
      ...record,
      name: hostile,
      question: hostile,
      expected: hostile,
      sweeps: { sim: sweep, real: null }
    },
    results: labelled,
    tables: [tabulate(sweep, labelled, 'sim')],
    plots: plotsOf([...labelled, other]),
    script: ''
  });
  assert.is(markup.split('<script').length, 3, 'its own two scripts and no other');
  assert.is(markup.split('</script').length, 3);
  assert.not.match(markup, /<img/);
  assert.is(escaped(hostile).includes('<'), false);
  assert.equal(JSON.parse(scriptJson({ hostile })), { hostile });
});

report('of a folder without results is one clear message', async () => {
  await inTemporaryFolder(async empty => {
    await refused(path.join(empty, 'nowhere'), /nowhere: no such folder/);
    await refused(empty, /holds no results \(no sweep\.json\)/);
    fs.writeFileSync(path.join(empty, 'sweep.json'), '{"version": 1');
    await refused(empty, /sweep\.json: .*JSON/);
  });
});

report('of a run whose rows are cut short names the file and the remedy', async () => {
  const broken = sampleFolder(runs);
  const file = path.join(runFolders(broken)[0] ?? '', 'rows.jsonl');
  const text = fs.readFileSync(file, 'utf8');
  fs.writeFileSync(file, text.slice(0, text.length / 2));
  await refused(broken, /rows\.jsonl: [^\n]+\n.*delete/i);
  fs.rmSync(broken, { recursive: true });
});

report('of a sweep none of whose runs has ended says so', async () => {
  const barren = sampleFolder(runs);
  for (const run of runFolders(barren)) fs.rmSync(run, { recursive: true });
  await refused(barren, /no finished run yet/);
  fs.rmSync(barren, { recursive: true });
});

report('shows configurations as one, with what varies between them', () => {
  const base = { workers: 8, problem: { kind: 'mlp', hidden: [128] }, stopAt: { loss: 1 } };
  const configs = [
    { ...base, consistency: { kind: 'ssp', bound: 1 } },
    { ...base, consistency: { kind: 'ssp', bound: 8 }, stopAt: { loss: 2 } }
  ];
  assert.equal(commonConfig(configs), {
    ...base,
    stopAt: { loss: 'varies: 1 | 2' },
    consistency: 'varies: {"kind":"ssp","bound":1} | {"kind":"ssp","bound":8}'
  });
  assert.equal(commonConfig([base]), base);
  const many = Array.from({ length: 20 }, (_, value) => ({ value }));
  assert.match(JSON.stringify(commonConfig(many)), /varies: 0 \| 1.* and 8 more/);
});

function runFolders(sweep: string): string[] {
  return fs
    .readdirSync(sweep)
    .filter(name => /^[0-9a-f]{16}$/.test(name))
    .map(name => path.join(sweep, name));
}

async function refused(dir: string, message: RegExp): Promise<void> {
  try {
    await drawReport(dir);
  } catch (error) {
    assert.instance(error, UsageError);
    assert.ok(message.test(messageOf(error)), `another message: ${messageOf(error)}`);
    return;
  }
  assert.unreachable('a report was drawn');
}

report.run();
