import { mlp, mnist } from '../core/config/problem.ts';
import { asp } from '../core/consistency/asp.ts';
import { bsp } from '../core/consistency/bsp.ts';
import { ssp } from '../core/consistency/ssp.ts';
import { logNormal } from '../core/environment/compute.ts';
import { star } from '../core/environment/network.ts';
import { transient } from '../core/environment/straggler.ts';
import { agrees, disagrees, experiment } from './harness/experiment.ts';

export default experiment({
  question: 'How far can the staleness bound be loosened before it costs more than it saves?',
  expect: {
    answer: 'With stragglers that come and go, a small bound already saves most of the waiting.',
    check(results) {
      const seconds = (consistency: string) =>
        results.row({ consistency }).secondsToTarget.median ?? Infinity;
      const [barrier, some, none] = [seconds('bsp'), seconds('ssp:4'), seconds('asp')];
      const figures = `BSP ${barrier.toFixed(1)} s, SSP(4) ${some.toFixed(1)} s, ASP ${none.toFixed(1)} s`;
      const saved = (barrier - some) / (barrier - none);
      return some < barrier && saved >= 0.5 ? agrees(figures) : disagrees(figures);
    }
  },
  base: {
    workers: 8,
    servers: 2,
    problem: mlp({ hidden: [128], data: mnist({ test: 1000 }) }),
    optimizer: { kind: 'sgd', learningRate: 0.5 },
    environment: {
      compute: logNormal({ mean: '20ms', cv: 0.2 }),
      // Every tenth iteration takes ten times as long, whosever it is.
      stragglers: transient({ share: 0.1, slowdown: 10 }),
      network: star({ bandwidth: '1Gbps', latency: '50us' })
    },
    evaluation: { everyGradients: 32 },
    // The last condition is for a model that never gets there.
    stopAt: { accuracy: 0.9, gradients: 2000 }
  },
  sweep: { consistency: [bsp(), ssp(1), ssp(2), ssp(4), ssp(8), asp()] },
  seeds: 3
});
