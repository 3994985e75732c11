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
}

/** As many elements as a small model has: they and what they come from fit no cache of a core. */
const elements = 100_000;
/** Iterations for each second that is to be measured. */
const iterationsPerSecond = 160;
const computeMillis = 5;

/** Measures these compressors (short forms) with one worker and one server. */
export async function measureCodecs(
  compressors: readonly string[],
  seconds: number,
  signal?: AbortSignal
): Promise<MeasuredCodecs> {
  const plain = await shares('none', seconds, signal);
  const codecs: Record<string, { encode: number; decode: number }> = {};
  for (const short of compressors) {
    const name = formatCompressor(parseCompressor(short));
    if (name === 'none') continue;
    const { worker, server } = await shares(short, seconds, signal);
    codecs[name] = { encode: worker, decode: Math.max(0, server - plain.server) };
  }
  return { codecs, applyNanosPerElement: plain.server, latenessNanos: plain.late };
}

/** Time of handling what declared work, for each element: at the worker encoding, at the server the rest. */
async function shares(compressor: string, seconds: number, signal: AbortSignal | undefined) {
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
  const perElement = (id: string): number =>
    (nodes.find(node => node.id === id)?.report?.workNanos ?? 0) / (iterations * elements);
  return { worker: perElement('w0'), server: perElement('s0'), late: median(late) };
}
