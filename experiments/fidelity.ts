import { quadratic } from '../core/config/problem.ts';
import { agrees, disagrees, experiment } from './harness/experiment.ts';
import { orthogonalCells } from './harness/fidelity/design.ts';

/**
 * `slackline fidelity experiments/fidelity.ts` runs every cell for real and simulates it from a
 * calibration that has seen none of them. By `slackline run` the cells are simulated alone, on links
 * without bursts or headers: a sanity check of the grid, and no answer.
 */
export default experiment({
  question: 'How far is a simulated iteration time from the real one?',
  expect: {
    answer:
      'With compute by timer: 3 % in the median and 8 % at worst, and 95 % of the pairs of cells ' +
      'that differ by more than 5 % are ranked as they were measured.',
    check(results) {
      const done = results.rows.filter(row => row.done === row.planned).length;
      const figures = `${done} of ${results.rows.length} cells came to their end`;
      return done === results.rows.length ? agrees(figures) : disagrees(figures);
    }
  },
  base: {
    // The cells say how large it is.
    problem: quadratic(),
    optimizer: { kind: 'sgd', learningRate: 0.01 },
    stopAt: { iterations: 40 }
  },
  variants: {
    cell: orthogonalCells({
      workers: [
        [2, 3],
        [4, 4],
        [6, 5]
      ],
      servers: [1, 2, 3],
      consistency: ['bsp', 'ssp:2', 'asp'],
      compressor: ['none', 'int8', 'topk:0.01'],
      // A model takes some 10 to 30 ms on its link.
      links: [
        { bandwidth: '50Mbps', parameters: 40_000 },
        { bandwidth: '200Mbps', parameters: 100_000 },
        { bandwidth: '1Gbps', parameters: 200_000 }
      ]
    })
  },
  seeds: 1
});
