/** `slackline report DIR`: table and report again, from stored results. */
import { Command } from 'commander';

export function reportCommand(): Command {
  return new Command('report')
    .description('Draw the report of stored results again, and print their table.')
    .argument('<dir>', 'the folder of one experiment, as `run` names it')
    .option('--json', 'print one JSON document on standard output')
    .addHelpText('after', '\nExample:\n  slackline report runs/staleness')
    .action(async (dir: string, options: { json?: true }) => {
      const { loadStoredPlugins } = await import('../stored-plugins.ts');
      const { printResults } = await import('../print-results.ts');
      await loadStoredPlugins(dir);
      await printResults(dir, { json: options.json === true, failures: [] });
    });
}
