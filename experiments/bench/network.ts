import { exponentialAt } from '../../core/random.ts';
import { EventQueue } from '../../sim/event-queue.ts';
import { createNetwork, type Network } from '../../sim/network.ts';
import type { Port } from '../../sim/topology.ts';
import type { Measurement } from '../harness/bench.ts';

/** What a benchmark sends: the traffic of asynchronous training without the training. */
interface Traffic {
  readonly model?: 'chunks';
  readonly workers: number;
  readonly servers: number;
  readonly workerPort: Port;
  readonly serverPort: Port;
  readonly messages: number;
  readonly target?: string;
}

const bytesPerMessage = 400_000;
const thinkNanosMean = 5_000_000;
const tenGigabit: Port = { bytesPerSecond: 1.25e9, latencyNanos: 10_000 };
const oneGigabit: Port = { bytesPerSecond: 0.125e9, latencyNanos: 10_000 };
const fast = { workerPort: tenGigabit, serverPort: tenGigabit, messages: 200_000 };
const slow = { workerPort: oneGigabit, serverPort: tenGigabit, messages: 100_000 };

const chunks = {
  chunkBytes: 16_384,
  perFlow: 2,
  goodput: 1448 / 1514
};

/**
 * Messages a second through a bare star. Each worker pushes to every server, gets an answer of the
 * same size from each, thinks for an exponential time, and pushes again. The servers' links are
 * full in all of these; where the workers' are slower, both sides are, and changes reach further.
 */
export async function bench(): Promise<readonly Measurement[]> {
  return [
    measured({ ...fast, workers: 64, servers: 4, target: '>= 300,000' }),
    measured({ ...fast, workers: 256, servers: 8 }),
    measured({ ...fast, workers: 1024, servers: 16 }),
    measured({ ...slow, workers: 64, servers: 4 }),
    measured({ ...slow, workers: 256, servers: 8 }),
    measured({ ...fast, workers: 64, servers: 4, messages: 20_000, model: 'chunks' })
  ];
}

function measured(traffic: Traffic): Measurement {
  let best = 0;
  // The first run compiles; the best of the others is what the machine can do undisturbed.
  for (let repetition = 0; repetition < 3; repetition++) {
    const start = performance.now();
    const messages = exchange(traffic);
    best = Math.max(best, (messages / (performance.now() - start)) * 1000);
  }
  const gigabits = (port: Port) => `${(port.bytesPerSecond * 8) / 1e9}G`;
  const { workers, servers, workerPort, serverPort, target, model } = traffic;
  const ports = `${gigabits(workerPort)} to ${gigabits(serverPort)}`;
  const how = model === undefined ? '' : ', in chunks of 16 KiB';
  const name = `network, ${workers} workers x ${servers} servers, ${ports}${how}`;
  const result = { name, value: best, unit: 'messages/s' };
  return target === undefined ? result : { ...result, target };
}

/** Runs the traffic until at least the given number of messages is delivered; returns how many. */
function exchange(traffic: Traffic): number {
  const { workers, servers, messages } = traffic;
  const network = star(traffic);
  const pairs = workers * servers;
  const thinking = new EventQueue();
  const answersMissing = new Int32Array(workers);
  const iterations = new Int32Array(workers);
  const think = (worker: number, now: number) => {
    const mean = exponentialAt(1, worker, iterations[worker]!++, 0, 0);
    thinking.push(now + Math.round(mean * thinkNanosMean), worker);
  };
  const push = (worker: number, now: number) => {
    answersMissing[worker] = servers;
    for (let server = 0; server < servers; server++) {
      const pair = worker * servers + server;
      network.send(now, worker, workers + server, pair, bytesPerMessage, 0, pair);
    }
  };
  // A push has the number of its pair of nodes as session and tag, its answer that plus `pairs`.
  const receive = (tag: number, now: number) => {
    const worker = Math.floor((tag % pairs) / servers);
    if (tag < pairs) {
      const server = workers + (tag % servers);
      network.send(now, server, worker, tag + pairs, bytesPerMessage, 0, tag + pairs);
    } else if (--answersMissing[worker]! === 0) think(worker, now);
  };
  for (let worker = 0; worker < workers; worker++) think(worker, 0);
  const delivered: number[] = [];
  let count = 0;
  while (count < messages) {
    const event = network.nextEvent();
    if (thinking.time <= event) {
      const now = thinking.time;
      push(thinking.pop(), now);
      continue;
    }
    network.advance(event, delivered);
    for (const tag of delivered) receive(tag, event);
    count += delivered.length;
    delivered.length = 0;
  }
  return count;
}

function star({ workers, workerPort, servers, serverPort, model }: Traffic): Network {
  const hosts = Array.from({ length: workers + servers }, (_, host) => {
    const isWorker = host < workers;
    const port = isWorker ? workerPort : serverPort;
    const name = isWorker ? `w${host}` : `s${host - workers}`;
    return { name, uplink: port, downlink: port };
  });
  return createNetwork(
    { kind: 'star', hosts },
    {
      chunks:
        model === undefined
          ? null
          : { ...chunks, burstBytes: hosts.flatMap(() => [131_072, 131_072]) }
    }
  );
}
