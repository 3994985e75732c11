/** `slackline bench`: measures speed, as ratios where something is there to compare with. */
import { Command } from 'commander';

export function benchCommand(): Command {
  return new Command('bench')
    .description('Measure speed and memory, each figure with its target.')
    .argument('[names...]', 'files of experiments/bench, without their ending (default: all)')
    .option('--set-up', 'install or build what they compare with (SimGrid, SimPy); measure nothing')
    .option('--json', 'print one JSON document on standard output')
    .addHelpText('after', '\nExample:\n  slackline bench event-queue')
    .action(async (names: string[], options: { json?: true; setUp?: true }) => {
      const { runBenchmarks, setUpBenchmarks } = await import('../bench.ts');
      if (options.setUp === true) await setUpBenchmarks(names);
      else await runBenchmarks(names, options.json === true);
    });
}
