import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ConfigError, resolve } from '../../../core/config.ts';

const test = suite('links and traffic that a run has not');

const source = { from: 'w0', to: 's0', arrivals: 'poisson:5ms', sizes: 'constant:1MB' };
const star = 'star:10Gbps:50us';

function resolved(environment: object) {
  const problem = { kind: 'timing', tensors: [4] };
  return resolve({ workers: 2, servers: 1, problem, stopAt: { iterations: 1 }, environment });
}

test('links and hosts of the network are found by name', () => {
  const links = [{ link: 'w* up' }, { link: 's0' }];
  resolved({ network: star, links, traffic: [source, { ...source, from: 'c', to: 'w1' }] });
  resolved({ network: 'racks:2:4:10Gbps:20us', links: [{ link: 'rack0' }] });
});

for (const [environment, says] of [
  [
    { network: star, links: [{ link: 'w2 up' }] },
    /^environment\.links\.0\.link: no link is named "w2 up"/
  ],
  [
    { network: star, traffic: [{ ...source, to: 's1' }] },
    /^environment\.traffic\.0\.to: no host is .*"s0"/
  ],
  [
    { network: star, links: [{ link: 'w0 up', duplex: 'half' }] },
    /^environment\.links\.0\.duplex: w0 has one direction here/
  ],
  [
    {
      network: star,
      links: [
        { link: 'w*', duplex: 'half' },
        { link: 'w1 up', policy: 'fatpipe' }
      ]
    },
    /^environment\.links\.1\.link: w1 is half duplex, one link for both directions: name it "w1"/
  ],
  [
    {
      network: {
        kind: 'star',
        bandwidth: '1Gbps',
        latency: '1ms',
        workersPerHost: 2,
        loopback: { bandwidth: '9Gbps', latency: '1us' }
      },
      links: [{ link: '*', duplex: 'half' }]
    },
    /^environment\.links\.0\.duplex: \w+ loopback is one link already/
  ],
  [
    {
      network: star,
      flows: { model: 'chunks' },
      links: [{ link: 'w0', latency: [['1s', '1ms']] }]
    },
    /^environment\.links\.0: a link that changes in the course of a run, and flows.model is "chunks"/
  ],
  [{ network: star, flows: { sharing: 'fair' } }, /^environment\.flows\.sharing: /],
  [{ network: star, flows: { rateCap: '1' } }, /^environment\.flows\.rateCap: "1" has no unit/],
  [{ links: [{ link: 'w0' }] }, /^environment\.links: an ideal network has no links/],
  [{ traffic: [source] }, /^environment\.traffic: an ideal network has no links/],
  [
    { network: star, traffic: [{ ...source, arrivals: 'poison:1ms' }] },
    /^environment\.traffic\.0\.arrivals: unknown law of arrivals "poison" \(did you mean "poisson"\?\)/
  ],
  [
    { network: star, traffic: [{ ...source, sizes: 'constant:1' }] },
    /^environment\.traffic\.0\.sizes\.bytes: /
  ],
  [
    {
      flows: { model: 'chunks' },
      network: {
        kind: 'graph',
        hosts: ['w0', 'w1', 's0'],
        switches: ['hub'],
        links: ['w0', 'w1', 's0'].map(name => {
          const policy = name === 's0' ? 'fatpipe' : 'shared';
          return { name, from: name, to: 'hub', bandwidth: '1Gbps', latency: '1ms', policy };
        })
      }
    },
    /^environment\.flows\.model: s0 up is a fat pipe, which has no queue of chunks: "fluid" is right/
  ]
] as const) {
  test(`refused: ${says.source}`, () => {
    assert.throws(
      () => resolved(environment),
      (error: unknown) => {
        return error instanceof ConfigError && says.test(error.message);
      }
    );
  });
}

test.run();
