/** Job processes: each loads tfjs once and does one run after another, whichever is next. */
import { type ChildProcess, fork } from 'node:child_process';
import * as path from 'node:path';
import type { BackendName } from '../../exec/backends/backend.ts';
import { BackendError } from '../../exec/backends/backend.ts';
import { projectRoot } from '../../exec/project-root.ts';
import type { JobReply, JobRequest, OpenedBackend, SimulatedJob } from './job-message.ts';

/** How one run ended. */
export type JobEnd =
  | { readonly kind: 'stored'; readonly diverged: { node: string; clock: number } | null }
  | { readonly kind: 'failed'; readonly reason: string; readonly misconfigured: boolean };

/** Told as the pool works. */
export interface PoolObserver {
  started(job: SimulatedJob): void;
  /** Virtual seconds and evaluations so far. */
  progress(job: SimulatedJob, seconds: number, evaluations: number): void;
  ended(job: SimulatedJob, end: JobEnd): void;
}

/** A pool of at most `size` processes, started as they are needed. */
export class JobPool {
  readonly #size: number;
  readonly #backend: BackendName | null;
  readonly #children = new Set<ChildProcess>();
  /** A process that has opened the backend and has had no run yet. */
  #idle: ChildProcess[] = [];
  #computes = false;
  #closed = false;

  constructor(options: { readonly size: number; readonly backend: BackendName | null }) {
    this.#size = options.size;
    this.#backend = options.backend;
  }

  /**
   * Opens the backend, in as many processes as `runs` will need, and says which it is. A pool that
   * is never asked opens none: its runs are in plain TypeScript. Throws `BackendError`.
   */
  async backend(runs: number): Promise<OpenedBackend> {
    this.#computes = true;
    const opening = Array.from({ length: Math.min(this.#size, runs) }, async () => {
      const child = this.#start();
      const backend = await this.#open(child);
      this.#idle.push(child);
      return backend;
    });
    const [first] = await Promise.all(opening);
    if (first === undefined) throw new Error('a backend was asked for, and no run needs it');
    return first;
  }

  /** Does all jobs, in order of starting; returns when every one has ended. */
  async run(jobs: readonly SimulatedJob[], observer: PoolObserver): Promise<void> {
    const waiting = [...jobs];
    const lane = async (): Promise<void> => {
      let child: ChildProcess | null = null;
      for (let job = waiting.shift(); job !== undefined; job = waiting.shift()) {
        if (this.#closed) return;
        observer.started(job);
        child ??= this.#idle.pop() ?? (await this.#opened());
        const end = await this.#do(child, job, observer);
        observer.ended(job, end);
        // A process that has died takes only its run along: the next one gets a new process.
        if (!child.connected) child = null;
      }
    };
    await Promise.all(Array.from({ length: Math.min(this.#size, jobs.length) }, lane));
  }

  /** Ends all processes at once. Runs in flight are lost, stored ones are not. */
  close(): void {
    this.#closed = true;
    for (const child of this.#children) child.kill('SIGKILL');
    this.#idle = [];
  }

  async #opened(): Promise<ChildProcess> {
    const child = this.#start();
    if (this.#computes) await this.#open(child);
    return child;
  }

  #start(): ChildProcess {
    // Standard output is the command's own: a library that prints there must not break `--json`.
    const child = fork(path.join(projectRoot, 'dist', 'job.js'), {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      execArgv: ['--enable-source-maps', ...oneThread]
    });
    this.#children.add(child);
    child.once('exit', () => this.#children.delete(child));
    return child;
  }

  async #open(child: ChildProcess): Promise<OpenedBackend> {
    const reply = await ask(child, { kind: 'open', backend: this.#backend }, () => {});
    if (reply.kind === 'opened') return reply.backend;
    child.kill('SIGKILL');
    throw new BackendError('reason' in reply ? reply.reason : `unexpected reply ${reply.kind}`);
  }

  async #do(child: ChildProcess, job: SimulatedJob, observer: PoolObserver): Promise<JobEnd> {
    const reply = await ask(child, { kind: 'run', ...job }, progress =>
      observer.progress(job, progress.seconds, progress.evaluations)
    );
    if (reply.kind === 'failed') return reply;
    if (reply.kind !== 'stored') throw new Error(`unexpected reply ${reply.kind}`);
    const { outcome } = reply;
    return { kind: 'stored', diverged: outcome.kind === 'diverged' ? outcome : null };
  }
}

type Progress = Extract<JobReply, { kind: 'progress' }>;
type Final = Exclude<JobReply, Progress>;

/**
 * V8's own threads (garbage, compilation) take a third of a core beside a run and make it no faster:
 * with a process on every core they take from the runs.
 */
export const oneThread = ['--single-threaded'];

/** The end of what a dead process wrote to its standard error, for the message. */
const errorCharactersMax = 2000;

// The reply to one request; a process that dies instead makes it a failure that says how.
function ask(
  child: ChildProcess,
  request: JobRequest,
  progress: (reply: Progress) => void
): Promise<Final> {
  return new Promise(settle => {
    let written = '';
    const onError = (data: Buffer): void => {
      written = (written + data.toString()).slice(-errorCharactersMax);
    };
    const finish = (reply: Final): void => {
      child.off('message', onMessage).off('close', onExit).stderr?.off('data', onError);
      settle(reply);
    };
    const onMessage = (reply: JobReply): void => {
      if (reply.kind === 'progress') progress(reply);
      else finish(reply);
    };
    const onExit = (code: number | null, signal: string | null): void => {
      const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
      const last = written.trim() === '' ? '' : `\n${written.trim()}`;
      const reason = `the process that ran it died (${how})${last}`;
      finish({ kind: 'failed', reason, misconfigured: false });
    };
    child.on('message', onMessage).on('close', onExit);
    child.stderr?.on('data', onError);
    if (child.connected) child.send(request);
    else onExit(child.exitCode, child.signalCode);
  });
}
