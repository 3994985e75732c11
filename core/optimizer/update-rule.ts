/** An optimizer's rule as a kernel, and the optimizer that runs it. */
import { elementwise } from '../kernels/elementwise.ts';
import type { Program } from '../kernels/program.ts';
import type { ApplyOptions, Optimizer } from './optimizer.ts';
import { learningRateAt, type RateConfig } from './schedule.ts';

/**
 * What an update does to one param. The program reads the columns `params`, `gradient` and the slots,
 * in this order, and has as results the next params and the next slots, in the same order.
 */
export interface UpdateRule {
  readonly program: Program;
  /** Values of the program's scalars for one update. */
  scalars(options: ApplyOptions): readonly number[];
}

/** The optimizer of a rule. */
export function optimizerOf(rule: UpdateRule, rate: RateConfig): Optimizer {
  const kernel = elementwise(rule.program);
  const slotCount = rule.program.results.length - 1;
  return {
    slots: length => Array.from({ length: slotCount }, () => new Float32Array(length)),
    apply(params, gradient, slots, options, into) {
      const next = into ?? new Float32Array(params.length);
      const columns = [params, gradient, ...slots];
      const scalars = rule.scalars(options);
      kernel.run({ columns, scalars, results: [next, ...slots] }, params.length);
      return next;
    },
    applyAt(params, gradient, slots, positions, options, into = null) {
      const next = into ?? new Float32Array(params.length);
      next.set(params);
      const columns = [params, gradient, ...slots];
      const scalars = rule.scalars(options);
      kernel.runAt({ columns, scalars, results: [next, ...slots] }, positions);
      return next;
    },
    learningRateAt: iteration => learningRateAt(rate, iteration)
  };
}
