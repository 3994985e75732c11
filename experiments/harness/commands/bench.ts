/** `slackline bench`: measures speed, as ratios where something is there to compare with. */
import { Command } from 'commander';

export function benchCommand(): Command {
  return new Command('bench')
    .description('Measure speed and memory, each figure with its target.')
    .argument('[names...]', 'files of experiments/bench, without their ending (default: all)')
    .option('--json', 'print one JSON document on standard output')
    .addHelpText('after', '\nExample:\n  slackline bench event-queue')
    .action(async (names: string[], options: { json?: true }) => {
      const { runBenchmarks } = await import('../bench.ts');
      await runBenchmarks(names, options.json === true);
    });
}
