/**
 * AdaGrad (Duchi, Hazan, Singer 2011, diagonal form): h' = h + g^2, p' = p - rate g / (sqrt h' + e).
 * Rare keys of a sparse model keep a large rate; the choice of DistBelief (Dean et al. 2012).
 */
import { z } from 'zod';
import type { Program } from '../kernels/program.ts';
import { type RateOptions, rateFields, rateOf } from './schedule.ts';
import type { UpdateRule } from './update-rule.ts';

export const AdagradSchema = z.strictObject({
  kind: z.literal('adagrad'),
  ...rateFields,
  epsilon: z.number().gt(0).max(1).default(1e-8)
});
export type AdagradConfig = z.output<typeof AdagradSchema>;

/** AdaGrad; `epsilon` keeps the first division finite. */
export function adagrad(options: RateOptions & { readonly epsilon?: number }) {
  return { kind: 'adagrad' as const, ...rateOf(options), epsilon: options.epsilon ?? 1e-8 };
}

export function adagradRule({ epsilon }: AdagradConfig): UpdateRule {
  return {
    program,
    scalars: ({ gradientScale, learningRate }) => [gradientScale, learningRate, epsilon]
  };
}

const program: Program = {
  columns: ['params', 'gradient', 'history'],
  scalars: ['scale', 'rate', 'epsilon'],
  steps: [
    ['g', 'mul', 'gradient', 'scale'],
    ['square', 'mul', 'g', 'g'],
    ['sum', 'add', 'history', 'square'],
    ['root', 'sqrt', 'sum'],
    ['size', 'add', 'root', 'epsilon'],
    ['move', 'mul', 'g', 'rate'],
    ['step', 'div', 'move', 'size'],
    ['next', 'sub', 'params', 'step']
  ],
  results: ['next', 'sum']
};
