/** Wrong files of every kind: one line that names the field, what would be right and what was got. */
import * as fs from 'node:fs';
import * as path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { ConfigError, resolve } from '../../core/config.ts';
import { consistencyModels } from '../../core/consistency/registry.ts';
import { readIterationTimes } from '../../core/environment/iteration-times.ts';
import { graph } from '../../core/environment/network.ts';
import { planCells } from '../../experiments/harness/cells.ts';
import { readCluster } from '../../experiments/harness/cluster-file.ts';
import { experiment } from '../../experiments/harness/experiment.ts';
import { shapeMisfits } from '../../experiments/harness/experiment-shape.ts';
import { readFlowFile } from '../../experiments/harness/flows/flow-file.ts';
import { Problems } from '../../experiments/harness/flows/problems.ts';
import { readNetworks } from '../../experiments/harness/read-networks.ts';
import { CorruptResults, readRun } from '../../experiments/harness/results.ts';
import { readRecord } from '../../experiments/harness/sweep-record.ts';
import { lineMisfit } from '../../experiments/harness/trace-line.ts';
import { messageOf } from '../../experiments/harness/usage-error.ts';
import { half } from './half-bound.ts';
import { storeSmallRun } from './stored-run.ts';
import { inTemporaryFolder } from './temporary.ts';

const test = suite('wrong files');

const cluster = {
  version: 2,
  kind: 'cluster',
  machine: { platform: 'linux', processor: 'one', cores: 2, memoryBytes: 1e9 },
  links: { all: { bandwidth: '1Gbps', latency: '50us', burst: '19kB' } },
  cpu: { messageNanos: 1000, byteNanos: 1 },
  codecs: {},
  applyNanosPerElement: 1,
  cores: 2,
  lateness: '20us',
  compute: null
};
const link = { id: 'l', bw: 100, lat: 0.5 };
const flow = { id: 'f', src: 'a', dst: 'b', size: 100 };
const flowCase = {
  name: 'one',
  hosts: ['a', 'b'],
  links: [link],
  routes: [{ src: 'a', dst: 'b', links: ['l'] }],
  flows: [flow]
};
const cable = { name: 'l', bandwidth: '1Gbps', latency: '1ms', duplex: 'half' };
const network = { hosts: ['w0', 's0', 'c'], links: [cable] };
const asked = { question: 'Is it?', seeds: 1, base: { workers: 2 } };
const line = { now: 0, input: { kind: 'timer', name: 'resend' }, effects: 'a' };

/** What refuses a value that was read from a file; the file is there under its name. */
type Refuse = (value: unknown, folder: string) => string;

const refusals = {
  cluster: (value, folder) =>
    thrown(() => readCluster(written(folder, 'c.json', value))).replace(/^.*c\.json: /, ''),
  flows: value => {
    const problems = new Problems();
    readFlowFile({ cases: [value] }, problems);
    return problems.lines.join('\n').replace('case "one": ', '');
  },
  network: (value, folder) => {
    const file = written(folder, 'net.json', value);
    const base = {
      workers: 1,
      servers: 1,
      problem: { kind: 'timing' as const, tensors: [1] },
      stopAt: { iterations: 1 },
      environment: { network: graph(file) }
    };
    const plan = planCells(experiment({ question: 'Is it?', seeds: 1, base }));
    return thrown(() => readNetworks(plan)).replace(/^network .*net\.json: /, '');
  },
  experiment: value => shapeMisfits(value as never).join('\n'),
  'line of a trace': value => lineMisfit(value) ?? '',
  'iteration times': value => thrown(() => readIterationTimes(String(value), 'csv')),
  manifest: (value, folder) => stored(folder, 'manifest.json', value),
  'stored configuration': (value, folder) => stored(folder, 'config.json', value),
  'record of a sweep': (value, folder) => {
    written(folder, 'sweep.json', value);
    return problemOf(() => readRecord(folder));
  },
  plugin: value =>
    thrown(
      () =>
        resolve({
          problem: { kind: 'timing', tensors: [1] },
          stopAt: { iterations: 1 },
          consistency: value
        }),
      ConfigError
    )
} as const satisfies Readonly<Record<string, Refuse>>;

const wrong: readonly (readonly [kind: keyof typeof refusals, value: unknown, says: string])[] = [
  ['cluster', [], 'not a cluster file; `slackline calibrate --out FILE` writes one'],
  ['cluster', { ...cluster, version: 3 }, 'version: 2 is right, got 3'],
  ['cluster', { ...cluster, cores: 0 }, 'cores: at least 1 is right, got 0'],
  ['cluster', { ...cluster, linkz: {} }, 'linkz: unknown key (did you mean "links"?)'],
  [
    'cluster',
    { ...cluster, cpu: { messageNanos: 1, byteNano: 1, byteNanos: 1 } },
    'cpu.byteNano: unknown key (did you mean "byteNanos"?)'
  ],
  [
    'cluster',
    { ...cluster, cpu: { messageNanos: 1 } },
    'cpu.byteNanos: missing: a number is right'
  ],
  [
    'cluster',
    { ...cluster, links: { ...cluster.links, hosts: { x1: {} } } },
    'links.hosts.x1: a host has the name of its first node: "w3", "s0", "c"'
  ],
  [
    'cluster',
    { ...cluster, prices: { currency: 'DOUBLOONS', workerHour: 1, serverHour: 1 } },
    'prices.currency: at most 8 characters are right, got "DOUBLOONS"'
  ],
  ['flows', { ...flowCase, hosts: [] }, 'hosts: at least 1 item is right, got an empty list'],
  [
    'flows',
    { ...flowCase, links: [{ ...link, id: true }] },
    'links[0].id: a name or a number is right, got true'
  ],
  [
    'flows',
    { ...flowCase, flows: [{ ...flow, src: undefined }] },
    'flows[0].src: missing: a name or a number is right'
  ],
  ['flows', { ...flowCase, flows: [null] }, 'flows[0]: an object is right, got null'],
  [
    'flows',
    { ...flowCase, links: [{ ...link, policy: 'WIDE' }] },
    'links[0].policy: one of "SHARED", "FATPIPE", "SPLITDUPLEX" is right, got "WIDE"'
  ],
  [
    'network',
    { ...network, links: [{ ...cable, duplex: 'both' }] },
    'links.0.duplex: one of "full", "half", "one-way" is right, got "both"'
  ],
  [
    'network',
    { ...network, links: [{ ...cable, duplx: 'half' }] },
    'links.0.duplx: unknown key (did you mean "duplex"?)'
  ],
  ['network', { ...network, links: 'l' }, 'links: a list is right, got "l"'],
  ['experiment', { ...asked, question: 3 }, 'question: a string is right, got 3'],
  ['experiment', { ...asked, seeds: [-1] }, 'seeds.0: at least 0 is right, got -1'],
  ['experiment', { ...asked, sweeps: {} }, 'sweeps: unknown key (did you mean "sweep"?)'],
  [
    'experiment',
    { ...asked, sweep: { workers: 3 } },
    'sweep.workers: a list of values, or labels with values, is right, got 3'
  ],
  [
    'experiment',
    { ...asked, variants: { size: { small: 3 } } },
    'variants.size.small: expected fields of a configuration: { workers: 4 }, got 3'
  ],
  ['experiment', { ...asked, plots: 'timeline' }, 'plots: a list is right, got "timeline"'],
  ['line of a trace', 3, 'an object is right, got 3'],
  ['line of a trace', { ...line, effects: 0 }, 'effects: a string is right, got 0'],
  [
    'line of a trace',
    { ...line, input: { kind: 'tick' } },
    'input.kind: an input of a node is right: { "kind": "timer", "name": "heartbeat" }, got "tick"'
  ],
  ['iteration times', 'iteration,ms\n1,3\n', 'line 2: the first iteration is 1, and 0 is right'],
  ['manifest', { version: 9 }, 'version: 1 is right, got 9'],
  ['manifest', { rows: 'x' }, 'rows: a number is right, got "x"'],
  ['manifest', { extra: 1 }, 'extra: unknown key'],
  ['stored configuration', { workers: 0 }, 'workers: at least 1 is right, got 0'],
  ['record of a sweep', 3, 'an object is right, got 3'],
  ['record of a sweep', [], 'an object is right, got an empty list'],
  ['plugin', 'half:1', 'consistency.of: at least 2 is right, got 1'],
  ['plugin', { kind: 'half', of: '4' }, 'consistency.of: a number is right, got "4"']
];

for (const [kind, value, says] of wrong) {
  test(`${kind} ${JSON.stringify(value)}`, () =>
    inTemporaryFolder(async folder => {
      consistencyModels.add(half as never);
      assert.is(refusals[kind](value, folder), says);
    }));
}

test('a schema that somebody parses by himself speaks alike', () => {
  const schema = z.strictObject({
    bound: z.int().min(2),
    of: z.union([z.string(), z.number()]),
    name: z.string().regex(/^x/)
  });
  const text = thrown(() => schema.parse({ bound: 1, of: true, name: 'y', more: 1 }));
  assert.equal(text.split('\n'), [
    'bound: at least 2 is right, got 1',
    'of: a string or a number is right, got true',
    'name: text that matches /^x/ is right, got "y"',
    'unknown key "more"'
  ]);
});

test.run();

function written(folder: string, name: string, value: unknown): string {
  const file = path.join(folder, name);
  fs.writeFileSync(file, JSON.stringify(value));
  return file;
}

// A file of a stored run with other fields.
function stored(folder: string, name: string, fields: unknown): string {
  storeSmallRun(folder, 'abc');
  const file = path.join(folder, 'abc', name);
  const good: unknown = JSON.parse(fs.readFileSync(file, 'utf8'));
  fs.writeFileSync(file, JSON.stringify(Object.assign({}, good, fields)));
  return problemOf(() => readRun(folder, 'abc'));
}

// What is wrong with a file of results, without its name.
function problemOf(read: () => unknown): string {
  return thrown(read, CorruptResults)
    .replace(/^.*\.json: /, '')
    .replace(/\nRun the .*/, '');
}

function thrown(
  act: () => unknown,
  kind: abstract new (...args: never[]) => unknown = Error
): string {
  try {
    act();
  } catch (error) {
    assert.instance(error, kind);
    return messageOf(error);
  }
  return 'nothing is wrong';
}
