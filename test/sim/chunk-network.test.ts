import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { timing } from '../../core/config/problem.ts';
import { resolve } from '../../core/config.ts';
import { stream } from '../../core/random.ts';
import type { Row } from '../../core/record.ts';
import { setupRun } from '../../core/setup.ts';
import { createLearner } from '../../exec/learning/learner.ts';
import type { ChunkSettings } from '../../sim/chunk-network.ts';
import { createNetwork, type Network } from '../../sim/network.ts';
import { Simulation } from '../../sim/simulation.ts';
import { deliveries, star } from './star.ts';

const test = suite('chunk network');

/** A byte a nanosecond, no latency: a chunk of 1000 bytes takes 1000 ns. */
const port = { bytesPerSecond: 1e9, latencyNanos: 0 };

type Settings = Partial<Omit<ChunkSettings, 'burstBytes'>> & { readonly burst?: number };

function chunked(hosts: number, settings: Settings = {}, latencyNanos = 0): Network {
  const { burst = 0, ...others } = settings;
  const burstBytes = Array(2 * hosts).fill(burst);
  const chunks = {
    chunkBytes: 1000,
    perFlow: 2,
    goodput: 1,
    burstBytes,
    ...others
  };
  const ports = Array.from({ length: hosts }, () => ({ ...port, latencyNanos }));
  return createNetwork(star(hosts, ports), { chunks });
}

test('without a burst, a message takes its bytes over the rate, and a chunk more a hop', () => {
  const network = chunked(2);
  network.send(0, 0, 1, 0, 3000, 0, 7);
  // The uplink is done at 3000; the last chunk then takes 1000 on the downlink.
  assert.equal(deliveries(network), [[4000, 7]]);
});

test('a message that is no whole number of chunks ends with a small one', () => {
  const network = chunked(2);
  network.send(0, 0, 1, 0, 2500, 0, 7);
  // Up at 1000, 2000, 2500; down at 2000, 3000, 3500.
  assert.equal(deliveries(network), [[3500, 7]]);
});

test('a full bucket lets its depth through at once, and the rest at the rate', () => {
  const network = chunked(2, { burst: 2000 });
  network.send(0, 0, 1, 0, 5000, 0, 1);
  assert.equal(deliveries(network), [[3000, 1]]);
  // The buckets were empty at 3000, and hold 1500 bytes at 4500.
  network.send(4500, 0, 1, 0, 2000, 0, 2);
  assert.equal(deliveries(network), [[5000, 2]]);
  network.send(9000, 0, 1, 0, 2000, 0, 3);
  assert.equal(deliveries(network), [[9000, 3]]);
});

test('a chunk larger than the depth waits for the rest of it', () => {
  const network = chunked(2, { burst: 400 });
  network.send(0, 0, 1, 0, 1000, 0, 1);
  // 600 ns on the uplink, and 600 more on the downlink.
  assert.equal(deliveries(network), [[1200, 1]]);
});

test('headers take their share of rate and burst', () => {
  const network = chunked(2, { burst: 2000, goodput: 0.5 });
  network.send(0, 0, 1, 0, 5000, 0, 1);
  assert.equal(deliveries(network), [[8000, 1]]);
});

test('latency is paid once a link, whatever the number of chunks', () => {
  const network = chunked(2, {}, 300);
  network.send(0, 0, 1, 0, 3000, 0, 7);
  assert.equal(deliveries(network), [[4600, 7]]);
});

test('the flows of a sender take turns by two chunks', () => {
  const network = chunked(3);
  network.send(0, 0, 1, 0, 4000, 0, 1);
  network.send(0, 0, 2, 1, 3000, 0, 2);
  // Uplink: a1 a2 b1 b2 a3 a4 b3, a chunk each 1000 ns; then a chunk's time on the downlink.
  assert.equal(deliveries(network), [
    [7000, 1],
    [8000, 2]
  ]);
});

test('with one chunk a flow they take turns by one', () => {
  const network = chunked(3, { perFlow: 1 });
  network.send(0, 0, 1, 0, 4000, 0, 1);
  network.send(0, 0, 2, 1, 3000, 0, 2);
  // a1 b1 a2 b2 a3 b3 a4.
  assert.equal(deliveries(network), [
    [7000, 2],
    [8000, 1]
  ]);
});

test('what comes in at once leaves in the order of its coming', () => {
  const network = chunked(3);
  network.send(0, 0, 2, 0, 2000, 0, 1);
  network.send(0, 1, 2, 1, 2000, 0, 2);
  // At the downlink: a1 and b1 at 1000, a2 and b2 at 2000; out at 2000, 3000, 4000, 5000.
  assert.equal(deliveries(network), [
    [4000, 1],
    [5000, 2]
  ]);
});

test('a late small message passes between the chunks of a large one', () => {
  const network = chunked(3);
  network.send(0, 0, 2, 0, 10_000, 0, 1);
  assert.equal(deliveries(network, 3400), []);
  network.send(3400, 1, 2, 1, 500, 0, 2);
  // At the downlink at 3900, before the fourth chunk comes at 4000: out at 4500, and all behind it 500 later.
  assert.equal(deliveries(network), [
    [4500, 2],
    [11_500, 1]
  ]);
});

test('messages of a session follow each other without a gap, and keep their order', () => {
  const network = chunked(2, {}, 500);
  network.send(0, 0, 1, 0, 2000, 0, 1);
  network.send(0, 0, 1, 0, 0, 0, 2);
  network.send(0, 0, 1, 0, 1000, 0, 3);
  network.send(0, 0, 1, 0, 0, 0, 4);
  assert.equal(deliveries(network), [
    [4000, 1],
    [4000, 2],
    [5000, 3],
    [5000, 4]
  ]);
});

test('a lower priority number leaves first, but never interrupts a message', () => {
  const network = chunked(2);
  network.send(0, 0, 1, 0, 5000, 5, 1);
  assert.equal(deliveries(network, 500), []);
  network.send(500, 0, 1, 0, 1000, 5, 2);
  network.send(600, 0, 1, 0, 1000, 1, 3);
  assert.equal(
    deliveries(network).map(([, tag]) => tag),
    [1, 3, 2]
  );
});

test('nodes on one host talk without links, at the instant of sending', () => {
  const network = chunked(2);
  network.send(3, 1, 1, 0, 1e9, 0, 1);
  network.send(3, 1, 1, 1, 10, 0, 2);
  assert.equal(network.cut(3, 0), [1]);
  assert.equal(deliveries(network), [[3, 2]]);
});

test('a cut loses what is queued and on its way; what follows is a new session', () => {
  const network = chunked(3);
  network.send(0, 0, 1, 0, 3000, 5, 1);
  network.send(0, 0, 1, 0, 1000, 5, 2);
  network.send(0, 0, 1, 0, 1000, 0, 3);
  assert.equal(deliveries(network, 1500), []);
  // The sender has chosen 3, then 1, and still has 2.
  assert.equal(network.cut(1500, 0), [3, 1, 2]);
  network.check();
  assert.equal(network.cut(1500, 0), []);
  network.send(1500, 0, 2, 0, 1000, 0, 4);
  // Two dead chunks still hold the uplink until 3000.
  assert.equal(deliveries(network), [[5000, 4]]);
  network.check();
});

test('links count what they carry, in bytes, busy time and buckets of time', () => {
  const burstBytes = Array(6).fill(0);
  const chunks = { chunkBytes: 1000, perFlow: 2, burstBytes, goodput: 1 };
  const hosts = star(3, [port, port, port]);
  const network = createNetwork(hosts, { chunks, bucketNanos: 2000 });
  network.send(0, 0, 2, 0, 2000, 0, 1);
  network.send(0, 1, 2, 1, 1000, 0, 2);
  deliveries(network);
  const down = network.links().find(({ name }) => name === 'h2 down')!;
  assert.is(down.bytesCarried, 3000);
  assert.is(down.busyNanos, 3000);
  assert.equal(down.bucketEnds, [2000, 4000, 4000]);
  // Chunks count where they leave: at 2000, 3000 and 4000.
  assert.equal(down.bytesByBucket, [0, 2000, 1000]);
});

test('the same traffic is the same twice, and nothing is lost in it', () => {
  const once = () => {
    const chance = stream(3, 'chunk', 'traffic');
    const network = chunked(5, { burst: 2500, goodput: 0.95 }, 40);
    const all: [number, number][] = [];
    let now = 0;
    for (let tag = 0; tag < 400; tag++) {
      now += Math.floor(chance.uniform() * 900);
      all.push(...deliveries(network, now));
      const from = Math.floor(chance.uniform() * 5);
      const to = (from + 1 + Math.floor(chance.uniform() * 4)) % 5;
      const bytes = Math.floor(chance.uniform() * 6000);
      network.send(now, from, to, 5 * from + to, bytes, tag % 3, tag);
    }
    return [...all, ...deliveries(network)];
  };
  const first = once();
  assert.equal(new Set(first.map(([, tag]) => tag)).size, 400);
  assert.equal(once(), first);
});

test('a run in chunks is the same twice, and not the one in rates', async () => {
  const run = async (model: string): Promise<string> => {
    const config = resolve({
      workers: 3,
      servers: 2,
      consistency: 'asp',
      problem: timing({ parameters: 50_000 }),
      environment: { network: 'star:1Gbps:50us', flows: { model } },
      stopAt: { iterations: 5 }
    });
    const learner = await createLearner(config, { backend: null });
    const rows: Row[] = [];
    const observer = { row: (row: Row) => void rows.push(row) };
    const simulation = new Simulation(setupRun(config, learner.model), observer, { check: true });
    for (let next = simulation.advance(); next !== null; next = simulation.advance()) {
      simulation.provide(await learner.compute(next.job));
    }
    return JSON.stringify(rows);
  };
  const chunks = await run('chunks');
  assert.is(await run('chunks'), chunks);
  assert.is.not(await run('fluid'), chunks);
});

test.run();
