/**
 * The command line. Only what `--help` needs is loaded here: every command brings the rest of itself
 * when it is called.
 */
import { Command, CommanderError } from 'commander';
import { benchCommand } from './commands/bench.ts';
import { calibrateCommand } from './commands/calibrate.ts';
import { digestCommand } from './commands/digest.ts';
import { fidelityCommand } from './commands/fidelity.ts';
import { flowsCommand } from './commands/flows.ts';
import { listCommand } from './commands/list.ts';
import { nodeCommand } from './commands/node.ts';
import { predictCommand } from './commands/predict.ts';
import { replayCommand } from './commands/replay.ts';
import { reportCommand } from './commands/report.ts';
import { runCommand } from './commands/run.ts';
import { timelineCommand } from './commands/timeline.ts';
import { explainFailure } from './failure.ts';

/** Exit codes, the same for every command. */
const badUsage = 2;

const program = new Command('slackline')
  .description(
    'Parameter-server training, simulated and real, from one file.\n' +
      'Exit codes: 0 done, 1 a run failed, 2 bad usage, configuration or file.\n' +
      'A run that diverges is done: the table says so.'
  )
  .addCommand(runCommand())
  .addCommand(listCommand())
  .addCommand(reportCommand())
  .addCommand(predictCommand())
  .addCommand(replayCommand())
  .addCommand(digestCommand())
  .addCommand(timelineCommand())
  .addCommand(nodeCommand())
  .addCommand(flowsCommand())
  .addCommand(calibrateCommand())
  .addCommand(fidelityCommand())
  .addCommand(benchCommand())
  .helpCommand(false)
  .addHelpText(
    'after',
    '\nExample:\n  slackline run experiments/staleness.ts --only consistency=ssp:4 --seeds 1'
  );

for (const command of [program, ...program.commands]) {
  command.exitOverride().showHelpAfterError('(--help shows what there is)');
}

// `slackline list | head` ends early, and that is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    // Commander has printed its message already.
    process.exitCode = error.exitCode === 0 ? 0 : badUsage;
  } else {
    const { message, exitCode } = explainFailure(error);
    console.error(`slackline: ${message}`);
    process.exitCode = exitCode;
  }
}
