import * as fs from 'node:fs';
import * as path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseLinkTrace } from '../../experiments/harness/read-link-traces.ts';
import { UsageError } from '../../experiments/harness/usage-error.ts';
import { slacklineCommand } from './command.ts';
import { inTemporaryFolder } from './temporary.ts';

const test = suite('link traces');

test('a line is a time and a bandwidth, a latency or a state', () => {
  const text =
    '# a bad hour\n0s 1Gbps\n2.5s   10Mbps # worse\n\n3s 20ms\n4s down\n5s up\nevery 10s\n';
  assert.equal(parseLinkTrace(text, 'a'), {
    bandwidth: [
      ['0s', '1Gbps'],
      ['2.5s', '10Mbps']
    ],
    latency: [['3s', '20ms']],
    state: [
      ['4s', 'down'],
      ['5s', 'up']
    ],
    every: '10s'
  });
});

for (const [text, says] of [
  ['0s 1Gbps\n2s\n', /^a\.txt:2: "2s" is not a time and a value/],
  ['0 1Gbps\n', /^a\.txt:1: "0" is no time with its unit/],
  ['0s 1GBps\n', /^a\.txt:1: "1GBps" is no bandwidth/],
  ['# nothing\n', /^a\.txt: holds no changes/]
] as const) {
  test(`refused: ${says.source}`, () => {
    assert.throws(
      () => parseLinkTrace(text, 'a.txt'),
      (error: unknown) => error instanceof UsageError && says.test(error.message)
    );
  });
}

test('`run` reads a trace into the configuration, and names what is wrong with it', () =>
  inTemporaryFolder(async folder => {
    const links = [{ link: 'w0 up', file: 'bad-hour.txt' }];
    const config = {
      version: 1,
      workers: 2,
      servers: 1,
      problem: { kind: 'timing', tensors: [1000] },
      stopAt: { iterations: 2 },
      environment: { network: 'star:1Gbps:50us', links }
    };
    fs.writeFileSync(path.join(folder, 'a.json'), JSON.stringify(config));
    const missing = await slacklineCommand(folder, 'run', 'a.json');
    assert.is(missing.stderr, 'slackline: link trace bad-hour.txt: no such file\n');
    fs.writeFileSync(path.join(folder, 'bad-hour.txt'), '0s 1Gbps\n5ms 100Mbps\n2ms 1Gbps\n');
    const disordered = await slacklineCommand(folder, 'run', 'a.json');
    assert.is(disordered.code, 2);
    assert.match(disordered.stderr, /^slackline: link trace bad-hour\.txt: .*not in time order/);
    fs.writeFileSync(path.join(folder, 'bad-hour.txt'), '0s 1Gbps\n2ms 100Mbps\n');
    const dry = await slacklineCommand(folder, 'run', 'a.json', '--dry-run');
    assert.equal(JSON.parse(dry.stdout).environment.links[0].bandwidth, [
      ['0s', '1Gbps'],
      ['2ms', '100Mbps']
    ]);
    assert.is((await slacklineCommand(folder, 'run', 'a.json')).code, 0);
  }));

test.run();
