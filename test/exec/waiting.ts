/** A run that waits for its nodes at the address in argv, in a process of its own. Prints JSON. */
import { runReal } from '../../exec/supervisor.ts';
import { parseAddress } from '../../exec/transport/address.ts';
import { digestOf, quadraticRun } from './quadratic-run.ts';

const print = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
const run = await runReal(quadraticRun(), {
  waitForNodes: true,
  transport: 'tcp',
  listen: parseAddress(process.argv[2] ?? ''),
  onProgress: progress => progress.kind !== 'row' && print(progress)
});
print({ kind: 'result', outcome: run.outcome, digest: digestOf(run.rows) });
