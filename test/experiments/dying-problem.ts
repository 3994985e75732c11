/** A problem whose process dies in the middle of the run with seed 2: for a test of what follows. */
import { defineProblem } from '../../exec/learning/modules.ts';
import { quadraticProblem } from '../../exec/learning/quadratic.ts';

export default defineProblem((_options, context) => {
  const config = { kind: 'quadratic', dimension: 4, condition: 1, noise: 0, heterogeneity: 0 };
  const problem = quadraticProblem({ ...config, kind: 'quadratic' }, context);
  return {
    ...problem,
    layout: problem.layout,
    backend: null,
    optimum: null,
    initialParams: () => problem.initialParams(),
    keys: batch => problem.keys(batch),
    gradient(params, keys, batch) {
      if (context.seed === 2 && batch.clock === 3) process.kill(process.pid, 'SIGKILL');
      return problem.gradient(params, keys, batch);
    },
    evaluate: params => problem.evaluate(params),
    close: () => problem.close()
  };
});
