import * as fs from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DocumentSchema, documentsJsonSchema } from '../../experiments/harness/documents.ts';
import { figureNames } from '../../experiments/harness/figures.ts';
import { jsonText } from '../../experiments/harness/results.ts';
import { resultsDocument } from '../../experiments/harness/results-document.ts';
import { tabulate } from '../../experiments/harness/results-table.ts';
import type { RunResult } from '../../experiments/harness/run-result.ts';
import type { SweepRecord } from '../../experiments/harness/sweep-record.ts';
import { smallConfig, smallRows } from './stored-run.ts';

const test = suite('JSON documents');

const schemaFile = fileURLToPath(
  new URL('../../experiments/harness/documents.schema.json', import.meta.url)
);

const sweep = {
  command: 'npx slackline run a.ts',
  started: '2026-01-01T00:00:00.000Z',
  axes: [{ name: 'consistency', labels: ['bsp'] }],
  cells: [{ labels: { consistency: 'bsp' }, runs: [{ id: 'abc', seed: 1, repetition: 0 }] }],
  verdict: { agrees: true, sentence: 'it does' }
};

const record: SweepRecord = {
  version: 1,
  name: 'a',
  question: 'Does it?',
  expected: 'Yes.',
  sweeps: { sim: sweep, real: null }
};

const result: RunResult = {
  config: smallConfig(),
  rows: smallRows,
  manifest: { backend: null },
  cell: { labels: { consistency: 'bsp' } },
  driver: 'sim',
  seed: 1
};

test('the document holds every figure of the table, unrounded, and keeps to its schema', () => {
  const tables = [tabulate(sweep, [result], 'sim')];
  const document = resultsDocument({
    record,
    tables,
    folder: 'runs/a',
    report: 'runs/a/report.html',
    failures: [{ driver: 'sim', labels: { consistency: 'bsp' }, seed: 2, reason: 'it died' }]
  });
  DocumentSchema.parse(JSON.parse(JSON.stringify(document)));
  const [row] = document.results[0]?.rows ?? [];
  assert.equal(Object.keys(row?.figures ?? {}), figureNames);
  assert.is(row?.figures.finalLoss.median, 0.25);
  assert.is(row?.figures.secondsToTarget.median, null);
  assert.is(row?.figures.seconds.median, 2);
});

test('the schema that is kept beside the code is that of the code', () => {
  const schema = documentsJsonSchema();
  if (process.env['UPDATE'] === '1') fs.writeFileSync(schemaFile, jsonText(schema));
  const kept: unknown = JSON.parse(fs.readFileSync(schemaFile, 'utf8'));
  assert.equal(kept, schema, 'UPDATE=1 npm test -- documents writes it anew');
});

test.run();
