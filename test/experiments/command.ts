/** Runs the command as a person does, in a folder of its own. */
import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface CommandEnd {
  readonly code: number | null;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
}

const slackline = fileURLToPath(new URL('../../experiments/harness/slackline.js', import.meta.url));

/** Starts `slackline` with these words; the promise is of its end. */
export function start(
  folder: string,
  words: readonly string[]
): { readonly child: ChildProcess; readonly end: Promise<CommandEnd> } {
  const env = { ...process.env, SLACKLINE_DEBUG: '', NO_COLOR: '1', COLUMNS: '80' };
  const child = spawn(process.execPath, [slackline, ...words], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'pipe']
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', data => {
    stdout += data;
  });
  child.stderr.on('data', data => {
    stderr += data;
  });
  const end = new Promise<CommandEnd>(resolve => {
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  return { child, end };
}

/** Runs `slackline` with these words to its end. */
export function slacklineCommand(folder: string, ...words: readonly string[]): Promise<CommandEnd> {
  return start(folder, words).end;
}
