import { mlp, mnist } from '../core/config/problem.ts';
import { asp } from '../core/consistency/asp.ts';
import { bsp } from '../core/consistency/bsp.ts';
import { ssp } from '../core/consistency/ssp.ts';
import { logNormal } from '../core/environment/compute.ts';
import { star } from '../core/environment/network.ts';
import { permanent, transient } from '../core/environment/straggler.ts';
import { agrees, disagrees, experiment } from './harness/experiment.ts';

export default experiment({
  question: 'Which stragglers does a staleness bound help against?',
  expect: {
    answer:
      'Against stragglers that come and go: a bound lets the others run ahead and the slow one ' +
      'catch up. Not against one that is always slow: sooner or later all wait for it, whatever ' +
      'the bound, and only asynchrony goes on.',
    check(results) {
      const idle = (stragglers: string, consistency: string) =>
        results.row({ stragglers, consistency }).idleShare.median ?? Number.NaN;
      const saved = (stragglers: string) =>
        (idle(stragglers, 'bsp') - idle(stragglers, 'ssp:16')) /
        (idle(stragglers, 'bsp') - idle(stragglers, 'asp'));
      const [transient, permanent] = [saved('transient'), saved('permanent')];
      const percent = (share: number) => `${Math.round(share * 100)} %`;
      const figures =
        `of the idleness that ASP saves, SSP(16) saves ${percent(transient)} with transient ` +
        `stragglers, and ${percent(permanent)} with a permanent one`;
      return transient >= 0.5 && permanent < 0.25 ? agrees(figures) : disagrees(figures);
    }
  },
  base: {
    workers: 8,
    servers: 2,
    problem: mlp({ hidden: [128], data: mnist({ test: 1000 }) }),
    optimizer: { kind: 'sgd', learningRate: 0.5 },
    environment: {
      compute: logNormal({ mean: '20ms', cv: 0.2 }),
      network: star({ bandwidth: '1Gbps', latency: '50us' })
    },
    evaluation: { everyGradients: 64 },
    stopAt: { accuracy: 0.9, gradients: 2000 }
  },
  sweep: {
    // Both make the mean iteration of the eight workers 1.9 times as long.
    'environment.stragglers': {
      transient: transient({ share: 0.1, slowdown: 10 }),
      permanent: permanent({ workers: 1, slowdown: 8.2 })
    },
    consistency: [bsp(), ssp(1), ssp(4), ssp(16), asp()]
  },
  seeds: 3
});
