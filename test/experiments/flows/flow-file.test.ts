import * as fs from 'node:fs';
import * as path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DocumentSchema } from '../../../experiments/harness/documents.ts';
import { readFlowFile } from '../../../experiments/harness/flows/flow-file.ts';
import { Problems } from '../../../experiments/harness/flows/problems.ts';
import { runFlowCase } from '../../../sim/flow-case.ts';
import { MaxMin } from '../../../sim/max-min/max-min.ts';
import { slacklineCommand } from '../command.ts';
import { inTemporaryFolder } from '../temporary.ts';

const test = suite('flow files');

const link = { id: 'l', bw: 100, lat: 0.5, policy: 'SHARED' };
const route = { src: 'a', dst: 'b', links: ['l'] };
const flow = { id: 'f', src: 'a', dst: 'b', size: 100, start: 0 };
const base = { name: 'one', hosts: ['a', 'b'], links: [link], routes: [route], flows: [flow] };

/** Status and time of flow f in a case that differs from the base in these fields. */
function endOf(fields: object): readonly [string, number | null] {
  const problems = new Problems();
  const [only] = readFlowFile({ cases: [{ ...base, ...fields }] }, problems);
  assert.equal(problems.lines, []);
  const [end] = runFlowCase(only!, new MaxMin());
  return [end!.status, end!.seconds];
}

/** What is wrong with a case that differs from the base in these fields. */
function problemsOf(fields: object): string[] {
  const problems = new Problems();
  readFlowFile({ cases: [{ ...base, ...fields }] }, problems);
  return problems.lines;
}

const halved = [[1, 50]];
for (const [what, fields] of [
  ['a map of pairs', { profile: { l: halved } }],
  ['a field of the link', { links: [{ ...link, profile: halved }] }],
  ['points as objects', { profile: { l: [{ time: 1, value: 50 }] } }],
  ['a list that names the link', { profile: [{ link: 'l', points: halved }] }],
  ['a list of pairs of link and points', { profile: [['l', halved]] }],
  ['a list of single points', { profile: [{ link: 'l', t: 1, bw: 50 }] }],
  ['a list of triples', { profile: [['l', 1, 50]] }],
  ['one link, by name', { profile: { link: 'l', points: halved } }],
  ['a map from times', { profile: { l: { 0: 100, '1.0': 50 } } }],
  ['points under the name of the quantity', { profile: { l: { bw: halved } } }],
  ['one pair', { profile: { l: [1, 50] } }],
  ["SimGrid's text", { profile: { l: '# slower\n1.0 50\n' } }],
  ['a round', { profile: { l: { points: [[0, 100], ...halved], period: 10 } } }],
  ['text with a round', { profile: { l: '0 100\n1 50\nPERIODICITY 10\n' } }],
  ['text with a pause after the round', { profile: { l: '0 100\n1 50\nLOOPAFTER 9\n' } }],
  ['no repetition', { profile: { l: { points: halved, period: -1 } } }]
] as const) {
  test(`a profile is understood as ${what}`, () => {
    // 0.5 s of latency, half of the bytes in 0.5 s, the other half at half the speed.
    assert.equal(endOf(fields), ['done', 2]);
  });
}

test('a value alone counts from the beginning', () => {
  assert.equal(endOf({ profile: { l: 50 }, latprofile: { l: 1 } }), ['done', 3]);
  assert.equal(endOf({ state: { l: 'down' } }), ['failed', 0]);
});

test('rounds repeat a period after each other, or a pause after the last point', () => {
  const down = [
    [0, 1],
    [0.25, 0],
    [0.75, true]
  ];
  const later = { flows: [{ ...flow, start: 1.3 }] };
  assert.equal(endOf({ ...later, state: { l: { points: down, period: 1 } } }), ['failed', 1.3]);
  assert.equal(endOf({ ...later, state: { l: { points: down, period: 2 } } }), ['failed', 2.25]);
  assert.equal(endOf({ ...later, state: { l: { points: down, loopAfter: 1.25 } } })[1], 2.25);
});

test('links without a policy share; starts that are not given are 0', () => {
  const { policy: _, ...plain } = link;
  const { start: __, ...early } = flow;
  assert.equal(endOf({ links: [plain], flows: [early] }), ['done', 1.5]);
});

test('keys of the author are left alone', () => {
  assert.equal(endOf({ expected_is: 'by hand', result_lv08: {}, conformance: true })[1], 1.5);
});

for (const [what, fields, says] of [
  [
    'an unknown host',
    { flows: [{ ...flow, dst: 'c' }] },
    /^case "one": flows\[0\]\.dst: no host "c"/
  ],
  [
    'a route missing',
    { routes: [] },
    /^case "one": flows\[0\]: no route from "a" to "b" in routes$/
  ],
  [
    'a negative size',
    { flows: [{ ...flow, size: -1 }] },
    /^case "one": flows\[0\]\.size: bytes, 0 or more, got -1$/
  ],
  [
    'a size missing',
    { flows: [{ ...flow, size: undefined }] },
    /flows\[0\]\.size: missing: bytes, a number$/
  ],
  ['a negative start', { flows: [{ ...flow, start: -1 }] }, /flows\[0\]\.start: .* got -1$/],
  ['a flow twice', { flows: [flow, flow] }, /^case "one": flows\[1\]\.id: "f" is there twice$/],
  ['a host twice', { hosts: ['a', 'b', 'a'] }, /^case "one": hosts\[2\]: "a" is there twice$/],
  ['a link twice', { links: [link, link] }, /^case "one": links\[1\]\.id: "l" is there twice$/],
  ['a route twice', { routes: [route, route] }, /routes\[1\]: a second route from a to b$/],
  [
    'a link without capacity',
    { links: [{ ...link, bw: 0 }] },
    /links\[0\]\.bw: .* more than 0, got 0$/
  ],
  ['a negative latency', { links: [{ ...link, lat: -1 }] }, /links\[0\]\.lat: .* got -1$/],
  ['an unknown policy', { links: [{ ...link, policy: 'WIDE' }] }, /links\[0\]\.policy: .*FATPIPE/],
  [
    'an unknown link',
    { routes: [{ ...route, links: ['k'] }] },
    /^case "one": routes\[0\]\.links\[0\]: no link "k" in links \(did you mean "l"\?\)$/
  ],
  [
    'a link crossed twice',
    { routes: [{ ...route, links: ['l', 'l'] }] },
    /links\[1\]: crosses link "l" a/
  ],
  [
    'a split-duplex link without a direction',
    { links: [{ ...link, policy: 'SPLITDUPLEX' }] },
    /routes\[0\]\.links\[0\]: a split-duplex link has directions: "l:UP" or ":DOWN"$/
  ],
  [
    'a route to nowhere',
    { routes: [route, { ...route, dst: 'c' }] },
    /routes\[1\]\.dst: no host "c"/
  ],
  ['no hosts', { hosts: undefined }, /^case "one": hosts: missing: a list is right$/],
  ['a profile of no link', { profile: { k: [[1, 2]] } }, /^case "one": profile\.k: no link "k"/],
  ['a profile without points', { profile: { l: [] } }, /profile\.l: has no points$/],
  [
    'a profile not in time order',
    {
      profile: {
        l: [
          [2, 1],
          [1, 1]
        ]
      }
    },
    /^case "one": profile\.l\[1\]: is not in time order: 1 after 2$/
  ],
  ['a negative bandwidth', { profile: { l: [[0, -1]] } }, /profile\.l\[0\]: .* 0 or more, got -1$/],
  [
    'a state that is none',
    { state: { l: [[0, 2]] } },
    /state\.l\[0\]: .*1 \(up\) or 0 \(down\), got 2$/
  ],
  [
    'a round that ends too early',
    {
      profile: {
        l: {
          points: [
            [0, 1],
            [2, 3]
          ],
          period: 1
        }
      }
    },
    /profile\.l\.period: must not end before the last point, at 2 s$/
  ],
  [
    'a misspelt key',
    { profil: {} },
    /^case "one": profil: unknown key \(did you mean "profile"\?\)$/
  ]
] as const) {
  test(`${what} is an error that names case and field`, () => {
    const lines = problemsOf(fields);
    assert.ok(lines.length > 0);
    assert.match(lines[0]!, says);
  });
}

test('all that is wrong is told, case by case', () => {
  const problems = new Problems('a.json: ');
  const flows = [{ ...flow, src: 'c' }];
  readFlowFile(
    {
      cases: [
        { ...base, flows },
        { ...base, hosts: ['a', 'b', 'c'], flows }
      ]
    },
    problems
  );
  assert.equal(problems.lines, [
    'a.json: case "one": flows[0].src: no host "c" in hosts (did you mean "a"?)',
    'a.json: case "one": name: another case has that name',
    'a.json: case "one": flows[0]: no route from "c" to "b" in routes'
  ]);
});

test('the command prints one document; of a bad file, lines and exit code 2', () =>
  inTemporaryFolder(async folder => {
    fs.writeFileSync(path.join(folder, 'a.json'), JSON.stringify({ cases: [base] }));
    const { code, stdout, stderr } = await slacklineCommand(folder, 'flows', 'a.json');
    assert.equal([code, stderr], [0, '']);
    const document = DocumentSchema.parse(JSON.parse(stdout));
    const cases = [{ name: 'one', flows: { f: { status: 'done', t: 1.5 } } }];
    assert.equal(document, { version: 1, kind: 'flows', sharing: 'maxmin', cases });

    const bad = { cases: [{ ...base, flows: [{ ...flow, size: -1 }] }] };
    fs.writeFileSync(path.join(folder, 'b.json'), JSON.stringify(bad));
    const end = await slacklineCommand(folder, 'flows', 'b.json', '--json');
    assert.equal([end.code, end.stdout], [2, '']);
    assert.is(
      end.stderr,
      'slackline: b.json: case "one": flows[0].size: bytes, 0 or more, got -1\n'
    );
  }));

test.run();
