import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { resolve } from '../../../core/config.ts';
import { idleParameters } from '../../../core/environment/idle.ts';
import type { NetworkInput } from '../../../core/environment/network.ts';

const test = suite('parameters without an effect');

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
  const base = {
    workers: 2,
    servers: 1,
    problem: { kind: 'timing', tensors: [10] },
    stopAt: { iterations: 1 }
  };
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

test.run();
