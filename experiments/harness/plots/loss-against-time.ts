/** Test loss against time. */
import { levelHeadline } from './headline.ts';
import { learningCurve } from './learning-curve.ts';
import type { DrawPlot } from './plot.ts';

/** Null where no run was evaluated. */
export const lossAgainstTime: DrawPlot = results =>
  learningCurve(results, {
    name: 'loss-against-time',
    x: 'seconds',
    y: 'loss',
    title: runs => levelHeadline(runs, 'seconds', 'loss')
  });
