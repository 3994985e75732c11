import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { resolve } from '../../../core/config.ts';
import { graph, type NetworkInput } from '../../../core/environment/network.ts';
import { unenforceable } from '../../../exec/launch/enforcement.ts';
import { cablesOf } from '../../../exec/transport/cables.ts';

const test = suite('what a real run can enforce of a network');

function configOf(network: NetworkInput) {
  return resolve({
    workers: 4,
    servers: 2,
    problem: { kind: 'timing', tensors: [10] },
    stopAt: { iterations: 1 },
    environment: { network }
  });
}

const refusal = (network: NetworkInput) => unenforceable(configOf(network));

test('hosts and ways are enforced where shared links have room for all', () => {
  for (const network of [
    'ideal',
    'star:1Gbps:1ms',
    'racks:4:1:1Gbps:1ms:own-rack',
    'racks:6:8:1Gbps:1ms',
    'two-level:2:2:1Gbps:1Gbps:1ms',
    'fat-tree:4:1Gbps:1ms'
  ]) {
    assert.is(refusal(network), null, network);
  }
});

test('links that would bind are refused, with their rate and that of the hosts', () => {
  assert.match(
    refusal('racks:4:4:1Gbps:1ms:own-rack') ?? '',
    /^environment\.network: rack0 up carries 1Gbps for hosts of 2Gbps in all/
  );
  assert.match(refusal('two-level:2:1:1Gbps:1Gbps:1ms') ?? '', /the way (up from|down to) leaf\d/);
  const wan = (bandwidth: '1Gbps' | '4Gbps') =>
    refusal({
      kind: 'wan',
      regions: ['eu', 'us'],
      latency: [
        ['1ms', '40ms'],
        ['40ms', '1ms']
      ],
      bandwidth: [
        ['1Gbps', bandwidth],
        [bandwidth, '1Gbps']
      ],
      nodes: { eu: ['w0-w3'], us: ['s0-s1'] }
    });
  assert.is(wan('4Gbps'), null);
  assert.match(wan('1Gbps') ?? '', /(eu to us|us to eu) carries 1Gbps for hosts of 2Gbps/);
});

test('a host with several cables is refused', () => {
  const network = graph({
    hosts: [{ name: 'a', nodes: ['w0-w3'] }, 's0', 's1'],
    links: ['s0', 's1'].map(to => {
      return { name: `to ${to}`, from: 'a', to, bandwidth: '1Gbps', latency: '1ms' };
    })
  });
  assert.match(refusal(network) ?? '', /^environment\.network: the host a has several cables/);
});

test('the latency of a way is that of all its links, a cable that of its host', () => {
  const config = configOf({
    kind: 'racks',
    hostsPerRack: 4,
    oversubscription: 1,
    bandwidth: '1Gbps',
    latency: '2ms',
    coreLatency: '5ms',
    placement: 'own-rack',
    hosts: { w1: { up: '8Mbps' } }
  });
  const { network } = config.environment;
  if (network.kind === 'ideal') throw new Error('expected links');
  const cables = cablesOf(network, ['c', 's0', 's1', 'w0', 'w1', 'w2', 'w3']);
  assert.is(cables.latencyNanos('w0', 's1'), 7e6);
  assert.is(cables.latencyNanos('w0', 'w1'), 2e6);
  assert.equal(
    cables.uplinks(cables.host('w1')).map(({ bytesPerSecond }) => bytesPerSecond),
    [1e6]
  );
});

test.run();
