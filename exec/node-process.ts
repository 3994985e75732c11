/**
 * The process of one node, as a supervisor launches it: who it is and where its run is come by the
 * environment. It ends when the supervisor does, by whatever end: its standard input is a pipe that
 * the supervisor never writes to, and that the kernel closes.
 */
import { MembershipError, readMembership } from './launch/membership.ts';
import { runNode } from './run-node.ts';

/** The supervisor listens before it launches anybody. */
const joinMillisMax = 10_000;
/** A node that has joined hears of the supervisor's end by its connection too, and tidies up. */
const orphanMillisMax = 500;

// Ctrl-C goes to all processes of a terminal; what it ends is the supervisor's to decide.
process.on('SIGINT', () => {});
process.stdin.on('close', () => setTimeout(() => process.exit(1), orphanMillisMax)).resume();
process.on('uncaughtException', error => leave(error));

try {
  const membership = readMembership({}, process.env);
  const log = (line: string): void => void process.stderr.write(`${membership.id}: ${line}\n`);
  await runNode({ ...membership, backend: null, joinMillisMax, log });
  process.exit(0);
} catch (error) {
  leave(error);
}

// The last line is the one that the supervisor shows.
function leave(error: unknown): never {
  const unexpected = error instanceof Error && !(error instanceof MembershipError);
  if (unexpected && process.env['SLACKLINE_DEBUG']) process.stderr.write(`${error.stack}\n`);
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(error instanceof MembershipError ? 2 : 1);
}
