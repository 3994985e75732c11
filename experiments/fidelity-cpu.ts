import { logistic, quadratic } from '../core/config/problem.ts';
import { agrees, disagrees, experiment } from './harness/experiment.ts';

/** As long as a gradient of the other: 512 samples of 2000 features, or 100,000 noisy slopes. */
const problems = {
  logistic: { problem: logistic({ features: 2000, samples: 1000 }), batchSize: 512 },
  quadratic: { problem: quadratic({ dimension: 100_000, noise: 0.1 }), batchSize: 32 }
};

function cell(
  problem: keyof typeof problems,
  workers: number,
  servers: number,
  consistency: string
) {
  return {
    [`${workers}x${servers} ${consistency} ${problem}`]: {
      ...problems[problem],
      workers,
      servers,
      consistency
    }
  };
}

/** As `fidelity.ts`, with gradients that work, and more processes than cores to do it on. */
export default experiment({
  question: 'How far is a simulated iteration time from the real one where processes share cores?',
  expect: {
    answer: '10 % in the median and 35 % at worst.',
    check(results) {
      const done = results.rows.filter(row => row.done === row.planned).length;
      const figures = `${done} of ${results.rows.length} cells came to their end`;
      return done === results.rows.length ? agrees(figures) : disagrees(figures);
    }
  },
  base: {
    problem: quadratic(),
    optimizer: { kind: 'sgd', learningRate: 0.01 },
    // No network and no duration: all of it is what this machine does.
    environment: { compute: 'instant' },
    stopAt: { iterations: 40 }
  },
  variants: {
    cell: {
      ...cell('logistic', 2, 1, 'bsp'),
      ...cell('logistic', 3, 1, 'asp'),
      ...cell('logistic', 4, 2, 'bsp'),
      ...cell('logistic', 6, 1, 'ssp:2'),
      ...cell('logistic', 6, 3, 'asp'),
      ...cell('quadratic', 2, 1, 'asp'),
      ...cell('quadratic', 3, 2, 'bsp'),
      ...cell('quadratic', 4, 1, 'ssp:2'),
      ...cell('quadratic', 5, 2, 'asp'),
      ...cell('quadratic', 6, 1, 'bsp')
    }
  },
  seeds: 1
});
