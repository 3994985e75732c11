/** The processes that a supervisor launches on its own machine, one a node. */
import { type ChildProcess, spawn } from 'node:child_process';
import type { NodeId } from '../../core/node.ts';
import { type Address, formatAddress } from '../transport/address.ts';
import { tokenVariable } from '../transport/token.ts';
import { builtFile } from './built-file.ts';
import { deviceVariables, gpuCount } from './gpu-choice.ts';

/** Where a node is launched, when not beside its supervisor: a network namespace, say. */
export interface Place {
  /** What goes before the command. */
  readonly command: readonly string[];
  /** The address that it listens at. */
  readonly address: string;
}

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The last line that it wrote to its standard error, or null. */
  readonly lastLine: string | null;
}

/** What is kept of a process's standard error. */
const stderrCharactersMax = 16_384;
/**
 * Frames and gradients come and go by the hundred kilobyte. The C library gives such memory back to
 * the system each time and takes it anew, page by page, unless it is told to keep it.
 */
const allocatorVariables = {
  MALLOC_MMAP_THRESHOLD_: String(32 * 2 ** 20),
  MALLOC_TRIM_THRESHOLD_: String(256 * 2 ** 20),
  MALLOC_TOP_PAD_: String(16 * 2 ** 20)
};
/** After so long a process that was asked to end is killed. */
const graceMillis = 1000;

/** One launched process. */
export class Child {
  readonly id: NodeId;
  /** Resolves when it has ended and its output is read. */
  readonly exited: Promise<Exit>;
  readonly #process: ChildProcess;
  #stderr = '';
  #over = false;

  private constructor(id: NodeId, process: ChildProcess) {
    this.id = id;
    this.#process = process;
    process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-stderrCharactersMax);
    });
    process.stdin?.on('error', () => {});
    this.exited = new Promise(resolve => {
      process.once('error', error => {
        this.#over = true;
        resolve({ code: null, signal: null, lastLine: error.message });
      });
      process.once('close', (code, signal) => {
        this.#over = true;
        resolve({ code, signal, lastLine: lastLine(this.#stderr) });
      });
    });
  }

  /** Launches a node that joins the run at `join`, here or at a place of its own. */
  static async launch(
    id: NodeId,
    join: Address,
    token: string,
    place: Place | null = null
  ): Promise<Child> {
    const file = await builtFile('node-process');
    const [program, ...words] = [...(place?.command ?? []), process.execPath, file];
    const launched = spawn(program!, words, {
      stdio: ['pipe', 'ignore', 'pipe'],
      env: {
        ...allocatorVariables,
        ...process.env,
        ...deviceVariables(id, process.env, gpuCount()),
        ...membershipVariables(id, join, place),
        [tokenVariable]: token
      }
    });
    return new Child(id, launched);
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** Whether it has ended. */
  get over(): boolean {
    return this.#over;
  }

  /** All that it has written to its standard error lately. */
  get stderr(): string {
    return this.#stderr;
  }

  kill(signal: NodeJS.Signals): void {
    if (!this.#over) this.#process.kill(signal);
  }

  /** Waits for its end, asks for it after a second, and kills it after another. */
  async end(): Promise<void> {
    const ask = setTimeout(() => this.kill('SIGTERM'), graceMillis);
    const kill = setTimeout(() => this.kill('SIGKILL'), 2 * graceMillis);
    await this.exited;
    clearTimeout(ask);
    clearTimeout(kill);
  }
}

/** How a process ended, in words: `killed by SIGKILL`, `exited with code 1: <last line>`. */
export function describeExit({ code, signal, lastLine }: Exit): string {
  const how =
    signal !== null
      ? `killed by ${signal}`
      : code === null
        ? 'could not be started'
        : `exited with code ${code}`;
  return lastLine === null ? how : `${how}: ${lastLine}`;
}

function membershipVariables(
  id: NodeId,
  join: Address,
  place: Place | null
): Record<string, string> {
  const role = id === 'c' ? 'coordinator' : id.startsWith('s') ? 'server' : 'worker';
  return {
    SLACKLINE_ROLE: role,
    SLACKLINE_RANK: id === 'c' ? '0' : id.slice(1),
    SLACKLINE_JOIN: formatAddress(join),
    // What this process was told about itself is not about its children.
    SLACKLINE_LISTEN: place === null ? '' : `${place.address}:0`,
    SLACKLINE_ADVERTISE: '',
    SLACKLINE_TOKEN_FILE: ''
  };
}

function lastLine(text: string): string | null {
  const lines = text.split('\n').filter(line => line.trim() !== '');
  return lines[lines.length - 1]?.trim() ?? null;
}
