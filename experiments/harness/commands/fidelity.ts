/** `slackline fidelity FILE`: predictions of an experiment's cells held against real runs. */
import { Command } from 'commander';
import type { Overrides } from '../cells.ts';
import { count, selection } from '../option-values.ts';

export function fidelityCommand(): Command {
  return new Command('fidelity')
    .description(
      "Calibrate, predict each cell of an experiment, run it for real on its network's bandwidth, " +
        'and tell how far apart they are.'
    )
    .argument('<file>', 'an experiment whose cells have a star, with paced gradients')
    .option('--out <dir>', 'folder of the results (default: runs/<name of the file>-real)')
    .option('--repetitions <n>', 'real runs of each cell', count, 3)
    .option('--seconds <n>', 'about how long a run is to take', count, 8)
    .option('--only <axis=value>', 'keep these cells; may be repeated', selection)
    .option('--json', 'print one JSON document on standard output, and nothing else there')
    .addHelpText(
      'after',
      '\nExample:\n  slackline fidelity experiments/fidelity.ts\n' +
        '\nClusters that lie in the folder of the results are not measured again.'
    )
    .action(
      async (
        file: string,
        options: {
          out?: string;
          repetitions: number;
          seconds: number;
          only?: Overrides['only'];
          json?: true;
        }
      ) => {
        const { runFidelity } = await import('../fidelity/fidelity.ts');
        process.exitCode = await runFidelity(file, options);
      }
    );
}
