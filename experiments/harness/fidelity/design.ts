/** The cells of the fidelity experiment: few, chosen so that every value meets every other. */
import { int8 } from '../../../core/compression/int8.ts';
import { none } from '../../../core/compression/none.ts';
import { topK } from '../../../core/compression/topk.ts';
import { quadratic } from '../../../core/config/problem.ts';
import type { ConfigInput } from '../../../core/config.ts';
import { asp } from '../../../core/consistency/asp.ts';
import { bsp } from '../../../core/consistency/bsp.ts';
import { ssp } from '../../../core/consistency/ssp.ts';
import { star } from '../../../core/environment/network.ts';
import type { Bandwidth } from '../../../core/units.ts';

export interface Levels {
  readonly workers: readonly (readonly [number, number])[];
  readonly servers: readonly number[];
  readonly consistency: readonly ('bsp' | 'ssp:2' | 'asp')[];
  readonly compressor: readonly ('none' | 'int8' | 'topk:0.01')[];
  readonly links: readonly { readonly bandwidth: Bandwidth; readonly parameters: number }[];
}

const models = { bsp: bsp(), 'ssp:2': ssp(2), asp: asp() };
const compressors = { none: none(), int8: int8(), 'topk:0.01': topK({ ratio: 0.01 }) };

/**
 * Cells of five factors with three levels each, as the orthogonal array L27 has them (Taguchi): each
 * pair of levels of two factors is in three cells. A level of workers is two numbers in turn. By
 * label, for the variants of an experiment.
 */
export function orthogonalCells(levels: Levels): {
  readonly [label: string]: Partial<ConfigInput>;
} {
  const cells: Record<string, Partial<ConfigInput>> = {};
  for (let cell = 0; cell < 27; cell++) {
    const [a, b, c] = [Math.floor(cell / 9), Math.floor(cell / 3) % 3, cell % 3];
    const workers = levels.workers[(a + 2 * b) % 3]![cell % 2]!;
    const servers = levels.servers[a]!;
    const consistency = levels.consistency[b]!;
    const { bandwidth, parameters } = levels.links[c]!;
    const compressor = levels.compressor[(a + b + c) % 3]!;
    cells[`${workers}x${servers} ${consistency} ${compressor} ${bandwidth}`] = {
      workers,
      servers,
      consistency: models[consistency],
      compressor: compressors[compressor],
      problem: quadratic({ dimension: parameters }),
      environment: { compute: 'log-normal:20ms:0.3', network: star({ bandwidth, latency: '0ns' }) }
    };
  }
  return cells;
}
