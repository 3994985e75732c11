import {
  createCompressor,
  formatCompressor,
  parseCompressor
} from '../../core/compression/registry.ts';
import type { Payload } from '../../core/params.ts';
import { stream } from '../../core/random.ts';

/** One measured number of a benchmark. */
interface Measurement {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly target?: string;
}

/** 4 MiB of gradient: what a million params are. */
const length = 1 << 20;
const repetitions = 60;
/** Plain TypeScript on one core of a shared machine; memory bandwidth is what it is up against. */
const targets: Readonly<Record<string, { readonly encode: string; readonly decode: string }>> = {
  int8: { encode: '>= 1.4 GB/s', decode: '>= 2.9 GB/s' },
  'int8:stochastic': { encode: '>= 0.5 GB/s', decode: '>= 2.9 GB/s' },
  'topk:0.01': { encode: '>= 2.2 GB/s', decode: '>= 6 GB/s' },
  'topk:0.01:smallest': { encode: '>= 2 GB/s', decode: '>= 6 GB/s' },
  'topk:0.001': { encode: '>= 2.2 GB/s', decode: '>= 6 GB/s' }
};

/** GB/s of float32 values encoded and decoded, beside a plain copy in the same run; best of 60. */
export async function bench(): Promise<readonly Measurement[]> {
  const chance = stream(1, 'bench', 'gradient');
  const values = Float32Array.from({ length }, () => chance.normal());
  const copy = new Float32Array(length);
  const unit = 'GB/s';
  const results: Measurement[] = [
    { name: 'copy of 4 MiB', value: speed(() => copy.set(values)), unit }
  ];
  for (const [short, { encode, decode }] of Object.entries(targets)) {
    const compressor = createCompressor(parseCompressor(short));
    const slice = { length, pieces: [] };
    const key = { seed: 1, worker: 0, server: 0, clock: 0, round: 0 };
    const bytes = compressor.encode(values, slice, key);
    const { format } = compressor;
    const payload: Payload = { format, elements: length, byteLength: bytes.length, bytes };
    const name = formatCompressor(parseCompressor(short));
    const encoding = speed(() => compressor.encode(values, slice, key));
    const decoding = speed(() => compressor.decode(payload, copy));
    results.push({ name: `${name}, encode`, value: encoding, unit, target: encode });
    results.push({ name: `${name}, decode`, value: decoding, unit, target: decode });
  }
  return results;
}

function speed(work: () => unknown): number {
  let best = Number.POSITIVE_INFINITY;
  for (let repetition = 0; repetition < repetitions; repetition++) {
    const start = performance.now();
    work();
    best = Math.min(best, performance.now() - start);
  }
  return (4 * length) / best / 1e6;
}
