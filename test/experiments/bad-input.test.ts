/** Each kind of bad input: one clear message with the place and the remedy, and exit code 2. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { slacklineCommand } from './command.ts';
import { storeSmallRun } from './stored-run.ts';
import { inTemporaryFolder } from './temporary.ts';

const test = suite('bad input');

const root = fileURLToPath(new URL('../..', import.meta.url));

/** An experiment file with these fields; `imports` of core modules stand above it. */
function experimentFile(fields: string, imports = ''): string {
  return `
    import { experiment } from '${root}experiments/harness/experiment.ts';
    import { quadratic } from '${root}core/config/problem.ts';
    import { ssp } from '${root}core/consistency/ssp.ts';
    import { topK } from '${root}core/compression/topk.ts';
    ${imports}
    export default experiment({
      question: 'Is it fast?', seeds: 1,
      base: {
        workers: 2, servers: 1, problem: quadratic({ dimension: 4 }), stopAt: { gradients: 8 },
        ${fields}
      }
    });`;
}

interface Case {
  readonly what: string;
  /** Files of the folder, by name. */
  readonly files?: Readonly<Record<string, string>>;
  readonly words: readonly string[];
  readonly code?: number;
  readonly says: RegExp;
}

const dryRun = ['run', 'a.ts', '--dry-run'];

const cases: readonly Case[] = [
  {
    what: 'an unknown option suggests the nearest',
    words: ['run', 'a.ts', '--sead', '3'],
    says: /^error: unknown option '--sead'\n\(Did you mean .*--seeds/
  },
  {
    what: 'an unknown command suggests the nearest',
    words: ['rum', 'a.ts'],
    says: /^error: unknown command 'rum'\n\(Did you mean run\?\)/
  },
  {
    what: 'no file',
    words: ['run'],
    says: /^error: missing required argument 'file'/
  },
  {
    what: 'a count that is none',
    words: ['run', 'a.ts', '--seeds', '0'],
    says: /'--seeds <n>' argument '0' is invalid\. A whole number from 1 up is right\./
  },
  {
    what: 'a backend that is none suggests the nearest',
    words: ['run', 'a.ts', '--backend', 'wams'],
    says: /argument 'wams' is invalid\. Did you mean "wasm"\? There are .*wasm, cpu\./
  },
  {
    what: 'a --set without a value',
    words: ['run', 'a.ts', '--set', 'workers'],
    says: /A name, "=" and a value are right: --set environment\.network\.latency=1ms/
  },
  {
    what: 'a file that is not there',
    words: ['run', 'nothing.ts'],
    says: /^slackline: nothing\.ts: no such file\n$/
  },
  {
    what: 'a file that does not compile, with the place',
    files: { 'a.ts': 'export default experiment({ question: \n' },
    words: ['run', 'a.ts'],
    says: /^slackline: a\.ts: does not compile\n.*a\.ts:2:1: Unexpected end of file\n$/
  },
  {
    what: 'a file that throws while loading, with the place',
    files: {
      'a.ts': '// A comment.\nconst a: { b?: { c: number } } = {};\nexport default a.b!.c;\n'
    },
    words: ['run', 'a.ts'],
    says: /^slackline: a\.ts:3:\d+: throws while loading: Cannot read properties of undefined/
  },
  {
    what: 'a file that exports nothing',
    files: { 'a.ts': 'const a = 1;\n' },
    words: ['run', 'a.ts'],
    says: /^slackline: a\.ts: exports nothing; export default experiment\(\{ \.\.\. \}\) is right/
  },
  {
    what: 'a file that exports something else',
    files: { 'a.ts': 'export default { workers: 8 };\n' },
    words: ['run', 'a.ts'],
    says: /^slackline: a\.ts: its default export is no experiment; export default experiment/
  },
  {
    what: 'a value out of range in the file',
    files: { 'a.ts': experimentFile('consistency: ssp(-1)') },
    words: dryRun,
    says: /^slackline: consistency\.bound: at least 0 is right, got -1\n$/
  },
  {
    what: 'a short form out of range',
    files: { 'a.ts': experimentFile("consistency: 'ssp:-1'") },
    words: dryRun,
    says: /^slackline: consistency\.bound: at least 0 is right/
  },
  {
    what: 'no workers',
    files: { 'a.ts': experimentFile('') },
    words: [...dryRun, '--set', 'workers=0'],
    says: /^slackline: workers: at least 1 is right, got 0\n/
  },
  {
    what: 'a value of the wrong type',
    files: { 'a.ts': experimentFile('') },
    words: [...dryRun, '--set', 'workers=four'],
    says: /^slackline: workers: a number is right, got "four"\n$/
  },
  {
    what: 'a misspelt key suggests the nearest',
    files: { 'a.ts': experimentFile('') },
    words: [...dryRun, '--set', 'environment.netwrok=ideal'],
    says: /^slackline: environment\.netwrok: unknown key \(did you mean "network"\?\)\n$/
  },
  {
    what: 'a misspelt method suggests the nearest',
    files: { 'a.ts': experimentFile('') },
    words: [...dryRun, '--set', 'consistency=spp:4'],
    says: /^slackline: consistency: unknown .* "spp" \(did you mean "ssp"\?\); there are bsp, ssp, asp/
  },
  {
    what: 'a ratio of 2, refused by the builder with the place in the file',
    files: { 'a.ts': experimentFile('compressor: topK({ ratio: 2 })') },
    words: ['run', 'a.ts'],
    says: /^slackline: a\.ts:\d+:\d+: throws while loading: ratio: the ratio is .*: 1 at most, got 2\n$/
  },
  {
    what: 'a unit that is missing',
    files: { 'a.ts': experimentFile('') },
    words: [
      ...dryRun,
      '--set',
      'environment.network={"kind":"star","bandwidth":"10","latency":"1ms"}'
    ],
    says: /^slackline: environment\.network\.bandwidth: "10" has no unit; .* with its unit: "10Gbps"/
  },
  {
    what: 'a unit that is wrong',
    files: { 'a.ts': experimentFile('') },
    words: [...dryRun, '--set', 'environment.network=star:10Gbps:50mm'],
    says: /^slackline: environment\.network\.latency: "mm" is no unit of a duration/
  },
  {
    what: 'a network file that is not there',
    files: { 'a.ts': experimentFile('') },
    words: [...dryRun, '--set', 'environment.network=graph:net.json'],
    says: /^slackline: network net\.json: no such file\n$/
  },
  {
    what: 'a network file whose hosts cannot reach each other, with file and path',
    files: {
      'a.ts': experimentFile('workers: 1, servers: 1'),
      'net.json': '{ "hosts": ["w0", "s0"], "links": [] }'
    },
    words: [...dryRun, '--set', 'environment.network=graph:net.json'],
    says: /^slackline: network net\.json: links: there is no way from s0 to w0\n/
  },
  {
    what: 'a fat-tree that is too small',
    files: { 'a.ts': experimentFile('workers: 20') },
    words: [...dryRun, '--set', 'environment.network=fat-tree:4:10Gbps:1ms'],
    says: /^slackline: environment\.network\.k: .* needs 11: k = 6 is right\n$/
  },
  {
    what: 'a link that a real run cannot enforce',
    files: { 'a.ts': experimentFile('workers: 2, servers: 2') },
    words: ['run', 'a.ts', '--real', '--set', 'environment.network=racks:2:4:1Gbps:1ms:own-rack'],
    says: /^slackline: environment\.network: rack0 up carries 500Mbps for hosts of 2Gbps in all, and/
  },
  {
    what: 'more servers than keys',
    files: { 'a.ts': experimentFile('') },
    words: ['run', 'a.ts', '--set', 'servers=5'],
    says: /5 servers|servers.*keys/
  },
  {
    what: 'a configuration alone that is no JSON',
    files: { 'a.json': '{ workers: 8 }' },
    words: ['run', 'a.json'],
    says: /^slackline: a\.json: not JSON: /
  },
  {
    what: 'a folder without results',
    words: ['report', 'runs/nothing'],
    says: /^slackline: runs\/nothing: no such folder\n$/
  },
  {
    what: 'a folder that holds something else',
    files: { 'a.ts': '' },
    words: ['report', '.'],
    says: /^slackline: \.: holds no results \(no sweep\.json\); the folder of one experiment is right/
  },
  {
    what: 'a file of a network that has no hosts',
    files: { 'a.ts': experimentFile(''), 'net.json': '{ "kind": "star", "hosts": [] }' },
    words: [...dryRun, '--set', 'environment.network=graph:net.json'],
    says: /^slackline: network net\.json: not a network, which is \{ "hosts": \[\.\.\.\], "links"/
  },
  {
    what: 'a folder in place of the trace of a link',
    files: { 'a.ts': experimentFile("environment: { network: 'star:1Gbps:1ms' }") },
    words: [...dryRun, '--set', 'environment.links=[{"link":"w0 up","file":"."}]'],
    says: /^slackline: link trace \.: is not a file\n$/
  },
  {
    what: 'a trace that is not there',
    words: ['replay', 'runs/a/trace'],
    says: /^slackline: runs\/a\/trace: no such folder\n$/
  },
  {
    what: 'a benchmark that is not there suggests the nearest',
    words: ['bench', 'event-queu'],
    says: /^slackline: there is no benchmark "event-queu" \(did you mean "event-queue"\?\)/
  }
];

for (const { what, files = {}, words, code = 2, says } of cases) {
  test(what, () =>
    inTemporaryFolder(async folder => {
      for (const [name, text] of Object.entries(files)) {
        fs.writeFileSync(path.join(folder, name), text);
      }
      const end = await slacklineCommand(folder, ...words);
      assert.match(end.stderr, says);
      assert.is(end.code, code);
      assert.is(end.stdout, '');
      assert.not.match(end.stderr, /^ +at /m, 'no stack');
    })
  );
}

test('a corrupt results folder is named by `report`, with the remedy', () =>
  inTemporaryFolder(async folder => {
    fs.writeFileSync(path.join(folder, 'a.ts'), experimentFile(''));
    assert.is((await slacklineCommand(folder, 'run', 'a.ts')).code, 0);
    const [id = ''] = fs
      .readdirSync(path.join(folder, 'runs/a'))
      .filter(name => /^\w{16}$/.test(name));
    fs.writeFileSync(path.join(folder, 'runs/a', id, 'rows.jsonl'), '{"kind":"evalu');
    const end = await slacklineCommand(folder, 'report', 'runs/a');
    assert.is(
      end.stderr,
      `slackline: runs/a/${id}/rows.jsonl: 0 rows where the manifest says ${rowsOf(folder, id)}\n` +
        `Run the experiment again, or delete runs/a/${id}.\n`
    );
    assert.is(end.code, 2);

    const again = await slacklineCommand(folder, 'run', 'a.ts');
    assert.match(again.stderr, /rows\.jsonl: 0 rows .*: this run is done again/);
    assert.is(again.code, 0);
  }));

test('results of another experiment in the folder are left alone', () =>
  inTemporaryFolder(async folder => {
    storeSmallRun(path.join(folder, 'runs/a'), 'abc');
    fs.writeFileSync(path.join(folder, 'a.ts'), experimentFile(''));
    assert.is((await slacklineCommand(folder, 'run', 'a.ts')).code, 0);
    assert.ok(fs.existsSync(path.join(folder, 'runs/a/abc/rows.jsonl')));
  }));

test.run();

function rowsOf(folder: string, id: string): number {
  const text = fs.readFileSync(path.join(folder, 'runs/a', id, 'manifest.json'), 'utf8');
  return JSON.parse(text).rows;
}
