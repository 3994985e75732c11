/** Test accuracy against gradients applied: what staleness costs, whatever the time. */
import { levelHeadline, targetHeadline } from './headline.ts';
import { learningCurve } from './learning-curve.ts';
import type { DrawPlot } from './plot.ts';

/** Null where no run measured an accuracy. */
export const accuracyAgainstGradients: DrawPlot = results =>
  learningCurve(results, {
    name: 'accuracy-against-gradients',
    x: 'gradients',
    y: 'accuracy',
    title: runs => targetHeadline(runs, 'gradients') ?? levelHeadline(runs, 'gradients', 'accuracy')
  });
