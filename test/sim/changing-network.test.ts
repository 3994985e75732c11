import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { LinksSchema } from '../../core/environment/links.ts';
import { intervalDraw, sizeDraw, TrafficSchema } from '../../core/environment/traffic.ts';
import { parseDuration } from '../../core/units.ts';
import { CrossTraffic } from '../../sim/cross-traffic.ts';
import { createNetwork, type Network } from '../../sim/network.ts';
import { deliveries, star } from './star.ts';

const test = suite('changing network');

/** Sources from host 0 to host 1. */
function trafficOf(...sources: object[]): CrossTraffic {
  const config = TrafficSchema.parse(sources.map(source => ({ from: 'h0', to: 'h1', ...source })));
  return new CrossTraffic(
    config.map((source, index) => ({
      from: source.from,
      to: source.to,
      fromHost: 0,
      toHost: 1,
      interval: intervalDraw(source, index, 5),
      bytes: sizeDraw(source, index, 5),
      isFifo: source.discipline === 'fifo',
      startNanos: parseDuration(source.start),
      messagesMax: source.messages ?? Infinity,
      warmup: source.warmup
    }))
  );
}

/** Runs to the end of the traffic. */
function run(network: Network): void {
  const delivered: number[] = [];
  for (let time = network.nextEvent(); time < Infinity; time = network.nextEvent()) {
    network.advance(time, delivered);
  }
  assert.equal(delivered, [], 'cross traffic is not delivered to the run');
}

test('a link follows its profiles, round after round', () => {
  const links = LinksSchema.parse([
    {
      link: 'h0 up',
      bandwidth: [
        ['0s', '10Gbps'],
        ['10us', '5Gbps']
      ],
      every: '20us'
    }
  ]);
  const network = createNetwork(star(2), { links });
  // 12,500 bytes in 10 us, 6,250 in the next 10 us; 20 us of latency first, and then by turns.
  network.send(0, 0, 1, 0, 31_250, 0, 7);
  assert.equal(deliveries(network, 50_000), [[50_000, 7]]);
});

test('latency and state change by profile, for one direction or both', () => {
  const links = LinksSchema.parse([
    { link: 'h0', latency: [['1us', '100us']] },
    {
      link: 'h1 down',
      state: [
        ['25us', 'down'],
        ['40us', 'up']
      ]
    }
  ]);
  const network = createNetwork(star(2), { links });
  network.send(0, 0, 1, 0, 12_500, 0, 1);
  assert.equal(deliveries(network, 1000), []);
  network.send(1000, 1, 0, 1, 0, 0, 2);
  // The first has half of its bytes through when the link goes down.
  assert.equal(deliveries(network), [
    [45_000, 1],
    [111_000, 2]
  ]);
});

test('half duplex makes one link of two directions', () => {
  const links = LinksSchema.parse([{ link: 'h0', duplex: 'half' }]);
  const network = createNetwork(star(3), { links });
  network.send(0, 0, 1, 0, 12_500, 0, 1);
  network.send(0, 2, 0, 1, 12_500, 0, 2);
  assert.equal(deliveries(network), [
    [40_000, 1],
    [40_000, 2]
  ]);
  assert.equal(
    network.links().map(link => [link.name, link.bytesCarried]),
    [
      ['h0', 25_000],
      ['h1 up', 0],
      ['h1 down', 12_500],
      ['h2 up', 12_500],
      ['h2 down', 0]
    ]
  );
});

test('a fat pipe of the configuration is one', () => {
  const links = LinksSchema.parse([{ link: 'h2 down', policy: 'fatpipe' }]);
  const network = createNetwork(star(3), { links });
  network.send(0, 0, 2, 0, 12_500, 0, 1);
  network.send(0, 1, 2, 1, 12_500, 0, 2);
  assert.equal(deliveries(network), [
    [30_000, 1],
    [30_000, 2]
  ]);
});

test('a link that there is not is an error that names it', () => {
  const links = LinksSchema.parse([{ link: 'h0' }, { link: 'h3 up' }]);
  assert.throws(
    () => createNetwork(star(2), { links }),
    /^environment\.links\.1\.link: no link is named "h3 up" \(did you mean "h0 up"\?\); there are h0 up/
  );
});

test('deterministic traffic below the capacity waits for nothing; above it, for all before it', () => {
  const light = { arrivals: 'deterministic:20us', sizes: 'constant:12500B', messages: 100 };
  // Every message takes 10 us and comes 5 us after the one before: the k-th waits 5 k us.
  const heavy = { ...light, arrivals: 'deterministic:5us', warmup: 10 };
  for (const [source, messages, wait] of [
    [light, 100, 0],
    [heavy, 90, 272_500]
  ] as const) {
    const traffic = trafficOf(source);
    run(createNetwork(star(2), { traffic }));
    const [row] = traffic.rows();
    assert.equal([row!.sent, row!.messages, row!.bytes], [100, messages, 12_500 * messages]);
    assert.is(row!.waitNanosMean, wait);
    assert.is(row!.sojournNanosMean, wait + 30_000);
  }
});

test('messages of the `sharing` discipline share: two at once take twice as long', () => {
  const source = { arrivals: 'deterministic:1ms', sizes: 'constant:12500B', messages: 10 };
  const traffic = trafficOf(
    { ...source, discipline: 'sharing' },
    { ...source, discipline: 'sharing' },
    { ...source, start: '500us' }
  );
  run(createNetwork(star(2), { traffic }));
  assert.equal(
    traffic.rows().map(row => row.sojournNanosMean),
    [40_000, 40_000, 30_000]
  );
});

test('M/M/1: Poisson arrivals and exponential sizes wait as Pollaczek and Khinchin say', () => {
  // Half of the capacity; mean service 10 us.
  const traffic = trafficOf({
    arrivals: 'poisson:20us',
    sizes: 'exponential:12500B',
    messages: 200_000,
    warmup: 1000
  });
  run(createNetwork(star(2), { traffic }));
  const [row] = traffic.rows();
  assert.is(row!.sojournNanosByBatch.length >= 32, true);
  assert.ok(Math.abs(row!.waitNanosMean! / 10_000 - 1) < 0.05, `wait ${row!.waitNanosMean} ns`);
  const service = row!.sojournNanosMean! - row!.waitNanosMean! - 20_000;
  assert.ok(Math.abs(service / 10_000 - 1) < 0.02, `service ${service} ns`);
});

test('M/G/1 under processor sharing: the sojourn depends on the mean size alone, S/(1 - load)', () => {
  for (const sizes of ['constant:12500B', 'shifted-exponential:2500B:10000B']) {
    const traffic = trafficOf({
      arrivals: 'poisson:20us',
      sizes,
      discipline: 'sharing',
      messages: 100_000,
      warmup: 1000
    });
    run(createNetwork(star(2), { traffic }));
    const sojourn = traffic.rows()[0]!.sojournNanosMean! - 20_000;
    assert.ok(Math.abs(sojourn / 20_000 - 1) < 0.05, `${sizes}: sojourn ${sojourn} ns`);
  }
});

test('cross traffic takes its share from the run, and the run from it', () => {
  const source = { arrivals: 'deterministic:1s', sizes: 'constant:12500B', messages: 1 };
  const traffic = trafficOf({ ...source, arrivals: 'deterministic:1us' });
  const network = createNetwork(star(2), { traffic });
  assert.equal(deliveries(network, 1000), []);
  network.send(1000, 0, 1, 0, 12_500, 0, 3);
  assert.equal(deliveries(network), [[41_000, 3]]);
  assert.is(traffic.rows()[0]!.sojournNanosMean, 40_000);
  assert.equal(network.cut(41_000, 0), []);
});

test.run();
