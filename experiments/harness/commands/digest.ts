/** `slackline digest FILE...`: one digest of each simulated run, to compare machines by. */
import { Command } from 'commander';
import type { Overrides, Setting } from '../cells.ts';
import { count, selection, setting } from '../option-values.ts';

/** What the command line says. */
export interface DigestOptions {
  readonly seeds?: number;
  readonly set?: readonly Setting[];
  readonly only?: Overrides['only'];
  readonly json?: true;
}

export function digestCommand(): Command {
  return new Command('digest')
    .description(
      'Simulate, store nothing, and print one digest of each run: of every input that a node\n' +
        'handled, its time, every byte sent, and all rows. Equal on every machine and Node.'
    )
    .argument('<files...>', 'experiment files, or resolved configurations as JSON')
    .option('--seeds <n>', 'seeds 1 to n in place of those of the file', count)
    .option('--set <path=value>', 'set a field: JSON or a short form; may be repeated', setting)
    .option('--only <axis=value>', 'keep these cells of the sweep; may be repeated', selection)
    .option('--json', 'print one JSON document on standard output')
    .addHelpText('after', '\nExample:\n  slackline digest experiments/staleness.ts --seeds 1')
    .action(async (files: readonly string[], options: DigestOptions) => {
      const { digestRuns } = await import('../digest-runs.ts');
      process.exitCode = await digestRuns(files, options);
    });
}
