import * as fs from 'node:fs';
import * as path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readCluster } from '../../experiments/harness/cluster-file.ts';
import { flowsText } from '../../experiments/harness/flows/flows.ts';
import { readJson, readText } from '../../experiments/harness/read-file.ts';
import { readSweep } from '../../experiments/harness/sweep-record.ts';
import { writeTimeline } from '../../experiments/harness/timeline-file.ts';
import { UsageError } from '../../experiments/harness/usage-error.ts';
import { inTemporaryFolder } from './temporary.ts';

const test = suite('files that people name');

function refused(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof UsageError) return error.message;
    throw error;
  }
  return 'nothing is wrong';
}

test('what cannot be read is told of by its name', () =>
  inTemporaryFolder(async folder => {
    const [nothing, binary, half] = ['nothing', 'binary', 'half.json'].map(name =>
      path.join(folder, name)
    );
    fs.writeFileSync(binary!, Buffer.from([0x89, 0x50, 0, 0x0d]));
    fs.writeFileSync(half!, '{"version":');
    assert.is(
      refused(() => readText(nothing!, 'trace t', '; write it')),
      'trace t: no such file; write it'
    );
    assert.is(
      refused(() => readText(folder, 'trace t')),
      'trace t: is not a file'
    );
    assert.is(
      refused(() => readText(binary!, 'trace t')),
      'trace t: is no text'
    );
    assert.match(
      refused(() => readJson(half!, 'net n')),
      /^net n: not JSON: .*JSON/
    );
    assert.match(
      refused(() => readCluster(folder)),
      /: is not a file$/
    );
  }));

test('a file where a folder is right is told of', () =>
  inTemporaryFolder(folder => {
    const file = path.join(folder, 'a.ts');
    fs.writeFileSync(file, '');
    assert.match(
      refused(() => readSweep(file)),
      /a\.ts: is no folder$/
    );
    assert.match(
      refused(() => writeTimeline(file, null)),
      /a\.ts: is no folder; a run's is runs\/<name>\/<id>$/
    );
    assert.match(
      refused(() => readSweep(path.join(folder, 'b'))),
      /b: no such folder$/
    );
  }));

test('a byte order mark is no content', () =>
  inTemporaryFolder(async folder => {
    const file = path.join(folder, 'a.json');
    fs.writeFileSync(file, '\uFEFF{"a": 1}');
    assert.equal(readJson(file, 'a'), { a: 1 });
  }));

test('a flow may be named as what every object has', () =>
  inTemporaryFolder(async folder => {
    const file = path.join(folder, 'a.json');
    const links = '[{ "id": "l", "bw": 1e6, "lat": 0 }]';
    const routes = '[{ "src": "a", "dst": "b", "links": ["l"] }]';
    const flow = '{ "id": "__proto__", "src": "a", "dst": "b", "size": 2e6 }';
    fs.writeFileSync(
      file,
      `{ "hosts": ["a", "b"], "links": ${links}, "routes": ${routes}, "flows": [${flow}] }`
    );
    assert.match(flowsText(file, 'maxmin'), /"__proto__": \{\s+"status": "done",\s+"t": 2\s+\}/);
  }));

test.run();
