/** Test loss against gradients applied: statistical efficiency alone. */
import { levelHeadline } from './headline.ts';
import { learningCurve } from './learning-curve.ts';
import type { DrawPlot } from './plot.ts';

/** Null where no run was evaluated. */
export const lossAgainstGradients: DrawPlot = results =>
  learningCurve(results, {
    name: 'loss-against-gradients',
    x: 'gradients',
    y: 'loss',
    title: runs => levelHeadline(runs, 'gradients', 'loss')
  });
