/** The sum of an update: weighted vectors, added one by one. */
import { elementwise } from './elementwise.ts';

/** `sum += weight * values` over the length of `sum`, each operation rounded to float32. */
export function accumulate(sum: Float32Array, values: Float32Array, weight: number): void {
  if (values.length < sum.length) throw new Error('a vector is shorter than its sum');
  kernel.run({ columns: [sum, values], scalars: [weight], results: [sum] }, sum.length);
}

const kernel = elementwise({
  columns: ['sum', 'values'],
  scalars: ['weight'],
  steps: [
    ['weighted', 'mul', 'values', 'weight'],
    ['total', 'add', 'sum', 'weighted']
  ],
  results: ['total']
});
