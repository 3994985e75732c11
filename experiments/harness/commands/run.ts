/** `slackline run FILE`: the options; what they do is in `run-experiment.ts`. */
import { availableParallelism } from 'node:os';
import { Command, Option } from 'commander';
import type { BackendName } from '../../../exec/backends/backend.ts';
import type { Overrides, Setting } from '../cells.ts';
import { backendName, count, events, memory, selection, setting } from '../option-values.ts';

/** What the command line says. */
export interface RunOptions {
  readonly real?: true;
  readonly seeds?: number;
  readonly jobs: number;
  readonly set?: readonly Setting[];
  readonly only?: Overrides['only'];
  readonly out?: string;
  readonly cluster?: string;
  readonly dryRun?: true;
  readonly trace?: true;
  readonly check?: true;
  readonly maxEvents?: number;
  readonly maxMemory?: number;
  readonly backend?: BackendName;
  readonly json?: true;
  readonly waitForNodes?: true;
  readonly listen?: string;
  readonly transport: 'auto' | 'tcp' | 'unix';
  readonly repetitions: number;
}

export function runCommand(): Command {
  return new Command('run')
    .description('Run an experiment, simulated unless told otherwise, and draw its report.')
    .argument('<file>', 'an experiment file, or one resolved configuration as JSON')
    .option('--real', 'as processes on this machine (or on those that join); one seed unless told')
    .option('--seeds <n>', 'seeds 1 to n in place of those of the file', count)
    .option('--jobs <n>', 'simulated runs at once', count, availableParallelism())
    .option('--set <path=value>', 'set a field: JSON or a short form; may be repeated', setting)
    .option('--only <axis=value>', 'keep these cells of the sweep; may be repeated', selection)
    .option('--out <dir>', 'folder of the results (default: runs/<name of the file>)')
    .option('--cluster <file>', 'simulate it on the cluster that `slackline calibrate` measured')
    .option('--dry-run', 'print the resolved configurations and stop')
    .option('--trace', 'keep a trace of each run, for `slackline replay`')
    .option('--check', 'look at every invariant of a simulated run after every event')
    .option('--max-events <n>', 'end a simulated run that has more events, as failed', events)
    .option('--max-memory <size>', 'end a simulated run that takes more memory: 2GiB', memory)
    .option('--backend <name>', 'the tfjs backend, in place of the fastest that loads', backendName)
    .option('--json', 'print one JSON document on standard output, and nothing else there')
    .option('--repetitions <n>', 'real runs of each cell and seed', count, 1)
    .option(
      '--wait-for-nodes',
      'start no processes: wait until `slackline node` has joined them all'
    )
    .option(
      '--listen <host:port>',
      'where the coordinator listens (default: loopback, a free port)'
    )
    .addOption(
      new Option('--transport <kind>', 'between processes of one host: Unix sockets or TCP')
        .choices(['auto', 'tcp', 'unix'])
        .default('auto')
    )
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  slackline run experiments/staleness.ts\n' +
        '  slackline run experiments/staleness.ts --real --only consistency=bsp --seeds 1\n' +
        '  slackline run experiments/staleness.ts --set workers=16 --set consistency=ssp:3\n' +
        '\nA sweep that was interrupted does only what is missing when it is started again.'
    )
    .action(async (file: string, options: RunOptions) => {
      const { runExperiment } = await import('../run-experiment.ts');
      process.exitCode = await runExperiment(file, options);
    });
}
