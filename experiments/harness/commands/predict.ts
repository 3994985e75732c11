/** `slackline predict FILE --cluster FILE`: times and costs on clusters that nobody has yet. */
import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import type { BackendName } from '../../../exec/backends/backend.ts';
import type { Overrides, Setting } from '../cells.ts';
import { backendName, count, selection, setting } from '../option-values.ts';

/** What the command line says. */
export interface PredictOptions {
  readonly cluster: readonly string[];
  readonly seeds?: number;
  readonly jobs: number;
  readonly set?: readonly Setting[];
  readonly only?: Overrides['only'];
  readonly out?: string;
  readonly backend?: BackendName;
  readonly json?: true;
}

export function predictCommand(): Command {
  return new Command('predict')
    .description(
      'Predict what an experiment takes and costs on clusters described by files: simulated on ' +
        'each, with the interval in which nine of ten real runs should lie.'
    )
    .argument('<file>', 'an experiment file, or one resolved configuration as JSON')
    .requiredOption(
      '--cluster <file>',
      'a cluster file, measured by `slackline calibrate` or written; may be repeated',
      (file: string, earlier: readonly string[] = []) => [...earlier, file]
    )
    .option(
      '--seeds <n>',
      'simulated runs of each cell (default: those of the file, at least 8)',
      count
    )
    .option('--jobs <n>', 'simulated runs at once', count, availableParallelism())
    .option('--set <path=value>', 'set a field: JSON or a short form; may be repeated', setting)
    .option('--only <axis=value>', 'keep these cells of the sweep; may be repeated', selection)
    .option('--out <dir>', 'folder of the results (default: runs/<name of the file>-predicted)')
    .option('--backend <name>', 'the tfjs backend, in place of the fastest that loads', backendName)
    .option('--json', 'print one JSON document on standard output, and nothing else there')
    .addHelpText(
      'after',
      '\nA cluster file says what an hour of a host costs under `prices`, and how well its ' +
        'simulation\nwas seen to predict under `fidelity`; both may be left out.\n\nExamples:\n' +
        '  slackline predict experiments/staleness.ts --cluster cluster.json\n' +
        '  slackline predict experiments/staleness.ts --cluster small.json --cluster large.json \\\n' +
        '    --set workers=32 --only consistency=ssp:4'
    )
    .action(async (file: string, options: PredictOptions) => {
      const { predict } = await import('../predict/predict.ts');
      process.exitCode = await predict(file, options);
    });
}
