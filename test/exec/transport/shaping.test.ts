import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { star } from '../../../core/environment/network.ts';
import type { NodeId } from '../../../core/node.ts';
import { Clock } from '../../../exec/clock.ts';
import { Downlink } from '../../../exec/transport/downlink.ts';
import { Shaper } from '../../../exec/transport/shaper.ts';
import { type Chunk, Uplink, type UplinkSource } from '../../../exec/transport/uplink.ts';
import { linked, push } from './link.ts';

const shaping = suite('shaping');

const nodes: readonly NodeId[] = ['c', 's0', 'w0'];
const local = { kind: 'tcp', host: '127.0.0.1', port: 0 } as const;

type Network = Parameters<typeof Shaper.create>[0];

function shaped(network: Network, id: NodeId): { clock: Clock; shaper: Shaper | null } {
  const clock = new Clock();
  return { clock, shaper: Shaper.create(network, id, nodes, clock) };
}

/** Milliseconds from the sending of `count` pushes of `elements` to the arrival of the last. */
async function transmission(network: Network, count: number, elements: number): Promise<number> {
  const [w0, s0] = [shaped(network, 'w0'), shaped(network, 's0')];
  const { worker, server, close } = await linked(
    local,
    { worker: { clock: w0.clock }, server: { clock: s0.clock } },
    { worker: w0.shaper, server: s0.shaper }
  );
  const begin = performance.now();
  for (let clock = 0; clock < count; clock++) {
    worker.sessions.send('s0', push(clock, new Float32Array(elements)), 1);
  }
  await server.events.takeMany(count);
  const millis = performance.now() - begin;
  close();
  return millis;
}

shaping(
  'bytes take at least the time that the bandwidth says, whatever is the bottleneck',
  async () => {
    const fast = { bandwidth: '80Mbps', latency: '0s' } as const;
    for (const [network, millis] of [
      [star(fast), 50],
      [star({ ...fast, workers: { up: '40Mbps' } }), 100],
      [star({ ...fast, servers: { down: '40Mbps' } }), 100]
    ] as const) {
      const time = await transmission(network, 4, 31_250);
      assert.ok(time >= millis, `${time} ms`);
    }
  }
);

shaping('and no more: what is late is caught up with at once', async () => {
  const clock = new Clock();
  const uplink = new Uplink(1e6, clock);
  const chunks = 4;
  let taken = 0;
  let written = 0;
  let bytes = 0;
  await new Promise<void>(resolve => {
    uplink.request({
      take: limit => {
        if (taken === chunks) return null;
        taken += 1;
        bytes += limit;
        return { parts: [new Uint8Array(limit)], last: taken === chunks };
      },
      write: () => {
        written += 1;
        // When what is written in one go has been.
        if (written === 1) queueMicrotask(resolve);
      }
    });
    // Nobody can write meanwhile: the thread is held until a link of 1 byte/us has carried them all.
    const requested = clock.now();
    while (clock.now() < requested + chunks * bytes * 1000);
  });
  assert.is(written, chunks);
});

shaping('a message never arrives before its latency is over', async () => {
  const network = star({ bandwidth: '10Gbps', latency: '20ms' });
  assert.ok((await transmission(network, 1, 1)) >= 20);
});

shaping('messages that leave at once share the uplink by turns', async () => {
  const order: string[] = [];
  await new Promise<void>(resolve => {
    const uplink = new Uplink(2e6, new Clock());
    const source = (name: string, chunks: number): UplinkSource => ({
      take: (limit): Chunk | null => {
        if (chunks-- === 0) return null;
        return { parts: [new Uint8Array(limit)], last: chunks === 0 };
      },
      write: () => {
        order.push(name);
        if (order.length === 7) resolve();
      }
    });
    uplink.request(source('a', 3));
    uplink.request(source('b', 4));
  });
  assert.equal(order, ['a', 'b', 'a', 'b', 'a', 'b', 'b']);
});

shaping('a source that is removed leaves the uplink to the others', async () => {
  await new Promise<void>(resolve => {
    const uplink = new Uplink(1e9, new Clock());
    const stuck: UplinkSource = {
      take: limit => ({ parts: [new Uint8Array(limit)], last: false }),
      write: () => assert.unreachable()
    };
    let waiting = true;
    uplink.request(stuck);
    uplink.request({
      take: () => (waiting ? { parts: [new Uint8Array(1)], last: true } : null),
      write: () => {
        waiting = false;
        resolve();
      }
    });
    uplink.remove(stuck);
  });
});

shaping('a downlink as fast as the sender lets bytes through as they come', () => {
  const downlink = new Downlink(1e9);
  assert.is(downlink.through(1000, 1e9, 5000, false), 5000);
  assert.is(downlink.through(1000, 1e9, 6000, false), 6000);
});

shaping('a downlink of half the rate takes twice the time, from the first byte on', () => {
  const downlink = new Downlink(5e8);
  assert.is(downlink.through(1000, 1e9, 1000, false), 2000);
  assert.is(downlink.through(1000, 1e9, 2000, false), 4000);
});

shaping('two senders at once fill a downlink of their rate in twice the time', () => {
  const downlink = new Downlink(1e9);
  const through = [1000, 1000, 2000, 2000].map(now => downlink.through(1000, 1e9, now, false));
  assert.equal(through, [1000, 2000, 3000, 4000]);
});

shaping('bytes that are read late count from when they came', () => {
  const downlink = new Downlink(1e9);
  assert.is(downlink.through(4000, 1e9, 9000, false), 9000);
  assert.is(downlink.through(4000, 1e9, 9000, false), 13_000);
});

shaping('a chunk that comes late delays nothing behind it', () => {
  const downlink = new Downlink(1e9);
  const through = [1000, 2500, 3000].map(now => downlink.through(1000, 1e9, now, false));
  assert.equal(through, [1000, 2500, 3000]);
});

shaping('the rest of a frame may come later than what begins one', () => {
  for (const [inFrame, end] of [
    [true, 10_001_000],
    [false, 10_002_000]
  ] as const) {
    const downlink = new Downlink(1e9);
    downlink.through(1000, 1e9, 1000, false);
    downlink.through(1000, 1e9, 10_001_000, inFrame);
    assert.is(downlink.through(1000, 1e9, 10_001_000, false), end);
  }
});

shaping('a link that was idle owes nothing for it', () => {
  const downlink = new Downlink(5e8);
  assert.is(downlink.through(1000, 1e9, 1000, false), 2000);
  assert.is(downlink.through(1000, 1e9, 10_001_000, false), 10_002_000);
});

shaping('nodes on one host are free of each other, and share its cable evenly', () => {
  const colocated = star({ bandwidth: '8Gbps', latency: '10us', placement: 'colocated' });
  const all: NodeId[] = ['c', 's0', 'w0', 'w1'];
  const shaper = Shaper.create(colocated, 's0', all, new Clock())!;
  assert.is(shaper.route('w0'), null);
  assert.is(shaper.route('w1')?.latencyNanos, 10_000);
  assert.is(shaper.upBytesPerSecond, 5e8);
  assert.is(Shaper.create(colocated, 'w1', all, new Clock())?.upBytesPerSecond, 1e9);
});

shaping('messages of the coordinator have a latency and no bandwidth', () => {
  const network = star({ bandwidth: '1kbps', latency: '3ms' });
  const route = Shaper.create(network, 'w0', nodes, new Clock())!.route('c')!;
  assert.is(route.uplink, null);
  assert.is(route.arrive(1_000_000, 7, false), 7);
  assert.is(route.latencyNanos, 3_000_000);
});

shaping('an ideal network is not enforced', () => {
  assert.is(Shaper.create({ kind: 'ideal' }, 'w0', nodes, new Clock()), null);
});

shaping.run();
