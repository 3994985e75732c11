/** Stochastic gradient descent: p' = p - rate g. */
import { z } from 'zod';
import type { Program } from '../kernels/program.ts';
import { type RateOptions, rateFields, rateOf } from './schedule.ts';
import type { UpdateRule } from './update-rule.ts';

export const SgdSchema = z.strictObject({ kind: z.literal('sgd'), ...rateFields });

/** Stochastic gradient descent. */
export function sgd(options: RateOptions) {
  return { kind: 'sgd' as const, ...rateOf(options) };
}

export function sgdRule(): UpdateRule {
  return { program, scalars: ({ gradientScale, learningRate }) => [gradientScale, learningRate] };
}

const program: Program = {
  columns: ['params', 'gradient'],
  scalars: ['scale', 'rate'],
  steps: [
    ['g', 'mul', 'gradient', 'scale'],
    ['move', 'mul', 'g', 'rate'],
    ['next', 'sub', 'params', 'move']
  ],
  results: ['next']
};
