import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { LinksSchema, linksNamed, profilesOf } from '../../../core/environment/links.ts';

const test = suite('links of an environment');

const names = ['w0 up', 'w0 down', 'w10 up', 'w10 down', 'core', 's0 up'];

test('a link is named whole, without its direction, or with stars for any characters', () => {
  const found = (pattern: string) => linksNamed(pattern, names).map(link => names[link]);
  assert.equal(found('w0 up'), ['w0 up']);
  assert.equal(found('w0'), ['w0 up', 'w0 down']);
  assert.equal(found('w* up'), ['w0 up', 'w10 up']);
  assert.equal(found('core'), ['core']);
  assert.equal(found('*'), names);
  assert.equal(found('w'), []);
  assert.equal(found('w. up'), [], 'a full stop is a full stop');
});

test('a profile is kept in the units that it was written in, and read as numbers', () => {
  const [link] = LinksSchema.parse([
    {
      link: 'w0',
      bandwidth: [['0s', '1Gbps']],
      state: [
        ['0s', 'up'],
        ['1500ms', 'down']
      ],
      every: '2s'
    }
  ]);
  assert.equal(link!.bandwidth, [['0s', '1Gbps']]);
  assert.equal(link!.state, [
    ['0s', 'up'],
    ['1.5s', 'down']
  ]);
  const { bandwidth, latency, state } = profilesOf(link!);
  assert.equal(
    [bandwidth, latency, state],
    [
      [[0, 125e6]],
      [],
      [
        [0, 1],
        [1.5e9, 0]
      ]
    ]
  );
});

for (const [what, link, path, says] of [
  [
    'a profile not in time order',
    {
      bandwidth: [
        ['2s', '1Gbps'],
        ['1s', '2Gbps']
      ]
    },
    '0.bandwidth.1.0',
    /not in time order: 1s after 2s/
  ],
  ['a bandwidth of 0', { bandwidth: [['2s', '0bps']] }, '0.bandwidth.0.1', /at least "1bps"/],
  ['a link that stays down', { state: [['1s', 'down']] }, '0.state', /a last point "up" is right/],
  ['a time without a unit', { latency: [[2, '1ms']] }, '0.latency.0.0', /with its unit/],
  [
    'a round that ends too early',
    {
      state: [
        ['0s', 'up'],
        ['2s', 'down']
      ],
      every: '1s'
    },
    '0.every',
    /before the last point of state, at 2s/
  ]
] as const) {
  test(`${what} is refused, with its place`, () => {
    const result = LinksSchema.safeParse([{ link: 'w0', ...link }]);
    const issue = result.error?.issues[0];
    assert.is(issue?.path.join('.'), path);
    assert.match(issue?.message ?? '', says);
  });
}

test.run();
