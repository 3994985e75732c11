/** `slackline node`: one node of a real run, started by hand or by any scheduler. */
import { Command } from 'commander';
import type { BackendName } from '../../../exec/backends/backend.ts';
import type { MembershipFlags } from '../../../exec/launch/membership.ts';
import { backendName, count } from '../option-values.ts';

/** What the command line says. */
export interface NodeOptions extends MembershipFlags {
  readonly backend?: BackendName;
  readonly wait: number;
  readonly stay?: number;
}

export function nodeCommand(): Command {
  return new Command('node')
    .description('Start one node here, which joins a run that waits for nodes.')
    .option('--role <role>', 'worker, server or coordinator (or SLACKLINE_ROLE)')
    .option('--rank <n>', 'from 0 (or SLACKLINE_RANK, SLURM_PROCID, JOB_COMPLETION_INDEX ...)')
    .option('--join <host:port>', 'where the run waits (or SLACKLINE_JOIN)')
    .option('--listen <host:port>', 'where this node listens (default: where it reaches the run)')
    .option('--advertise <host>', 'the name by which others reach this node')
    .option('--backend <name>', 'the tfjs backend of this node', backendName)
    .option('--wait <seconds>', 'how long to wait for the run to be there', count, 60)
    .option('--stay <seconds>', 'after a run, wait so long for the next one of the sweep', count)
    .addHelpText(
      'after',
      '\nThe run token is read from SLACKLINE_TOKEN or the file SLACKLINE_TOKEN_FILE names.\n' +
        '\nExample, the run on host a:\n' +
        '  export SLACKLINE_TOKEN=...\n' +
        '  slackline run experiments/staleness.ts --real --wait-for-nodes --listen a:4711\n' +
        'and a node on any host:\n' +
        '  slackline node --role worker --rank 3 --join a:4711'
    )
    .action(async (options: NodeOptions) => {
      const { joinRuns } = await import('../join-runs.ts');
      process.exitCode = await joinRuns(options);
    });
}
