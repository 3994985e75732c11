import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { quadratic, timing } from '../../../core/config/problem.ts';
import { type Config, resolve } from '../../../core/config.ts';
import {
  ClusterSchema,
  clusterEnvironment,
  upgradedCluster
} from '../../../core/environment/cluster.ts';
import { createEnvironment } from '../../../core/environment/environment.ts';

const test = suite('cluster');

const file = {
  version: 2,
  kind: 'cluster',
  machine: { platform: 'linux x64', processor: 'some', cores: 2, memoryBytes: 1e9 },
  links: {
    all: { bandwidth: '47.8Mbps', latency: '10us', burst: '19kB' },
    servers: { bandwidth: '95Mbps', burst: '40kB' },
    hosts: { w1: { latency: '2ms' } }
  },
  cpu: { messageNanos: 40_000, byteNanos: 1.5 },
  codecs: { int8: { encode: 2, decode: 1 }, 'topk:0.01': { encode: 5, decode: 0.5 } },
  applyNanosPerElement: 0.7,
  cores: 2,
  hosts: 'separate',
  lateness: '20us',
  held: { nanos: 900_000, nanosPerElement: 6 },
  compute: { problem: 'quadratic', backend: null, law: { kind: 'measured', nanos: [[5e6, 6e6]] } }
};
const cluster = ClusterSchema.parse(file);

function run(some: Record<string, unknown>): Config {
  return resolve({
    workers: 2,
    servers: 1,
    problem: quadratic(),
    environment: { compute: 'constant:20ms', stragglers: 'permanent:1:4' },
    stopAt: { iterations: 3 },
    ...some
  });
}

test('network, prices and gradients are the cluster’s, what is of the experiment stays', () => {
  const environment = clusterEnvironment(cluster, run({ compressor: 'int8' }));
  assert.equal(environment.compute, { kind: 'measured', nanos: [[5e6, 6e6]] });
  assert.is(environment.stragglers.length, 1);
  assert.is(environment.lateness, '20us');
  assert.is(environment.flows.model, 'chunks');
  const { chunks } = environment.flows;
  assert.is(chunks.goodput, 1);
  assert.is(chunks.burst, '19kB');
  assert.equal(chunks.burstOf, { servers: '40kB' });
  const { costs } = environment;
  assert.equal([costs.encodeNanosPerElement, costs.decodeNanosPerElement], [2, 1]);
  assert.equal([costs.applyNanosPerElement, costs.messageNanos], [0.7, 40_000]);
  assert.is(costs.copyNanosPerByte, 0);
  assert.is(environment.hosts.cores, 'unlimited');
  const { network } = environment;
  assert.is(network.kind, 'star');
  if (network.kind !== 'star') return;
  assert.is(network.bandwidth, '47.8Mbps');
  assert.equal(network.servers, { up: '95Mbps', down: '95Mbps' });
  assert.equal(network.hosts, { w1: { latency: '2ms' } });
});

test('lateness is added to every computation, after stragglers and speeds', () => {
  const environment = clusterEnvironment(cluster, run({}));
  const { computeNanos } = createEnvironment(environment, 1, 2);
  assert.is(computeNanos(0, 0), 5e6 + 20_000);
  assert.is(createEnvironment({ ...environment, lateness: '0s' }, 1, 2).computeNanos(0, 0), 5e6);
});

test('a compressor is looked up by its short form, then by its kind, else it is free', () => {
  const encode = (compressor: string): number =>
    clusterEnvironment(cluster, run({ compressor })).costs.encodeNanosPerElement;
  assert.is(encode('topk:0.01'), 5);
  assert.is(encode('int8:stochastic'), 2);
  assert.is(encode('topk:0.1'), 0);
});

test('a run without values keeps its own compute times, and its work is free', () => {
  const config = run({ problem: timing({ parameters: 10 }) });
  const { compute, costs } = clusterEnvironment(cluster, config);
  assert.equal(compute, { kind: 'constant', time: '20ms' });
  assert.is(costs.applyNanosPerElement, 0);
});

test('processes that share a host share its cores, and copy what others would send', () => {
  const shared = ClusterSchema.parse({ ...file, hosts: 'one host' });
  const { network, costs, hosts } = clusterEnvironment(shared, run({ workers: 2 }));
  assert.is(hosts.cores, 2);
  assert.is(costs.copyNanosPerByte, 1.5);
  assert.is(network.kind, 'star');
  if (network.kind !== 'star') return;
  assert.is(network.placement, 'colocated');
  assert.is(network.workersPerHost, 2);
});

test('hosts of one machine share its cores with all that takes CPU time', () => {
  const machine = { ...file, hosts: 'one machine' };
  const held = clusterEnvironment(ClusterSchema.parse({ ...machine, compute: null }), run({}));
  assert.is(held.hosts.machine, 2);
  assert.equal(held.hosts.held, { nanos: 900_000, nanosPerElement: 6 });
  assert.is(held.costs.overlappedNanosPerByte, 1.5);
  assert.is(held.costs.copyNanosPerByte, 0);
  // Gradients that were measured are work of the cores; those without values are none.
  assert.is(clusterEnvironment(ClusterSchema.parse(machine), run({})).hosts.held, null);
  const timed = clusterEnvironment(
    ClusterSchema.parse(machine),
    run({ problem: timing({ parameters: 10 }) })
  );
  assert.equal(timed.hosts.held, { nanos: 900_000, nanosPerElement: 0 });
  const apart = clusterEnvironment(cluster, run({}));
  assert.is(apart.hosts.machine, null);
  assert.is(apart.costs.overlappedNanosPerByte, 0);
});

test('a network of the cluster takes the place of its links, of which bursts are left', () => {
  const links = { all: { burst: '19kB' }, servers: { burst: '40kB' } };
  const network = 'racks:2:4:1Gbps:50us';
  const { flows, ...environment } = clusterEnvironment(
    ClusterSchema.parse({ ...file, links, network }),
    run({})
  );
  assert.is(environment.network.kind, 'racks');
  assert.is(flows.model, 'chunks');
  assert.equal([flows.chunks.burst, flows.chunks.burstOf], ['19kB', { servers: '40kB' }]);
  const refused = (fields: object): string[] =>
    ClusterSchema.safeParse({ ...file, links, network, ...fields }).error!.issues.map(
      ({ path, message }) => `${path.join('.')}: ${message}`
    );
  const left = 'the network says it: leave it out; beside a network only burst counts here';
  assert.equal(refused({ links: file.links }), [
    `links.all.bandwidth: ${left}`,
    `links.all.latency: ${left}`,
    `links.servers.bandwidth: ${left}`,
    `links.hosts.w1.latency: ${left}`
  ]);
  assert.match(refused({ network: null })[0]!, /^links\.all\.bandwidth: is not there, and no/);
  assert.match(refused({ network: 'ideal' })[0]!, /^network: an ideal network is no cluster/);
  assert.match(refused({ hosts: 'one host' })[0]!, /^network: and hosts is "one host"/);
  const graph = {
    kind: 'graph',
    hosts: ['w0', 's0'],
    links: [
      { name: 'l', from: 'w0', to: 's0', bandwidth: '1Gbps', latency: '1ms', policy: 'fatpipe' }
    ]
  };
  assert.equal(
    refused({ network: graph }).map(text => text.replace(/:.*/, '')),
    ['links.servers.burst', 'network.links.0.policy']
  );
});

test('a file of version 1 is read as what it says', () => {
  const { hosts: _, held: __, ...old } = file;
  for (const [together, hosts] of [
    [true, 'one host'],
    [false, 'separate']
  ]) {
    const read = ClusterSchema.parse(upgradedCluster({ ...old, version: 1, together }));
    assert.is(read.hosts, hosts);
    assert.equal(read.held, { nanos: 0, nanosPerElement: 0 });
  }
  assert.is(ClusterSchema.parse(upgradedCluster({ ...old, version: 1 })).hosts, 'separate');
  assert.equal(upgradedCluster(file), file);
  assert.is(upgradedCluster('no cluster'), 'no cluster');
});

test('what only flows have is refused in chunks, with its place', () => {
  const refused = (links: object) => () =>
    run({
      environment: { network: 'star:1Gbps:50us', flows: { model: 'chunks' }, links: [links] }
    });
  const profile = { link: 'w0', bandwidth: [['1s', '1Mbps']] };
  assert.throws(refused(profile), /environment\.links\.0: a link that changes/);
  const pipe = { link: 'w0', policy: 'fatpipe' };
  assert.throws(refused(pipe), /environment\.links\.0\.policy: a fat pipe, and flows/);
});

test('a cluster is JSON that reads as itself, and one without gradients keeps those of the run', () => {
  assert.equal(ClusterSchema.parse(JSON.parse(JSON.stringify(cluster))), cluster);
  const without = ClusterSchema.parse({ ...file, compute: null });
  assert.equal(clusterEnvironment(without, run({})).compute, { kind: 'constant', time: '20ms' });
});

test.run();
