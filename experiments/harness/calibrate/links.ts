/** Latency, bandwidth, burst and CPU prices of messages, from the exchanges of one worker and one server. */
import { median } from 'simple-statistics';
import { timing } from '../../../core/config/problem.ts';
import { resolve } from '../../../core/config.ts';
import type { RealRun } from '../../../exec/real-run.ts';
import { type Bed, runOnBed } from './bed.ts';

export interface MeasuredLink {
  /** Of payload. */
  readonly bytesPerSecond: number;
  /** Payload that leaves at once after a pause. */
  readonly burstBytes: number;
  readonly latencyNanos: number;
  /** CPU time at one end of a message, for it and for each of its bytes. */
  readonly messageNanos: number;
  readonly byteNanos: number;
  /** What it was fitted to: medians of an exchange, there and back. */
  readonly exchanges: readonly { readonly bytes: number; readonly nanos: number }[];
}

/** What one run of ping-pong came to. */
interface Exchange {
  /** Of a message, either way. */
  readonly bytes: number;
  readonly nanos: number;
  /** CPU time of the server's process for each exchange. */
  readonly cpuNanos: number;
}

/** Small messages there and back, for each second that is to be measured. */
const pingPongsPerSecond = 600;
/**
 * What lies between two exchanges in training: caches and code have cooled when the next one comes,
 * and it costs some three times as much as in a ping-pong.
 */
const pause = '5ms';
const pausedPerSecond = 120;
const iterationsMin = 14;
const iterationsMax = 400;
/** Bytes of the messages that a bandwidth is fitted to: more than any burst, and as in training. */
const sizes = [400_000, 600_000, 900_000];

/**
 * Measures a bed, for about `seconds` with each size of message. An exchange of messages of n bytes
 * takes 2 (a + (n - burst) / bandwidth) where n is more than the burst: `a` is that of messages
 * without content, the rest a line through three sizes. What a message costs is measured apart.
 */
export async function measureLink(
  bed: Bed,
  seconds: number,
  signal?: AbortSignal
): Promise<MeasuredLink> {
  const small = await exchange(bed, 1, Math.ceil(pingPongsPerSecond * seconds), { signal });
  const paused = Math.ceil(pausedPerSecond * seconds);
  const cold = await exchange(bed, 1, paused, { signal, pause });
  const guess = (await exchange(bed, sizes[0]! / 4, iterationsMin, { signal })).nanos;
  const large: Exchange[] = [];
  for (const bytes of sizes) {
    const count = Math.round((seconds * 1e9 * sizes[0]!) / (bytes * guess));
    const iterations = Math.min(Math.max(count, iterationsMin), iterationsMax);
    large.push(await exchange(bed, bytes / 4, iterations, { signal }));
  }
  return fit(small, cold, large);
}

/** The link whose exchanges these are. */
export function fit(small: Exchange, cold: Exchange, large: readonly Exchange[]): MeasuredLink {
  const fixed = small.nanos / 2;
  const points = large.map(({ bytes, nanos }) => ({ x: bytes, y: nanos / 2 }));
  const { slope, intercept } = line(points);
  const bytesPerSecond = 1e9 / slope;
  const burstBytes = Math.max(0, (fixed - intercept) / slope);
  const apart = cold.nanos / 2;
  const messageNanos = Math.min(cold.cpuNanos / 2, apart / 2);
  const last = large[large.length - 1]!;
  const perByte = (last.cpuNanos - small.cpuNanos) / (2 * last.bytes);
  return {
    bytesPerSecond,
    burstBytes,
    latencyNanos: apart - 2 * messageNanos,
    messageNanos,
    byteNanos: Math.max(0, perByte),
    exchanges: [small, cold, ...large].map(({ bytes, nanos }) => ({ bytes, nanos }))
  };
}

async function exchange(
  bed: Bed,
  parameters: number,
  iterations: number,
  { signal, pause }: { readonly signal: AbortSignal | undefined; readonly pause?: string }
): Promise<Exchange> {
  const config = resolve({
    workers: 1,
    servers: 1,
    consistency: 'asp',
    problem: timing({ parameters }),
    environment: { compute: pause === undefined ? 'instant' : `constant:${pause}` },
    stopAt: { iterations }
  });
  const run = await runOnBed(config, bed, signal === undefined ? {} : { signal });
  return summary(run, iterations);
}

function summary({ rows, nodes }: RealRun, iterations: number): Exchange {
  const times: number[] = [];
  let sent = 0;
  for (const row of rows) {
    // Compilers and windows have grown by a quarter of the run.
    if (row.kind === 'iteration' && row.clock >= iterations / 4)
      times.push(row.ended - row.computed);
    if (row.kind === 'traffic' && row.node === 'w0') sent = row.trainingBytes;
  }
  const server = nodes.find(({ id }) => id === 's0')?.report;
  const cpu = server == null ? 0 : server.userNanos + server.systemNanos;
  return { bytes: sent / iterations, nanos: median(times), cpuNanos: cpu / iterations };
}

// Least squares.
function line(points: readonly { readonly x: number; readonly y: number }[]) {
  const mean = (of: (point: { x: number; y: number }) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [x, y] = [mean(point => point.x), mean(point => point.y)];
  const slope =
    mean(point => (point.x - x) * (point.y - y)) / mean(point => (point.x - x) * (point.x - x));
  return { slope, intercept: y - slope * x };
}
