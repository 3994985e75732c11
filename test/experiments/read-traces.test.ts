import * as fs from 'node:fs';
import * as path from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { timing } from '../../core/config/problem.ts';
import { computeTrace } from '../../core/environment/compute.ts';
import { stragglerTrace } from '../../core/environment/straggler.ts';
import { noOverrides, type Plan, planCells } from '../../experiments/harness/cells.ts';
import { experiment } from '../../experiments/harness/experiment.ts';
import { readTraces } from '../../experiments/harness/read-traces.ts';
import { UsageError } from '../../experiments/harness/usage-error.ts';
import { inTemporaryFolder } from './temporary.ts';

const test = suite('traces of iteration times');

const plan = (environment: object): Plan =>
  planCells(
    experiment({
      question: 'How long does it take?',
      base: {
        workers: 2,
        problem: timing({ parameters: 10 }),
        stopAt: { iterations: 2 },
        environment
      },
      sweep: { consistency: ['bsp', 'asp'] },
      seeds: 2
    }),
    noOverrides
  );

test('a file is read into every configuration that names it', async () => {
  await inTemporaryFolder(folder => {
    const file = path.join(folder, 'times.csv');
    fs.writeFileSync(file, 'worker,iteration,ms\n0,0,10\n0,1,40\n1,0,10\n1,1,10\n');
    const read = readTraces(
      plan({ compute: computeTrace(file), stragglers: [stragglerTrace(file)] })
    );
    const configs = read.cells.flatMap(cell => cell.configs);
    assert.is(configs.length, 4);
    for (const { environment } of configs) {
      assert.equal(environment.compute, {
        kind: 'trace',
        file,
        nanos: [
          [1e7, 4e7],
          [1e7, 1e7]
        ]
      });
      assert.equal(environment.stragglers, [
        {
          kind: 'trace',
          file,
          slowdowns: [
            [1, 4],
            [1, 1]
          ]
        }
      ]);
    }
    const json = path.join(folder, 'times.json');
    fs.writeFileSync(json, '[{ "iteration": 0, "seconds": 0.5 }]');
    const [cell] = readTraces(plan({ compute: `trace:${json}` })).cells;
    const [config] = cell!.configs;
    assert.equal(config!.environment.compute, { kind: 'trace', file: json, nanos: [[5e8]] });
  });
});

test('what is named by none stays as it is', () => {
  const untouched = plan({ compute: 'constant:1ms' });
  assert.is(readTraces(untouched), untouched);
});

test('a file with gaps, slow-downs for times, or none at all, is one clear error', async () => {
  await inTemporaryFolder(folder => {
    const refused = (name: string, text: string | null, message: string): void => {
      const file = path.join(folder, name);
      if (text !== null) fs.writeFileSync(file, text);
      try {
        readTraces(plan({ compute: `trace:${file}` }));
        assert.unreachable(`${name} was read`);
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        assert.is(error.message, `trace ${file}: ${message}`);
      }
    };
    refused('none.csv', null, 'no such file');
    refused('gap.csv', 'iteration,ms\n0,1\n2,1\n', 'line 3: iteration 1 is missing: 2 follows 0');
    refused('back.csv', 'iteration,ms\n0,1\n0,1\n', 'line 3: iteration 0 is not after iteration 0');
    refused('minus.csv', 'iteration,ms\n0,-1\n', 'line 2: ms is a number from 0, and not -1');
    refused(
      'slow.csv',
      'iteration,slowdown\n0,2\n',
      'slow-downs are no compute times: a column ms is right'
    );
  });
});

test.run();
