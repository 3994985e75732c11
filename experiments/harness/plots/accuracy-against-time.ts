/** Test accuracy against time: which model gets there first. */
import { levelHeadline, targetHeadline } from './headline.ts';
import { learningCurve } from './learning-curve.ts';
import type { DrawPlot } from './plot.ts';

/** Null where no run measured an accuracy. */
export const accuracyAgainstTime: DrawPlot = results =>
  learningCurve(results, {
    name: 'accuracy-against-time',
    x: 'seconds',
    y: 'accuracy',
    title: runs => targetHeadline(runs, 'seconds') ?? levelHeadline(runs, 'seconds', 'accuracy')
  });
