/**
 * Adam (Kingma, Ba 2015), in the order of computation at the end of its section 2: the corrections
 * of the bias, 1 - beta^step, go into the rate and into epsilon, where they are the same for all
 * params. A sparse update moves the moments of the touched params only.
 */
import { z } from 'zod';
import type { Program } from '../kernels/program.ts';
import { pow } from '../math.ts';
import { type RateOptions, rateFields, rateOf } from './schedule.ts';
import type { UpdateRule } from './update-rule.ts';

export const AdamSchema = z.strictObject({
  kind: z.literal('adam'),
  ...rateFields,
  beta1: z.number().min(0).lt(1).default(0.9),
  beta2: z.number().min(0).lt(1).default(0.999),
  epsilon: z.number().gt(0).max(1).default(1e-8)
});
export type AdamConfig = z.output<typeof AdamSchema>;

/** Adam, with the betas and epsilon of its paper where nothing is said. */
export function adam(
  options: RateOptions & {
    readonly beta1?: number;
    readonly beta2?: number;
    readonly epsilon?: number;
  }
) {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = options;
  return { kind: 'adam' as const, ...rateOf(options), beta1, beta2, epsilon };
}

export function adamRule({ beta1, beta2, epsilon }: AdamConfig): UpdateRule {
  return {
    program,
    scalars: ({ gradientScale, learningRate, step }) => {
      const deviation = Math.sqrt(1 - pow(beta2, step));
      const rate = (learningRate * deviation) / (1 - pow(beta1, step));
      return [gradientScale, rate, beta1, 1 - beta1, beta2, 1 - beta2, epsilon * deviation];
    }
  };
}

const program: Program = {
  columns: ['params', 'gradient', 'mean', 'square'],
  scalars: ['scale', 'rate', 'beta1', 'fresh1', 'beta2', 'fresh2', 'epsilon'],
  steps: [
    ['g', 'mul', 'gradient', 'scale'],
    ['meanKept', 'mul', 'mean', 'beta1'],
    ['meanFresh', 'mul', 'g', 'fresh1'],
    ['meanNext', 'add', 'meanKept', 'meanFresh'],
    ['g2', 'mul', 'g', 'g'],
    ['squareKept', 'mul', 'square', 'beta2'],
    ['squareFresh', 'mul', 'g2', 'fresh2'],
    ['squareNext', 'add', 'squareKept', 'squareFresh'],
    ['root', 'sqrt', 'squareNext'],
    ['size', 'add', 'root', 'epsilon'],
    ['move', 'mul', 'meanNext', 'rate'],
    ['step', 'div', 'move', 'size'],
    ['next', 'sub', 'params', 'step']
  ],
  results: ['next', 'meanNext', 'squareNext']
};
