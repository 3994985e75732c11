/** `slackline list`: the experiments there are, with their questions. */
import { Command } from 'commander';

export function listCommand(): Command {
  return new Command('list')
    .description('List the experiments, each with its question.')
    .argument('[dir]', 'their folder (default: experiments)')
    .option('--json', 'print one JSON document on standard output')
    .addHelpText('after', '\nExample:\n  slackline list')
    .action(async (dir: string | undefined, options: { json?: true }) => {
      const { listExperiments } = await import('../list-experiments.ts');
      process.stdout.write(await listExperiments(dir ?? null, options.json === true));
    });
}
