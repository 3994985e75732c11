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

/** Where a command runs, if not simply here. */
export interface CommandPlace {
  /** A network namespace; null for this process's own. */
  readonly namespace?: string | null;
  readonly environment?: Readonly<Record<string, string>>;
  /** Another build of the command. */
  readonly script?: string;
}

/** A command under way. */
export interface RunningCommand {
  readonly child: ChildProcess;
  readonly end: Promise<CommandEnd>;
  /** What it has written to standard error where it first matches; rejects if it never does. */
  says(pattern: RegExp): Promise<RegExpMatchArray>;
}

/** Starts `slackline` with these words; the promise is of its end. */
export function start(
  folder: string,
  words: readonly string[],
  { namespace = null, environment = {}, script = slackline }: CommandPlace = {}
): RunningCommand {
  const env = { ...process.env, SLACKLINE_DEBUG: '', NO_COLOR: '1', COLUMNS: '80', ...environment };
  const line = [process.execPath, script, ...words];
  const [file, ...rest] = namespace === null ? line : ['ip', 'netns', 'exec', namespace, ...line];
  const child = spawn(file!, rest, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
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
  const says = (pattern: RegExp): Promise<RegExpMatchArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = stderr.match(pattern);
        if (found !== null) resolve(found);
      };
      look();
      child.stderr.on('data', look);
      child.on('close', () => reject(new Error(`it never said ${pattern}, but: ${stderr}`)));
    });
  return { child, end, says };
}

/** Runs `slackline` with these words to its end; where it simulates, every event is checked. */
export function slacklineCommand(folder: string, ...words: readonly string[]): Promise<CommandEnd> {
  const simulates = words[0] === 'run' && !words.some(word => otherwise.has(word));
  return start(folder, simulates ? [...words, '--check'] : words).end;
}

/** Runs that are not simulated, and ones that are checked already. */
const otherwise: ReadonlySet<string> = new Set(['--real', '--dry-run', '--check']);
