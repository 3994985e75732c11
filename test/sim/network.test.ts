import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { stream } from '../../core/random.ts';
import { FlowNetwork } from '../../sim/flow-network.ts';
import { MaxMin } from '../../sim/max-min/max-min.ts';
import { createNetwork } from '../../sim/network.ts';
import { buildTopology } from '../../sim/topology.ts';
import { deliveries, port, star } from './star.ts';

const test = suite('network');

test('a message takes the latency of its route and then its bytes over the capacity', () => {
  const network = createNetwork(star(2));
  network.send(500, 0, 1, 0, 12_500, 0, 7);
  assert.equal(deliveries(network), [[500 + 20_000 + 10_000, 7]]);
});

test('a message waits for the one before it in its session, and for its own latency', () => {
  const network = createNetwork(star(2));
  network.send(0, 0, 1, 0, 125_000, 0, 1);
  network.send(0, 0, 1, 0, 1250, 0, 2);
  assert.equal(deliveries(network, 119_999), []);
  network.send(101_500, 0, 1, 0, 1250, 0, 3);
  assert.equal(deliveries(network), [
    [120_000, 1],
    [121_000, 2],
    [122_500, 3]
  ]);
  network.send(200_000, 0, 1, 0, 1250, 0, 4);
  assert.equal(deliveries(network), [[221_000, 4]]);
});

test('a message sent while the last one travels begins one latency after it is sent', () => {
  const network = createNetwork(star(2));
  network.send(0, 0, 1, 0, 12_500, 0, 1);
  assert.equal(deliveries(network, 29_999), []);
  network.send(29_000, 0, 1, 0, 12_500, 0, 2);
  assert.equal(deliveries(network), [
    [30_000, 1],
    [59_000, 2]
  ]);
});

test('messages of two sessions share the link they have in common', () => {
  const network = createNetwork(star(3));
  network.send(0, 0, 2, 0, 12_500, 0, 1);
  network.send(0, 1, 2, 1, 37_500, 0, 2);
  assert.equal(deliveries(network), [
    [40_000, 1],
    [60_000, 2]
  ]);
});

test('messages that end at one instant arrive in the order in which they began', () => {
  // Two pairs of hosts. The longer message begins first; a third one beside it ends in between.
  for (const [first, second] of [
    [0, 2],
    [2, 0]
  ] as const) {
    const network = createNetwork(star(4));
    network.send(0, first, first + 1, 0, 50_000, 0, 1);
    assert.equal(deliveries(network, 5_000), []);
    network.send(5_000, second, second + 1, 1, 56_250, 0, 2);
    assert.equal(deliveries(network, 9_999), []);
    network.send(10_000, first, first + 1, 2, 12_500, 0, 3);
    assert.equal(deliveries(network), [
      [50_000, 3],
      [70_000, 1],
      [70_000, 2]
    ]);
  }
});

test('latency takes no bandwidth', () => {
  const far = { bytesPerSecond: 1.25e9, latencyNanos: 40_000 };
  const network = createNetwork(star(3, { 1: far }));
  network.send(0, 0, 2, 0, 37_500, 0, 1);
  network.send(0, 1, 2, 1, 12_500, 0, 2);
  // The second flow joins at 50 us, where the first has just ended.
  assert.equal(deliveries(network), [
    [50_000, 1],
    [60_000, 2]
  ]);
});

test('a message without bytes arrives after the latency alone, in its turn', () => {
  const network = createNetwork(star(3));
  network.send(0, 0, 2, 0, 0, 0, 1);
  network.send(0, 1, 2, 1, 12_500, 0, 2);
  network.send(0, 1, 2, 1, 0, 0, 3);
  network.send(0, 1, 2, 1, 0, 0, 4);
  assert.equal(deliveries(network), [
    [20_000, 1],
    [30_000, 2],
    [30_000, 3],
    [30_000, 4]
  ]);
});

test('nodes on one host talk without links, at the instant of sending', () => {
  const network = createNetwork(star(2));
  network.send(3, 1, 1, 0, 1e9, 0, 1);
  network.send(3, 1, 1, 1, 10, 0, 2);
  assert.is(network.nextEvent(), 3);
  assert.equal(deliveries(network), [
    [3, 1],
    [3, 2]
  ]);
  assert.ok(network.links().every(link => link.bytesCarried === 0));
});

test('a lower priority number leaves first, but never interrupts a message', () => {
  const network = createNetwork(star(2));
  network.send(0, 0, 1, 0, 12_500, 5, 1);
  network.send(100, 0, 1, 0, 1250, 5, 2);
  network.send(200, 0, 1, 0, 1250, 1, 3);
  network.send(300, 0, 1, 0, 1250, 9, 4);
  network.send(400, 0, 1, 0, 1250, 1, 5);
  network.send(500, 0, 1, 0, 1250, 5, 6);
  assert.equal(
    deliveries(network).map(([, tag]) => tag),
    [1, 3, 5, 2, 6, 4]
  );
});

test('a sender cannot prefer a message that it does not have yet', () => {
  const network = createNetwork(star(2));
  network.send(0, 0, 1, 0, 12_500, 5, 1);
  network.send(9_000, 0, 1, 0, 1250, 5, 2);
  // Message 1 leaves the sender from 0 to 10 us; message 3 comes while message 2 is leaving.
  network.send(10_500, 0, 1, 0, 1250, 0, 3);
  assert.equal(
    deliveries(network).map(([, tag]) => tag),
    [1, 2, 3]
  );
});

test('a cut loses what is queued and on its way, and gives the bandwidth to others', () => {
  const network = createNetwork(star(3));
  network.send(0, 0, 2, 0, 125_000, 5, 1);
  network.send(0, 0, 2, 0, 1250, 5, 2);
  network.send(0, 0, 2, 0, 1250, 0, 3);
  network.send(0, 1, 2, 1, 25_000, 0, 4);
  // Both have half the link; message 3 was the sender's first choice at 0.
  assert.equal(deliveries(network, 30_000), [[22_000, 3]]);
  assert.equal(network.cut(30_000, 0), [1, 2]);
  network.check();
  const [[time, tag]] = deliveries(network) as [[number, number]];
  assert.is(tag, 4);
  // Carried by 30 us: half of 10 us, 6250 bytes; the other 18,750 take 15 us alone.
  assert.is(time, 45_000);
});

test('a session number may be used again after a cut, between other hosts', () => {
  const network = createNetwork(star(3));
  network.send(0, 0, 1, 0, 1250, 0, 1);
  assert.equal(network.cut(5, 0), [1]);
  network.send(10, 1, 2, 0, 1250, 0, 2);
  assert.equal(deliveries(network), [[21_010, 2]]);
  assert.equal(network.cut(50_000, 0), []);
  assert.equal(network.cut(50_000, 99), []);
});

test('a cut between nodes of one host loses what was sent at that instant', () => {
  for (const network of [createNetwork(star(2)), createNetwork({ kind: 'ideal' })]) {
    network.send(5, 1, 1, 0, 10, 0, 1);
    network.send(5, 1, 1, 1, 10, 0, 2);
    network.send(5, 1, 1, 0, 10, 0, 3);
    assert.equal(network.cut(5, 0), [1, 3]);
    assert.equal(deliveries(network), [[5, 2]]);
  }
});

test('an ideal network delivers at the instant of sending, in order', () => {
  const network = createNetwork({ kind: 'ideal' });
  assert.is(network.nextEvent(), Infinity);
  network.send(4, 0, 1, 0, 1e12, 3, 1);
  network.send(4, 1, 0, 1, 1, 0, 2);
  assert.equal(deliveries(network), [
    [4, 1],
    [4, 2]
  ]);
  assert.is(network.nextEvent(), Infinity);
});

test('a change of capacity shares anew at once, and 0 holds messages without losing them', () => {
  const network = new FlowNetwork(buildTopology(star(2)), new MaxMin(), 1e6);
  network.send(0, 0, 1, 0, 37_500, 0, 1);
  assert.equal(deliveries(network, 29_999), []);
  network.setCapacity(30_000, 0, 0.625e9);
  assert.equal(deliveries(network, 49_999), []);
  network.setCapacity(50_000, 0, 0);
  assert.is(network.nextEvent(), Infinity);
  network.setCapacity(90_000, 0, 2.5e9);
  // 12,500 bytes by 30 us, 12,500 more by 50 us; the last 12,500 at the other link's rate.
  assert.equal(deliveries(network), [[100_000, 1]]);
  assert.is(network.links()[0]!.bytesCarried, 37_500);
});

test('a change of latency is for the messages sent after it', () => {
  const network = new FlowNetwork(buildTopology(star(3)), new MaxMin(), 1e6);
  network.send(0, 0, 2, 0, 1250, 0, 1);
  network.send(0, 1, 2, 1, 1250, 0, 2);
  network.setLatency(1000, 0, 110_000);
  network.send(1000, 0, 2, 0, 1250, 0, 3);
  assert.equal(deliveries(network), [
    [22_000, 1],
    [22_000, 2],
    [122_000, 3]
  ]);
  assert.equal(network.sessionsOver(0), [0]);
  assert.equal(network.sessionsOver(5), [0, 1]);
});

test('links count the bytes they carry, their busy time, and both by buckets of time', () => {
  const network = createNetwork(star(3), { bucketNanos: 10_000 });
  network.send(0, 0, 2, 0, 12_500, 0, 1);
  network.send(0, 1, 2, 1, 12_500, 0, 2);
  deliveries(network);
  network.send(100_000, 1, 2, 1, 1250, 0, 3);
  deliveries(network);
  const [up0, , up1, , , down2] = network.links();
  assert.is(up0!.bytesCarried, 12_500);
  assert.is(up0!.busyNanos, 20_000);
  assert.is(up1!.bytesCarried, 13_750);
  assert.is(up1!.busyNanos, 21_000);
  assert.is(down2!.name, 'h2 down');
  assert.is(down2!.bytesCarried, 26_250);
  assert.equal(down2!.bucketEnds.slice(0, 3), [10_000, 20_000, 30_000]);
  assert.is(down2!.bucketEnds.at(-1), 121_000);
  const buckets = down2!.bytesByBucket.map(bytes => Math.round(bytes * 1e6) / 1e6);
  assert.equal(buckets, [0, 0, 12_500, 12_500, 0, 0, 0, 0, 0, 0, 0, 0, 1250]);
});

test('buckets double in width rather than grow in number, and lose no byte', () => {
  const network = createNetwork(star(2), { bucketNanos: 1000 });
  for (let message = 0; message < 50; message++) {
    network.send(message * 100_000, 0, 1, 0, 62_500, 0, message);
    deliveries(network);
  }
  const [up] = network.links();
  assert.is(up!.bucketEnds[0], 32_000);
  assert.ok(up!.bytesByBucket.length <= 256);
  const sum = up!.bytesByBucket.reduce((total, bytes) => total + bytes, 0);
  assert.ok(Math.abs(sum - 50 * 62_500) < 1e-6 * sum, `${sum} bytes`);
  const most = Math.max(...up!.bytesByBucket);
  assert.ok(most <= 32_000 * 1.25 * (1 + 1e-9), `${most} bytes in one bucket`);
});

test('a link out of range is an error that names it', () => {
  const bad = { bytesPerSecond: 0, latencyNanos: 0 };
  assert.throws(() => createNetwork(star(2, { 1: bad })), /link "h1 up": bytesPerSecond .* got 0/);
  const half = { bytesPerSecond: 1, latencyNanos: 0.5 };
  assert.throws(() => createNetwork(star(1, { 0: half })), /link "h0 up": latencyNanos .* got 0.5/);
});

test('time neither goes back nor passes over an event', () => {
  const network = createNetwork(star(2));
  network.send(10, 0, 1, 0, 1250, 0, 1);
  assert.throws(() => network.send(9, 0, 1, 0, 1, 0, 2), /time went back from 10 to 9 ns/);
  const skip = () => network.advance(20_011, []);
  assert.throws(skip, /time went on to 20011 ns past an event at 20010 ns/);
});

test('random traffic keeps the invariants, and the same traffic gives the same deliveries', () => {
  for (let seed = 1; seed <= 6; seed++) {
    const first = randomTraffic(seed);
    assert.equal(randomTraffic(seed), first, `seed ${seed}`);
    assert.ok(first.length > 300, `seed ${seed}`);
  }
});

/** Sends, cuts and changes at random, with ties in time; returns all that happened. */
function randomTraffic(seed: number): string[] {
  const random = stream(seed, 'traffic');
  const below = (bound: number) => random.integer(bound);
  const network = new FlowNetwork(
    buildTopology(star(6, { 0: { bytesPerSecond: 0.4e9, latencyNanos: 0 } })),
    new MaxMin(),
    5000
  );
  const hosts = Array.from({ length: 24 }, () => [below(6), below(6)] as const);
  const sizes = [0, 1, 1250, 12_500, 100_000];
  const lastOf = new Map<number, number>();
  const sessionOf: number[] = [];
  const log: string[] = [];
  const take = (time: number) => {
    const delivered: number[] = [];
    network.advance(time, delivered);
    network.check();
    for (const tag of delivered) {
      const session = sessionOf[tag]!;
      assert.ok(tag > (lastOf.get(session) ?? -1), `session ${session} in order, seed ${seed}`);
      lastOf.set(session, tag);
      log.push(`${time} delivered ${tag}`);
    }
  };
  let now = 0;
  for (let step = 0; step < 500; step++) {
    const session = below(24);
    const [from, to] = hosts[session]!;
    const choice = random.uniform();
    if (choice < 0.9) {
      sessionOf.push(session);
      network.send(now, from, to, session, sizes[below(5)]!, 0, sessionOf.length - 1);
    } else if (choice < 0.95) log.push(`${now} lost ${network.cut(now, session)}`);
    else network.setCapacity(now, below(12), port.bytesPerSecond / (1 + below(4)));
    network.check();
    if (random.uniform() < 0.5) continue;
    const until = now + below(40_000);
    for (let time = network.nextEvent(); time <= until; time = network.nextEvent()) take(time);
    now = until;
  }
  for (let time = network.nextEvent(); time < Infinity; time = network.nextEvent()) take(time);
  assert.is(network.links()[0]!.bytesByBucket.length > 1, true);
  return log;
}

test.run();
