/**
 * A quadratic bowl: loss 1/2 sum_i curvature_i (x_i - optimum_i)^2, curvatures geometric from 1 down
 * to 1 / condition. A worker may have an optimum of its own around the common one, and a sample's
 * gradient has Gaussian noise: the problem that closed forms of SGD are about.
 */
import type { ProblemOf } from '../../core/config/problem.ts';
import { pow } from '../../core/math.ts';
import { nameKey, normalAt, stream } from '../../core/random.ts';
import { type KeySet, type Layout, layout } from '../../core/tensors.ts';
import type { Batch, Evaluation, Gradient, Problem, ProblemContext } from './problem.ts';

/** Makes the problem; params begin at 0, the optimum is standard normal. */
export function quadraticProblem(config: ProblemOf<'quadratic'>, context: ProblemContext): Problem {
  return new Quadratic(config, context);
}

const NOISE = nameKey('noise');
const OFFSET = nameKey('offset');

class Quadratic implements Problem {
  readonly layout: Layout;
  readonly backend = null;
  readonly optimum = { loss: 0 };
  readonly #config: ProblemOf<'quadratic'>;
  readonly #context: ProblemContext;
  readonly #curvature: Float64Array;
  readonly #optimum: Float64Array;
  /** Mean of what the workers' optima are drawn to differ by, so that they differ by 0 on average. */
  readonly #meanOffset: Float64Array;

  constructor(config: ProblemOf<'quadratic'>, context: ProblemContext) {
    const { dimension, condition } = config;
    this.layout = layout([{ name: 'x', shape: [dimension], rows: false }]);
    this.#config = config;
    this.#context = context;
    const steps = Math.max(1, dimension - 1);
    const numbers = { length: dimension };
    this.#curvature = Float64Array.from(numbers, (_, i) => pow(condition, -i / steps));
    const random = stream(context.seed, 'optimum');
    this.#optimum = Float64Array.from(numbers, () => random.normal());
    this.#meanOffset = new Float64Array(dimension);
    if (config.heterogeneity === 0) return;
    for (let worker = 0; worker < context.workers; worker++) {
      for (let i = 0; i < dimension; i++) {
        this.#meanOffset[i]! += this.#draw(worker, i) / context.workers;
      }
    }
  }

  initialParams(): Float32Array {
    return new Float32Array(this.layout.size);
  }

  keys(): null {
    return null;
  }

  gradient(params: Float32Array, _keys: KeySet, { worker, clock }: Batch): Gradient {
    const { noise, heterogeneity } = this.#config;
    const { seed, batchSize } = this.#context;
    const deviation = noise / Math.sqrt(batchSize);
    const values = new Float32Array(params.length);
    let loss = 0;
    for (let i = 0; i < params.length; i++) {
      const curvature = this.#curvature[i]!;
      let distance = params[i]! - this.#optimum[i]!;
      if (heterogeneity > 0) {
        distance -= heterogeneity * (this.#draw(worker, i) - this.#meanOffset[i]!);
      }
      loss += 0.5 * curvature * distance * distance;
      const chance = noise > 0 ? deviation * normalAt(seed, NOISE, worker, clock, i) : 0;
      values[i] = curvature * distance + chance;
    }
    return { loss, samples: batchSize, values };
  }

  evaluate(params: Float32Array): Evaluation {
    let loss = 0;
    for (let i = 0; i < params.length; i++) {
      const distance = params[i]! - this.#optimum[i]!;
      loss += 0.5 * this.#curvature[i]! * distance * distance;
    }
    return { loss, accuracy: null };
  }

  close(): void {
    // Plain arrays need no freeing.
  }

  #draw(worker: number, i: number): number {
    return normalAt(this.#context.seed, OFFSET, worker, 0, i);
  }
}
