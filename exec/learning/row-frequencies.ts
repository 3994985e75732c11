/** How often the rows of a sparse model are updated, measured on its own batches. */
import type { RowFrequencies } from '../../core/sharding.ts';
import type { Problem } from './problem.ts';

/** Batches looked at, over all workers: a row of frequency 1 % is then known to a tenth of it. */
const batchesMeasured = 1024;

/**
 * Updates an iteration of each row, by tensor. A batch is a function of (worker, clock), so every
 * process that measures finds the same numbers.
 */
export function rowFrequencies(problem: Problem, workers: number): RowFrequencies {
  const tensors = problem.layout.tensors.filter(tensor => tensor.rows);
  const counts = tensors.map(({ begin, end, unit }) => new Float32Array((end - begin) / unit));
  const clocks = Math.max(1, Math.ceil(batchesMeasured / workers));
  const measured = Math.min(workers, batchesMeasured);
  for (let worker = 0; worker < measured; worker++) {
    for (let clock = 0; clock < clocks; clock++) {
      const keys = problem.keys({ worker, clock });
      if (keys === null || keys.kind === 'all') continue;
      for (const key of keys.rows) {
        const index = tensors.findIndex(({ begin, end }) => key >= begin && key < end);
        const tensor = tensors[index];
        if (tensor !== undefined) counts[index]![(key - tensor.begin) / tensor.unit]! += 1;
      }
    }
  }
  // A row that no batch met may still be met: it counts for half a sighting.
  const batches = measured * clocks;
  for (const rows of counts) {
    for (let row = 0; row < rows.length; row++) rows[row] = Math.max(0.5, rows[row]!) / batches;
  }
  return new Map(tensors.map((tensor, index) => [tensor.name, counts[index]!]));
}
