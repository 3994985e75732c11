import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type FlowOptions, plainFlows } from '../../sim/flow-options.ts';
import { createNetwork, type Network } from '../../sim/network.ts';
import { sharingLaw } from '../../sim/sharing-law.ts';
import { deliveries, star } from './star.ts';

const test = suite('flow options');

/** Three hosts at 10 Gb/s, 20 us between any two; those given have other latencies. */
function network(options: Partial<FlowOptions>, latencies: Record<number, number> = {}): Network {
  const ports = Object.fromEntries(
    Object.entries(latencies).map(([host, latencyNanos]) => [
      host,
      { bytesPerSecond: 1.25e9, latencyNanos }
    ])
  );
  return createNetwork(star(3, ports), { flows: { ...plainFlows, ...options } });
}

test('bytes of overhead take time on the links, of empty messages too', () => {
  const heavy = network({ overheadBytes: 1250 });
  heavy.send(0, 0, 1, 0, 12_500, 0, 1);
  heavy.send(0, 0, 1, 0, 0, 0, 2);
  assert.equal(deliveries(heavy), [
    [31_000, 1],
    [32_000, 2]
  ]);
  assert.is(heavy.links()[0]!.bytesCarried, 15_000);
  assert.equal(heavy.underWay(), { messages: 0, bytes: 0 });
});

test('time of overhead is paid by one message of a session after another, beside the links', () => {
  // 5 us each. Short messages leave every 5 us; long ones, of 10 us each, hide all but the first.
  for (const [bytes, ends] of [
    [1250, [26_000, 31_000, 36_000]],
    [12_500, [35_000, 45_000, 55_000]]
  ] as const) {
    const slow = network({ overheadNanos: 5000 });
    for (const tag of [0, 1, 2]) slow.send(0, 0, 1, 0, bytes, 0, tag);
    assert.equal(
      deliveries(slow).map(([time]) => time),
      ends
    );
  }
});

test('sessions pay their overheads apart, and a new session owes nothing', () => {
  const slow = network({ overheadNanos: 5000 });
  slow.send(0, 0, 1, 0, 1250, 0, 1);
  slow.send(0, 0, 2, 1, 1250, 0, 2);
  assert.equal(slow.cut(0, 0), [1]);
  slow.send(0, 0, 1, 0, 0, 0, 3);
  assert.equal(deliveries(slow), [
    [25_000, 3],
    [26_000, 2]
  ]);
});

test('a capped session leaves to others what it may not take', () => {
  const capped = network({ bytesPerSecondMax: 0.5e9 });
  capped.send(0, 0, 1, 0, 12_500, 0, 1);
  assert.equal(deliveries(capped), [[45_000, 1]]);
  // Four share the link at less than the cap, until two are through.
  for (const tag of [0, 1, 2, 3]) {
    capped.send(100_000, 0, 1, tag, tag < 2 ? 6250 : 12_500, 0, tag);
  }
  assert.equal(deliveries(capped), [
    [140_000, 0],
    [140_000, 1],
    [152_500, 2],
    [152_500, 3]
  ]);
});

/** A window of 1250 bytes; 40 us from sending to the answer. */
const slowStart = { windowBytes: 1250, idleNanos: 100_000 };

test('slow start: the window doubles every round trip', () => {
  const slow = network({ slowStart });
  slow.send(0, 0, 1, 0, 1250 + 2500 + 5000, 0, 1);
  assert.equal(deliveries(slow), [[140_000, 1]]);
  // The last window was not used to its end; it is there for the next message.
  slow.send(140_000, 0, 1, 0, 5000, 0, 2);
  assert.equal(deliveries(slow), [[200_000, 2]]);
  // After a pause the session begins anew.
  slow.send(300_000, 0, 1, 0, 1250 + 2500, 0, 3);
  assert.equal(deliveries(slow), [[400_000, 3]]);
});

test('slow start: messages back to back use one growing window', () => {
  const slow = network({ slowStart });
  slow.send(0, 0, 1, 0, 1250 + 1250, 0, 1);
  slow.send(0, 0, 1, 0, 1250 + 5000, 0, 2);
  assert.equal(deliveries(slow), [
    [80_000, 1],
    [140_000, 2]
  ]);
});

test('slow start ends where the links are the bound, or the cap', () => {
  // 1250 B, 2.5 kB ... in 40 us each; with 40 kB a round trip the link's 50 kB are not reached yet.
  const before = 1250 * 63;
  const fast = network({ slowStart });
  fast.send(0, 0, 1, 0, before + 125_000, 0, 1);
  assert.equal(deliveries(fast), [[20_000 + 6 * 40_000 + 100_000, 1]]);
  const capped = network({ slowStart, bytesPerSecondMax: 62.5e6 });
  capped.send(0, 0, 1, 0, 1250 + 12_500, 0, 1);
  assert.equal(deliveries(capped), [[20_000 + 40_000 + 200_000, 1]]);
});

test('rtt-weighted: the nearer of two sessions has more of their link', () => {
  // Ways of 20 and 40 us, so 2 to 1.
  const weighted = network({ law: sharingLaw('rtt-weighted') }, { 1: 30_000 });
  weighted.send(0, 1, 2, 1, 25_000, 0, 2);
  weighted.send(20_000, 0, 2, 0, 25_000, 0, 1);
  assert.equal(deliveries(weighted), [
    [70_000, 1],
    [80_000, 2]
  ]);
});

test('lv08: latency times 13.01, 97 % of the bandwidth', () => {
  const lv08 = network({ law: sharingLaw('lv08') });
  lv08.send(0, 0, 1, 0, 0.97 * 125_000, 0, 1);
  assert.is(lv08.latencyNanos(0), 260_200);
  // The window of 4 MiB over twice the latency is more than the link.
  assert.equal(deliveries(lv08), [[360_200, 1]]);
});

test('lv08: answers take 5 % on the way back', () => {
  const lv08 = network({ law: sharingLaw('lv08') });
  lv08.send(0, 0, 1, 0, 0.97 * 100_000, 0, 1);
  lv08.send(0, 1, 0, 1, 0.97 * 100_000, 0, 2);
  const [first] = deliveries(lv08);
  assert.equal(first, [260_200 + Math.round((80_000 * 105) / 100), 1]);
});

test('weights follow a change of latency', () => {
  const weighted = network({ law: sharingLaw('rtt-weighted') }, { 1: 30_000 });
  weighted.send(0, 1, 2, 1, 25_000, 0, 2);
  weighted.send(20_000, 0, 2, 0, 25_000, 0, 1);
  assert.equal(deliveries(weighted, 54_999), []);
  // 12,500 and 18,750 bytes are left, and both ways are of 20 us now.
  weighted.controls!.setLatency(55_000, 2, 10_000);
  assert.equal(deliveries(weighted), [
    [75_000, 1],
    [80_000, 2]
  ]);
});

test.run();
