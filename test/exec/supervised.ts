/** A supervisor in a process of its own, for a test that kills it: prints what happens as JSON. */
import { runReal } from '../../exec/supervisor.ts';
import { quadraticRun } from './quadratic-run.ts';

const print = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value)}\n`);
const endless = quadraticRun({ stopAt: { seconds: 3600 } });
await runReal(endless, { onProgress: progress => progress.kind !== 'row' && print(progress) });
