/** The logistic loss of one sample, the same bits on every Node. */
import { exp, log1p } from '../../core/math.ts';

/** log(1 + e^-margin), where margin is the label (1 or -1) times the logit. */
export function logisticLoss(margin: number): number {
  return margin > 0 ? log1p(exp(-margin)) : log1p(exp(margin)) - margin;
}

/** 1 / (1 + e^-x). */
export function sigmoid(x: number): number {
  if (x >= 0) return 1 / (1 + exp(-x));
  const e = exp(x);
  return e / (1 + e);
}
