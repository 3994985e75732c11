import { int8 } from '../core/compression/int8.ts';
import { none } from '../core/compression/none.ts';
import { topK } from '../core/compression/topk.ts';
import { mlp, mnist } from '../core/config/problem.ts';
import { bsp } from '../core/consistency/bsp.ts';
import { logNormal } from '../core/environment/compute.ts';
import { star } from '../core/environment/network.ts';
import { agrees, disagrees, experiment } from './harness/experiment.ts';

export default experiment({
  question: 'From which bandwidth down does compression reach the target sooner?',
  expect: {
    answer:
      'At 100 Mbit/s int8 and top-k are faster than none, at 10 Gbit/s they gain nothing worth ' +
      'having. Top-k needs error feedback: without it the gradients grow by more than it saves.',
    check(results) {
      const row = (network: string, compressor: string) => results.row({ network, compressor });
      const seconds = (network: string, compressor: string) =>
        row(network, compressor).secondsToTarget.median ?? Infinity;
      const gradients = (compressor: string) =>
        row('1 Gbit/s', compressor).gradientsToTarget.median ?? Infinity;
      const gain = (network: string) => seconds(network, 'none') / seconds(network, 'int8');
      const feedback = gradients('top-k') / gradients('none');
      const without = gradients('top-k, no feedback') / gradients('none');
      const figures =
        `int8 is ${gain('100 Mbit/s').toFixed(2)} times as fast as none at 100 Mbit/s and ` +
        `${gain('10 Gbit/s').toFixed(2)} times at 10 Gbit/s; top-k needs ${feedback.toFixed(2)} ` +
        `times the gradients, ${without.toFixed(2)} times without feedback`;
      const holds = gain('100 Mbit/s') > 1.3 && gain('10 Gbit/s') < 1.1 && without > feedback;
      return holds ? agrees(figures) : disagrees(figures);
    }
  },
  base: {
    workers: 8,
    servers: 2,
    problem: mlp({ hidden: [128], data: mnist({ test: 1000 }) }),
    consistency: bsp(),
    optimizer: { kind: 'sgd', learningRate: 0.5 },
    environment: { compute: logNormal({ mean: '20ms', cv: 0.2 }) },
    evaluation: { everyGradients: 64 },
    stopAt: { accuracy: 0.9, gradients: 4000 }
  },
  sweep: {
    'environment.network': {
      '100 Mbit/s': star({ bandwidth: '100Mbps', latency: '50us' }),
      '1 Gbit/s': star({ bandwidth: '1Gbps', latency: '50us' }),
      '10 Gbit/s': star({ bandwidth: '10Gbps', latency: '50us' })
    },
    compressor: {
      none: none(),
      int8: int8(),
      'top-k': topK({ ratio: 0.01 }),
      'top-k, no feedback': topK({ ratio: 0.01, feedback: false })
    }
  },
  seeds: 3
});
