/** `slackline calibrate`: measures this machine and network for the simulator. */
import { Command } from 'commander';
import type { BackendName } from '../../../exec/backends/backend.ts';
import { backendName, bandwidthText, count } from '../option-values.ts';

export function calibrateCommand(): Command {
  return new Command('calibrate')
    .description('Measure this machine and its network, and write a cluster file for --cluster.')
    .argument('[file]', 'an experiment: the gradients of its problem are measured too')
    .option('--out <file>', 'where to write it', 'cluster.json')
    .option(
      '--link <bandwidth>',
      'measure links of this rate between network namespaces (default: the loopback as it is)',
      bandwidthText
    )
    .option('--seconds <n>', 'about how long each figure is measured', count, 3)
    .option('--backend <name>', 'the tfjs backend of the gradients', backendName)
    .option('--json', 'print the cluster file on standard output, and nothing else there')
    .addHelpText(
      'after',
      '\nExample:\n' +
        '  slackline calibrate experiments/staleness.ts --out cluster.json\n' +
        '  slackline run experiments/staleness.ts --cluster cluster.json'
    )
    .action(
      async (
        file: string | undefined,
        options: { out: string; link?: string; seconds: number; backend?: BackendName; json?: true }
      ) => {
        const { calibrateCommand } = await import('../calibrate/calibrate.ts');
        await calibrateCommand(file ?? null, options);
      }
    );
}
