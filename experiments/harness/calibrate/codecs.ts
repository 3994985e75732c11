/** What compressors and updates cost an element, and how late timers are, in processes of a real run. */
import { median } from 'simple-statistics';
import { formatCompressor, parseCompressor } from '../../../core/compression/registry.ts';
import { quadratic } from '../../../core/config/problem.ts';
import { resolve } from '../../../core/config.ts';
import { runOnBed } from './bed.ts';

export interface MeasuredCodecs {
  /** Nanoseconds for each element, by the compressor's short form. */
  readonly codecs: Readonly<Record<string, { readonly encode: number; readonly decode: number }>>;
  readonly applyNanosPerElement: number;
  /** How much later than it was due a computation was over. */
  readonly latenessNanos: number;
  /**
   * CPU time of an iteration of the worker whose gradient is held to a duration, besides messages and
   * compression: of it, and of each of its params. That of a quadratic problem.
   */
  readonly held: { readonly nanos: number; readonly nanosPerElement: number };
}

/** As many elements as a small model has: they and what they come from fit no cache of a core. */
const elements = 100_000;
/** So few that what is left is of the iteration itself. */
const fewElements = 1000;
/** Iterations for each second that is to be measured. */
const iterationsPerSecond = 160;
const computeMillis = 5;

/** Measures these compressors (short forms) with one worker and one server. */
export async function measureCodecs(
  compressors: readonly string[],
  seconds: number,
  signal?: AbortSignal
): Promise<MeasuredCodecs> {
  const plain = await shares('none', elements, seconds, signal);
  const few = await shares('none', fewElements, seconds, signal);
  const codecs: Record<string, { encode: number; decode: number }> = {};
  for (const short of compressors) {
    const name = formatCompressor(parseCompressor(short));
    if (name === 'none') continue;
    const { worker, server } = await shares(short, elements, seconds, signal);
    codecs[name] = { encode: worker, decode: Math.max(0, server - plain.server) };
  }
  const perElement = Math.max(0, (plain.held - few.held) / (elements - fewElements));
  const held = {
    nanos: Math.max(0, few.held - perElement * fewElements),
    nanosPerElement: perElement
  };
  return { codecs, applyNanosPerElement: plain.server, latenessNanos: plain.late, held };
}

/** Time of handling what declared work, for each element: at the worker encoding, at the server the rest. */
async function shares(
  compressor: string,
  elements: number,
  seconds: number,
  signal: AbortSignal | undefined
) {
  const iterations = Math.ceil(iterationsPerSecond * seconds);
  const config = resolve({
    workers: 1,
    servers: 1,
    consistency: 'asp',
    compressor,
    problem: quadratic({ dimension: elements }),
    environment: { compute: `constant:${computeMillis}ms` },
    stopAt: { iterations }
  });
  const { rows, nodes } = await runOnBed(
    config,
    { kind: 'loopback' },
    signal === undefined ? {} : { signal }
  );
  const late = rows.flatMap(row =>
    row.kind === 'iteration' ? [row.computed - row.started - computeMillis * 1e6] : []
  );
  const [worker, server] = ['w0', 's0'].map(id => nodes.find(node => node.id === id)?.report);
  const perElement = (nanos = 0): number => nanos / (iterations * elements);
  // Both take in and send the same messages: the rest is the iteration's.
  const apart = (report: typeof worker): number =>
    report == null ? 0 : report.userNanos + report.systemNanos - report.workNanos;
  return {
    worker: perElement(worker?.workNanos),
    server: perElement(server?.workNanos),
    held: (apart(worker) - apart(server)) / iterations,
    late: median(late)
  };
}
