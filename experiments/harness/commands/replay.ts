/** `slackline replay TRACE`: a run again, from its inputs, with every effect compared. */
import { Command } from 'commander';
import type { BackendName } from '../../../exec/backends/backend.ts';
import { backendName } from '../option-values.ts';

export function replayCommand(): Command {
  return new Command('replay')
    .description(
      'Replay the trace of a run, real or simulated, and compare every effect with the recorded one.'
    )
    .argument('<trace>', 'the trace folder of a run that was made with --trace, or the run folder')
    .option('--backend <name>', 'the tfjs backend that the run had', backendName)
    .option('--json', 'print one JSON document on standard output')
    .addHelpText('after', '\nExample:\n  slackline replay runs/staleness/0123456789abcdef/trace')
    .action(async (folder: string, options: { backend?: BackendName; json?: true }) => {
      const { replayFolder } = await import('../replay-folder.ts');
      process.exitCode = await replayFolder(folder, {
        backend: options.backend ?? null,
        json: options.json === true
      });
    });
}
