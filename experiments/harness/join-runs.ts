/** `slackline node`: joins a run, and with `--stay` those that follow it. */
import { JoinError } from '../../exec/launch/join.ts';
import { readMembership } from '../../exec/launch/membership.ts';
import { runNode } from '../../exec/run-node.ts';
import type { NodeOptions } from './commands/node.ts';
import { messageOf } from './usage-error.ts';

/** Exit codes, as everywhere. */
const done = 0;
const someRunFailed = 1;
const badUsage = 2;

/** Returns the exit code: 1 when a run failed for this node. Throws `MembershipError`. */
export async function joinRuns(options: NodeOptions): Promise<number> {
  const membership = readMembership(options, process.env);
  const log = (line: string): void => {
    process.stderr.write(`${membership.id}: ${line}\n`);
  };
  const { backend = null, wait, stay } = options;
  let failed = false;
  for (let run = 1; ; run++) {
    try {
      const seconds = run === 1 ? wait : (stay ?? 0);
      const joinMillisMax = seconds * 1000;
      const outcome = await runNode({ ...membership, backend, joinMillisMax, log });
      failed ||= outcome.kind === 'failed';
      log(`run ${run} has ended (${outcome.kind})`);
    } catch (error) {
      if (error instanceof JoinError) {
        // No next run within the time is the end of the sweep, and as it should be.
        if (error.passing && run > 1) return failed ? someRunFailed : done;
        log(error.message);
        return error.passing ? someRunFailed : badUsage;
      }
      log(messageOf(error));
      failed = true;
    }
    if (stay === undefined) return failed ? someRunFailed : done;
  }
}
