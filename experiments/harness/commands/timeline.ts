/** `slackline timeline RUN`: a stored run as a trace file for Perfetto and Chrome. */
import { Command } from 'commander';

export function timelineCommand(): Command {
  return new Command('timeline')
    .description(
      'Write the timeline of a stored run, real or simulated, as a file for ui.perfetto.dev or ' +
        'chrome://tracing: workers, servers and links as tracks. Of a simulated run that was made ' +
        'with --trace it has every transfer, of others those of the start.'
    )
    .argument('<run>', 'the folder of a run')
    .option('--out <file>', 'where to write it (default: timeline.json in the folder of the run)')
    .addHelpText(
      'after',
      '\nExample:\n  slackline timeline runs/staleness/0123456789abcdef --out /tmp/timeline.json'
    )
    .action(async (run: string, options: { out?: string }) => {
      const { writeTimeline } = await import('../timeline-file.ts');
      process.stdout.write(`${writeTimeline(run, options.out ?? null)}\n`);
    });
}
