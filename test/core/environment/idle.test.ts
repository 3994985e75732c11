import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { resolve } from '../../../core/config.ts';
import { idleParameters } from '../../../core/environment/idle.ts';
import type { NetworkInput } from '../../../core/environment/network.ts';

const test = suite('parameters without an effect');

const base = {
  workers: 3,
  servers: 2,
  problem: { kind: 'timing', tensors: [10] },
  stopAt: { iterations: 1 }
};

function warnings(network: NetworkInput): string[] {
  const config = resolve({
    workers: 4,
    servers: 2,
    problem: { kind: 'timing', tensors: [10] },
    stopAt: { iterations: 1 },
    environment: { network }
  });
  return idleParameters(config).map(({ path, message }) => `${path.join('.')}: ${message}`);
}

test('stages of a network that nothing goes over', () => {
  const one = 'all hosts are in one rack, so nothing leaves it';
  assert.equal(warnings('racks:6:4:10Gbps:1us'), [`environment.network.oversubscription: ${one}`]);
  assert.is(warnings('racks:6:4:10Gbps:1us:spread:2us').length, 2);
  assert.equal(warnings('racks:5:4:10Gbps:1us'), []);
  assert.is(warnings('two-level:6:2:10Gbps:40Gbps:1us').length, 2);
  assert.equal(warnings('fat-tree:4:10Gbps:1us'), []);
});

test('a loopback between nobody', () => {
  const loopback = { bandwidth: '10Gbps', latency: '1us' } as const;
  const star = { kind: 'star', bandwidth: '1Gbps', latency: '1ms', loopback } as const;
  assert.equal(warnings(star), [
    'environment.network.loopback: no two nodes share a host, so nothing goes over it'
  ]);
  assert.equal(warnings({ ...star, workersPerHost: 2 }), []);
  assert.equal(warnings({ ...star, placement: 'colocated' }), []);
});

test('a region where nobody is', () => {
  const two = ['1ms', '1ms'] as const;
  const rates = ['1Gbps', '1Gbps'] as const;
  const regions = {
    kind: 'wan',
    regions: ['eu', 'us'],
    latency: [[...two], [...two]],
    bandwidth: [[...rates], [...rates]],
    nodes: { eu: ['w0-w3', 's0-s1'] }
  } satisfies NetworkInput;
  assert.equal(warnings(regions), ['environment.network.regions.1: no node is in us']);
});

test('flows of an ideal network, or of another model; links of which nothing is said', () => {
  const paths = (environment: object): string[] =>
    idleParameters(resolve({ ...base, environment })).map(({ path }) => path.join('.'));
  const flows = { sharing: 'lv08', rateCap: '1Gbps', overhead: { bytes: '66B' }, slowStart: {} };
  const all = ['sharing', 'overhead', 'rateCap', 'slowStart'];
  const named = all.map(field => `environment.flows.${field}`);
  const network = 'star:10Gbps:50us';
  assert.equal(paths({ flows }), named);
  assert.equal(paths({ network, flows: { ...flows, model: 'chunks' } }), named);
  assert.equal(paths({ network, flows }), []);
  const chunks = { chunks: { burst: '20kB' } };
  assert.equal(paths({ network, flows: chunks }), ['environment.flows.chunks']);
  assert.equal(paths({ network, flows: { ...chunks, model: 'chunks' } }), []);
  assert.equal(paths({ flows: { model: 'chunks' } }), ['environment.flows.model']);
  assert.equal(paths({ network, links: [{ link: 'w0' }] }), ['environment.links.0']);
  assert.equal(paths({ network, links: [{ link: 'w0', duplex: 'half' }] }), []);
});

test('racks of stragglers that are not those of the network, or that it has not', () => {
  const said = (network: string, size: number | 'network', environment = {}): string[] => {
    const stragglers = [{ kind: 'rack', size, good: '9s', bad: '1s', slowdown: 5 }];
    const config = resolve({
      workers: 4,
      servers: 2,
      problem: { kind: 'timing', tensors: [10] },
      stopAt: { iterations: 1 },
      environment: { network, stragglers, ...environment }
    });
    return idleParameters(config).map(({ path, message }) => `${path.join('.')}: ${message}`);
  };
  const racks = 'racks:3:4:10Gbps:1us';
  assert.equal(said(racks, 2), []);
  assert.equal(said(racks, 'network'), []);
  assert.equal(said(racks, 4), [
    'environment.stragglers.0.size: these are not the racks of the network: "network" would be'
  ]);
  assert.equal(said('star:10Gbps:1us', 3), []);
  assert.throws(
    () => said('star:10Gbps:1us', 'network'),
    /^environment\.stragglers\.0\.size: the network, star, has no racks: so many workers are right: 4/
  );
});

const star = 'star:1Gbps:50us';
const source = { from: 'w0', to: 's0', arrivals: 'poisson:5ms', sizes: 'constant:1B' };
const gpu = 'pcie:16GB/s:10us';

for (const [environment, path, rest = {}] of [
  [{ stragglers: 'permanent:0:4' }, 'stragglers.0.workers'],
  [{ stragglers: { kind: 'permanent', workers: [], slowdown: 4 } }, 'stragglers.0.workers'],
  [{ network: 'two-level:3:1:1Gbps:4Gbps:1us:spread:destination' }, 'network.routing'],
  [
    {
      network: {
        kind: 'fat-tree',
        k: 16,
        bandwidth: '1Gbps',
        latency: '1us',
        routing: 'destination'
      }
    },
    'network.routing'
  ],
  [{ flows: { rateCap: '100Gbps' } }, 'flows.rateCap'],
  [{ network: 'star:1Gbps:50us', flows: { slowStart: { window: '12500B' } } }, 'flows.slowStart'],
  [{ network: 'star:1Gbps:1ms', flows: { slowStart: {}, rateCap: '50Mbps' } }, 'flows.slowStart'],
  [{ flows: { model: 'chunks', chunks: { burstOf: { w9: '1MB' } } } }, 'flows.chunks.burstOf.w9'],
  [{ links: [{ link: 'w0', duplex: 'half', every: '3s' }] }, 'links.0.every'],
  [{ links: [{ link: 'w0', policy: 'shared' }] }, 'links.0.policy'],
  [{ links: [{ link: 'w0', duplex: 'half', whenDown: 'cut' }] }, 'links.0.whenDown'],
  [{ links: [{ link: 'w0', state: [['1s', 'up']], whenDown: 'cut' }] }, 'links.0.whenDown'],
  [
    {
      links: [
        { link: 'w0', policy: 'fatpipe' },
        { link: 'w*', policy: 'shared' }
      ]
    },
    'links.0.policy'
  ],
  [
    {
      links: [
        { link: 'w0 up', latency: [['1s', '1ms']] },
        { link: 'w0', bandwidth: [['1s', '1Mbps']] },
        { link: '*', latency: [['1s', '2ms']] }
      ]
    },
    'links.0.latency'
  ],
  [{ traffic: [{ ...source, messages: 5, warmup: 5 }] }, 'traffic.0.warmup'],
  [{ traffic: [{ ...source, start: '5s' }] }, 'traffic.0.start', { stopAt: { seconds: 5 } }],
  [{ costs: { workers: { encodeNanosPerElement: 1 } } }, 'costs.workers.encodeNanosPerElement'],
  [
    { costs: { nodes: { s0: { decodeNanosPerElement: 1 } } } },
    'costs.nodes.s0.decodeNanosPerElement'
  ],
  [{ costs: { workers: { applyNanosPerElement: 1 } } }, 'costs.workers.applyNanosPerElement'],
  [
    { costs: { servers: { encodeNanosPerElement: 1 } } },
    'costs.servers.encodeNanosPerElement',
    { compressor: 'int8' }
  ],
  [{ costs: { nodes: { c: { messageNanos: 1 } } } }, 'costs.nodes.c.messageNanos'],
  [
    { hosts: { cores: 1, nodes: { w0: { cores: 8 } }, background: 'processes:1' } },
    'hosts.nodes.w0.cores'
  ],
  [{ hosts: { machine: 100 } }, 'hosts.machine'],
  [{ hosts: { held: { nanos: 1 } } }, 'hosts.held'],
  [{ compute: 'instant', hosts: { machine: 0.5, held: {} } }, 'hosts.held'],
  [{ costs: { overlappedNanosPerByte: 1 } }, 'costs.overlappedNanosPerByte'],
  [{ costs: { workers: { overlappedNanosPerByte: 1 } } }, 'costs.workers.overlappedNanosPerByte'],
  [{ hosts: { gpu: `${gpu}:4` } }, 'hosts.gpu.devices'],
  [{ hosts: { gpu, workers: { gpu: 'none' } } }, 'hosts.gpu'],
  [{ hosts: { cores: 0.5, servers: { cores: 0.5 } } }, 'hosts.servers.cores'],
  [{ hosts: { background: 'share:0' } }, 'hosts.background.0.share'],
  [{ hosts: { servers: { background: 'share:0.5' } } }, 'hosts.servers.background'],
  [{ hosts: { preemption: 'at:1h:1s' } }, 'hosts.preemption.0.at', { stopAt: { seconds: 5 } }],
  [{ faults: 'pause:w0:at=3h:for=1s' }, 'faults.0.at', { stopAt: { seconds: 5 } }],
  [{ faults: 'pause:w0:every=1s:from=1h:for=1ms' }, 'faults.0.from', { stopAt: { seconds: 5 } }],
  [{ faults: 'slow-node:w0:1:at=1s' }, 'faults.0.factor'],
  [{ faults: 'slow-link:w0:1:at=1s' }, 'faults.0.factor'],
  [{ faults: 'slow-node:s0:4:at=1s' }, 'faults.0.kind'],
  [{ faults: 'slow-node:w0:4:at=1s', compute: 'instant' }, 'faults.0.kind']
] as const satisfies readonly (readonly [object, string, object?])[]) {
  test(`without an effect: ${path} in ${JSON.stringify(environment)}`, () => {
    const config = resolve({ ...base, ...rest, environment: { network: star, ...environment } });
    assert.ok(
      idleParameters(config).some(one => one.path.join('.') === `environment.${path}`),
      JSON.stringify(idleParameters(config))
    );
  });
}

for (const [environment, rest = {}] of [
  [{ stragglers: 'permanent:1:4 + transient:0.1:2' }],
  [{ network: 'two-level:3:2:1Gbps:4Gbps:1us:spread:destination' }],
  [{ network: 'fat-tree:4:1Gbps:1us:spread:destination' }],
  [{ flows: { rateCap: '500Mbps' } }],
  [{ network: 'star:1Gbps:50us', flows: { slowStart: { window: '12499B' } } }],
  [{ flows: { rateCap: '2Gbps' }, links: [{ link: 'w0', bandwidth: [['1s', '9Gbps']] }] }],
  [{ flows: { model: 'chunks', chunks: { burstOf: { w0: '1MB', servers: '2MB' } } } }],
  [{ links: [{ link: 'w0', policy: 'fatpipe' }] }],
  [
    {
      links: [
        { link: 'w*', policy: 'fatpipe' },
        { link: 'w0', policy: 'shared' }
      ]
    }
  ],
  [{ traffic: [{ ...source, messages: 5, warmup: 4, start: '4s' }] }, { stopAt: { seconds: 5 } }],
  [
    { costs: { servers: { applyNanosPerElement: 1, decodeNanosPerElement: 1 } } },
    { compressor: 'int8' }
  ],
  [{ costs: { messageNanos: 1, workers: { service: 'constant:1us' } } }],
  [{ hosts: { gpu: 'none', workers: { gpu } } }],
  [{ hosts: { workers: { cores: 0.5 }, background: 'share:0.2' } }],
  [{ hosts: { background: 'processes:1', nodes: { w0: { cores: 1 } } } }],
  [{ hosts: { machine: 0.5, background: 'processes:1' } }],
  [{ hosts: { machine: 0.5, held: { nanos: 1 } }, costs: { overlappedNanosPerByte: 1 } }],
  [{ hosts: { machine: 100 }, costs: { overlappedNanosPerByte: 1 } }],
  [{ hosts: { cores: 100 }, costs: { servers: { overlappedNanosPerByte: 1 } } }],
  [{ hosts: { nodes: { c: { preemption: 'at:4s:1s' } } } }, { stopAt: { seconds: 5 } }],
  [{ faults: 'slow-node:s0:4:at=1s', costs: { messageNanos: 1 } }],
  [{ faults: 'slow-node:workers:4:at=1s + slow-link:w0:0.5:at=1s' }]
] as const satisfies readonly (readonly [object, object?])[]) {
  test(`with an effect: ${JSON.stringify(environment)}`, () => {
    const config = resolve({ ...base, ...rest, environment: { network: star, ...environment } });
    assert.equal(idleParameters(config), []);
  });
}

test.run();
