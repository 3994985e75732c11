/** The minimum of a smooth, strongly convex function (Nocedal and Wright 2006, section 7.1). */

export interface Objective {
  readonly dimension: number;
  evaluate(point: Float64Array): { readonly loss: number; readonly gradient: Float64Array };
  /** The Hessian at `point` times `direction`. */
  curvature(point: Float64Array, direction: Float64Array): Float64Array;
}

const ITERATIONS_MAX = 100;
/** Of the gradient's norm, over its norm at the start. */
const TOLERANCE = 1e-10;

/**
 * Newton's method from 0: each step by conjugate gradients, halved until the loss falls as it should
 * (Armijo). Ends where the gradient is small, or no step makes the loss smaller in floating point.
 */
export function minimise(objective: Objective): { loss: number; point: Float64Array } {
  let point: Float64Array = new Float64Array(objective.dimension);
  let { loss, gradient } = objective.evaluate(point);
  const target = TOLERANCE * Math.sqrt(dot(gradient, gradient));
  for (let iteration = 0; iteration < ITERATIONS_MAX; iteration++) {
    if (Math.sqrt(dot(gradient, gradient)) <= target) break;
    const step = newtonStep(objective, point, gradient);
    const slope = dot(step, gradient);
    let length = 1;
    let next = moved(point, step, length);
    let there = objective.evaluate(next);
    while (there.loss > loss + 1e-4 * length * slope && length > 1e-10) {
      length /= 2;
      next = moved(point, step, length);
      there = objective.evaluate(next);
    }
    if (there.loss >= loss) break;
    point = next;
    ({ loss, gradient } = there);
  }
  return { loss, point };
}

/** Solves Hessian x step = -gradient, more exactly the nearer the end is. */
function newtonStep(
  objective: Objective,
  point: Float64Array,
  gradient: Float64Array
): Float64Array {
  const norm = Math.sqrt(dot(gradient, gradient));
  const enough = Math.min(0.1, Math.sqrt(norm)) * norm;
  const step = new Float64Array(objective.dimension);
  const residual = gradient.map(value => -value);
  let direction: Float64Array = residual.slice();
  let squared = dot(residual, residual);
  for (let i = 0; i < objective.dimension && Math.sqrt(squared) > enough; i++) {
    const product = objective.curvature(point, direction);
    const length = squared / dot(direction, product);
    add(step, direction, length);
    add(residual, product, -length);
    const before = squared;
    squared = dot(residual, residual);
    direction = moved(residual, direction, squared / before);
  }
  return step;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function add(into: Float64Array, direction: Float64Array, length: number): void {
  for (let i = 0; i < into.length; i++) into[i]! += length * direction[i]!;
}

function moved(point: Float64Array, direction: Float64Array, length: number): Float64Array {
  return point.map((value, i) => value + length * direction[i]!);
}
