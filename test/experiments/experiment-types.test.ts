/** What an editor says of an experiment file: the compiler is the test, each line a mistake. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { quadratic } from '../../core/config/problem.ts';
import { bsp } from '../../core/consistency/bsp.ts';
import { star } from '../../core/environment/network.ts';
import { transient } from '../../core/environment/straggler.ts';
import { agrees, experiment, isExperiment } from '../../experiments/harness/experiment.ts';

const test = suite('experiment types');

const rest = { question: 'Is it fast?', seeds: 1 } as const;
const base = { problem: quadratic(), stopAt: { gradients: 100 } } as const;

test('mistakes in an experiment file are told by the compiler', () => {
  const some = transient({ share: 0.1, slowdown: 2 });
  const mistakes = [
    // @ts-expect-error: a run needs an end.
    experiment({ ...rest, base: { problem: quadratic() } }),
    // @ts-expect-error: a field that is misspelt.
    experiment({ ...rest, base: { ...base, worker: 8 } }),
    // @ts-expect-error: a bandwidth without its unit.
    experiment({ ...rest, base, sweep: { 'environment.network': [star({ bandwidth: '10' })] } }),
    // @ts-expect-error: a swept field that is misspelt.
    experiment({ ...rest, base, sweep: { consistancy: [bsp()] } }),
    // @ts-expect-error: a path that leads nowhere.
    experiment({ ...rest, base, sweep: { 'environment.straggler': [some] } }),
    // @ts-expect-error: values of the wrong type.
    experiment({ ...rest, base, sweep: { workers: ['four'] } }),
    // @ts-expect-error: a plot that there is not.
    experiment({ ...rest, base, plots: ['accuracy-over-time'] }),
    // @ts-expect-error: a figure that there is not.
    experiment({ ...rest, base, expect: { answer: '', check: all => agrees(all.rows[0]?.speed) } })
  ];
  assert.ok(mistakes.every(isExperiment));
});

test('axes by field, by path, with labels, and variants are as they should be', () => {
  const right = experiment({
    ...rest,
    base: { ...base, consistency: 'ssp:2', workers: 4 },
    sweep: {
      consistency: [bsp(), 'ssp:4'],
      'environment.network': { slow: star({ bandwidth: '1Gbps', latency: '1ms' }), none: 'ideal' },
      'optimizer.learningRate': [0.1, 0.2]
    },
    variants: { size: { small: { workers: 2 }, large: { workers: 8, servers: 4 } } },
    plots: ['time-to-target', 'staleness-histogram']
  });
  assert.ok(isExperiment(right));
});

test.run();
