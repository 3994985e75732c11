/**
 * SGD with momentum: v' = m v + g, p' = p - rate v' (Polyak's heavy ball, with the rate outside of
 * the velocity), or p' = p - rate (g + m v') (Nesterov's, in the form of Sutskever et al. 2013).
 * A sparse update moves the velocity of the touched params only.
 */
import { z } from 'zod';
import type { Program, Step } from '../kernels/program.ts';
import { type RateOptions, rateFields, rateOf } from './schedule.ts';
import type { UpdateRule } from './update-rule.ts';

export const MomentumSchema = z.strictObject({
  kind: z.literal('momentum'),
  ...rateFields,
  momentum: z.number().min(0).lt(1),
  nesterov: z.boolean().default(false)
});
export type MomentumConfig = z.output<typeof MomentumSchema>;

/** SGD with momentum in [0, 1). */
export function momentum(
  options: RateOptions & { readonly momentum: number; readonly nesterov?: boolean }
) {
  const { momentum, nesterov = false } = options;
  return { kind: 'momentum' as const, ...rateOf(options), momentum, nesterov };
}

export function momentumRule({ momentum, nesterov }: MomentumConfig): UpdateRule {
  return {
    program: nesterov ? nesterovProgram : heavyBall,
    scalars: ({ gradientScale, learningRate }) => [gradientScale, learningRate, momentum]
  };
}

const velocity: readonly Step[] = [
  ['g', 'mul', 'gradient', 'scale'],
  ['kept', 'mul', 'velocity', 'momentum'],
  ['speed', 'add', 'kept', 'g']
];
const heavyBall: Program = {
  columns: ['params', 'gradient', 'velocity'],
  scalars: ['scale', 'rate', 'momentum'],
  steps: [...velocity, ['move', 'mul', 'speed', 'rate'], ['next', 'sub', 'params', 'move']],
  results: ['next', 'speed']
};
const nesterovProgram: Program = {
  ...heavyBall,
  steps: [
    ...velocity,
    ['ahead', 'mul', 'speed', 'momentum'],
    ['direction', 'add', 'g', 'ahead'],
    ['move', 'mul', 'direction', 'rate'],
    ['next', 'sub', 'params', 'move']
  ]
};
