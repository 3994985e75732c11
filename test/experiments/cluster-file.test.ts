import * as fs from 'node:fs';
import * as path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ClusterSchema } from '../../core/environment/cluster.ts';
import { parseBandwidth, parseSize } from '../../core/units.ts';
import { measureCluster } from '../../experiments/harness/calibrate/calibrate.ts';
import { clusterText } from '../../experiments/harness/calibrate/cluster-text.ts';
import { fit } from '../../experiments/harness/calibrate/links.ts';
import { readCluster } from '../../experiments/harness/cluster-file.ts';
import { DocumentSchema } from '../../experiments/harness/documents.ts';
import { slacklineCommand } from './command.ts';
import { inTemporaryFolder } from './temporary.ts';

const test = suite('cluster files');

test('a link is the line through its exchanges', () => {
  // 100 us one way, or 150 after a pause, of which 120 are CPU time; 10 MB/s after a burst of 20 kB.
  const nanos = (bytes: number): number => 2 * (100_000 + (bytes - 20_000) * 100);
  const small = { bytes: 80, nanos: 200_000, cpuNanos: 80_000 };
  const cold = { bytes: 80, nanos: 300_000, cpuNanos: 120_000 };
  const large = [400_000, 600_000, 900_000].map(bytes => {
    return { bytes, nanos: nanos(bytes), cpuNanos: 80_000 + 3 * bytes };
  });
  const link = fit(small, cold, large);
  assert.ok(Math.abs(link.bytesPerSecond / 10e6 - 1) < 1e-9);
  assert.ok(Math.abs(link.burstBytes / 20_000 - 1) < 1e-9);
  assert.is(link.messageNanos, 60_000);
  assert.is(link.latencyNanos, 30_000);
  assert.is(link.byteNanos, 1.5);
});

test('what calibrate writes is a cluster file, and a simulation reads it', async () => {
  await inTemporaryFolder(async folder => {
    const file = path.join(folder, 'cluster.json');
    const cluster = await measureCluster(null, { seconds: 0.05, note: () => {} });
    fs.writeFileSync(file, JSON.stringify(cluster));
    assert.equal(readCluster(file), ClusterSchema.parse(cluster));
    DocumentSchema.parse(JSON.parse(JSON.stringify(cluster)));
    assert.is(cluster.hosts, 'one host');
    assert.ok(cluster.held.nanos > 0);
    assert.equal(Object.keys(cluster.codecs), ['int8', 'topk:0.01']);
    assert.ok(parseBandwidth(cluster.links.all.bandwidth!) > 1e6);
    assert.ok(parseSize(cluster.links.all.burst) >= 0);
    assert.ok(cluster.cpu.messageNanos > 0 && cluster.applyNanosPerElement > 0);
    assert.match(clusterText(cluster), /bandwidth of payload +[\d.]+ Mbit\/s/);
    fs.writeFileSync(path.join(folder, 'run.json'), JSON.stringify(configuration));
    const words = ['run', 'run.json', '--cluster', 'cluster.json', '--dry-run', '--json'];
    const { code, stdout, stderr } = await slacklineCommand(folder, ...words);
    assert.is(code, 0, stderr);
    const { environment } = JSON.parse(stdout).cells[0].configs[0];
    assert.is(environment.flows.model, 'chunks');
    assert.is(environment.network.bandwidth, cluster.links.all.bandwidth);
  });
});

const configuration = {
  workers: 2,
  servers: 1,
  problem: { kind: 'timing', tensors: [1000] },
  stopAt: { iterations: 3 }
};

test('a cluster file that is none is told with its place and the remedy', async () => {
  await inTemporaryFolder(folder => {
    const refusal = (text: string | null, pattern: RegExp): void => {
      const file = path.join(folder, 'c.json');
      if (text === null) fs.rmSync(file, { force: true });
      else fs.writeFileSync(file, text);
      assert.throws(() => readCluster(file), pattern);
    };
    refusal(null, /c\.json: no such file; `slackline calibrate --out FILE` writes one/);
    refusal('{', /c\.json: not JSON/);
    refusal('{"version": 3}', /c\.json: not a cluster file; `slackline calibrate/);
    refusal('{"kind": "cluster", "version": 3}', /c\.json: version: 2 is right, got 3\n/);
    const link = { bandwidth: '1', latency: '-1ms', burst: '1kB' };
    refusal(
      JSON.stringify({ version: 2, kind: 'cluster', links: { all: link } }),
      /links\.all\.bandwidth: "1" has no unit[\s\S]*links\.all\.latency: /
    );
  });
});

test('a real run takes no cluster file', async () => {
  await inTemporaryFolder(async folder => {
    fs.writeFileSync(path.join(folder, 'run.json'), JSON.stringify(configuration));
    const words = ['run', 'run.json', '--real', '--cluster', 'cluster.json'];
    const { code, stderr } = await slacklineCommand(folder, ...words);
    assert.is(code, 2);
    assert.match(stderr, /--cluster: a real run meets the cluster that it is on/);
  });
});

test.run();
