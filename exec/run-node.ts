/**
 * One node of a real run, from joining to leaving. The processes that a supervisor launches and
 * those that somebody starts by hand on any host take this same path.
 */
import { rmSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Outcome } from '../core/node.ts';
import { traceLine } from '../core/trace.ts';
import type { BackendName } from './backends/backend.ts';
import type { FromNode, ToNode } from './launch/control-message.ts';
import { hostIdentity } from './launch/host-identity.ts';
import { join, type NodeLink, newLife } from './launch/join.ts';
import type { Membership } from './launch/membership.ts';
import { NodeAssembly, type RunMessage } from './launch/node-assembly.ts';
import { OutgoingRows } from './launch/outgoing-rows.ts';
import type { TraceWriter } from './process.ts';

/** How a node is run. */
export interface RunNodeOptions extends Membership {
  /** Forces a backend on this node; null: as the run says. */
  readonly backend: BackendName | null;
  /** How long a run that does not answer yet is waited for. */
  readonly joinMillisMax: number;
  /** What somebody who watches this node wants to read, a line at a time. */
  readonly log: (line: string) => void;
}

/**
 * Runs a node. Resolves when it has left its run in order, with how the run ended for it; rejects
 * with why it could not go on.
 */
export async function runNode(options: RunNodeOptions): Promise<Outcome> {
  const life = newLife();
  const run = new NodeRun(options, life);
  try {
    const { link, peer } = await join(
      {
        id: options.id,
        address: options.join,
        token: options.token,
        life,
        joinMillisMax: options.joinMillisMax,
        waiting: reason => options.log(`waiting for the run: ${reason}`)
      },
      run
    );
    run.begin(link, peer);
    return await run.over;
  } finally {
    await run.close();
  }
}

const pulseMillis = 1000;

class NodeRun {
  /** Settles when the node has left, or cannot go on. */
  readonly over: Promise<Outcome>;
  readonly #options: RunNodeOptions;
  readonly #life: string;
  readonly #rows = new OutgoingRows(message => this.#tell(message));
  #resolve: (outcome: Outcome) => void = () => {};
  #reject: (error: Error) => void = () => {};
  #link: NodeLink | null = null;
  #assembly: NodeAssembly | null = null;
  #waitsFor: string | null = '';
  #outcome: Outcome = { kind: 'failed', reason: 'the node has not ended' };
  #pulse: NodeJS.Timeout | null = null;
  /** The supervisor's folder, which is left to its nodes when it is killed. */
  #folder: string | null = null;

  constructor(options: RunNodeOptions, life: string) {
    this.#options = options;
    this.#life = life;
    this.over = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    // It may fail before anybody waits for it.
    this.over.catch(() => {});
  }

  begin(link: NodeLink, clock: { clockOffsetNanos: number; roundTripNanos: number }): void {
    this.#link = link;
    const { clockOffsetNanos, roundTripNanos } = clock;
    link.send({
      kind: 'here',
      host: hostIdentity(),
      hostName: hostname(),
      pid: process.pid,
      nodeVersion: process.version,
      clockOffsetNanos,
      roundTripNanos
    });
  }

  message(message: ToNode): void {
    switch (message.kind) {
      case 'run':
        this.#prepare(message).catch((error: unknown) => this.#fail(error));
        break;
      case 'peers':
        this.#assembled().connect(message);
        this.#checkReady();
        break;
      case 'go':
        this.#start();
        break;
      case 'fault':
        this.#assembled().fault(message.strand, message.phase);
        break;
      case 'leave':
        this.#resolve(this.#outcome);
        break;
      case 'abort':
        this.#reject(new Error(`the run has ended: ${message.reason}`));
        break;
    }
  }

  model(...model: Parameters<NodeAssembly['take']>): void {
    this.#assembled().take(...model);
  }

  closed(reason: string): void {
    this.#reject(new Error(`the supervisor is gone: ${reason}`));
    if (this.#folder !== null) rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Ends what is open. */
  async close(): Promise<void> {
    if (this.#pulse !== null) clearInterval(this.#pulse);
    await this.#assembly?.close();
    this.#link?.end();
  }

  async #prepare(run: RunMessage): Promise<void> {
    // Invariant: the link is there, since it brought the run.
    const { localHost } = this.#link!.connection;
    this.#folder = run.socketFolder;
    const assembly = await NodeAssembly.create(
      {
        membership: this.#options,
        run,
        life: this.#life,
        localHost,
        backend: this.#options.backend,
        trace: run.trace ? this.#tracer() : null
      },
      {
        changed: () => this.#checkReady(),
        model: model => {
          // All workers make the same one, and servers need it.
          if (this.#options.id === 'w0') this.#link?.sendModel(model);
        },
        row: row => this.#rows.row(row),
        began: at => {
          if (this.#options.id === 'c') this.#tell({ kind: 'began', at });
        },
        clock: clock => this.#tell({ kind: 'clock', clock }),
        frozen: () => this.#tell({ kind: 'frozen' }),
        stopped: outcome => this.#end(outcome),
        failed: error => this.#fail(error),
        refused: (error, remote) => {
          if (error.fault !== 'busy') this.#options.log(`refused ${remote}: ${error.message}`);
        }
      }
    );
    this.#assembly = assembly;
    this.#tell({ kind: 'listening', addresses: await assembly.listen() });
    this.#checkReady();
  }

  #start(): void {
    const assembly = this.#assembled();
    this.#pulse = setInterval(() => {
      this.#tell({ kind: 'pulse', ...assembly.pulse() });
    }, pulseMillis);
    this.#tell({ kind: 'started', origin: String(assembly.start()) });
  }

  #end(outcome: Outcome): void {
    const assembly = this.#assembled();
    this.#outcome = outcome;
    if (this.#pulse !== null) clearInterval(this.#pulse);
    for (const row of assembly.lastRows()) this.#rows.row(row);
    this.#rows.flush();
    this.#tell({ kind: 'ended', outcome, report: assembly.report() });
  }

  // Tells when everything is there, and until then what is not: a start that hangs has a reason.
  #checkReady(): void {
    const assembly = this.#assembly;
    if (assembly === null || this.#waitsFor === null) return;
    const waitsFor = assembly.waitsFor();
    if (waitsFor === this.#waitsFor) return;
    this.#waitsFor = waitsFor;
    if (waitsFor === null) this.#tell({ kind: 'ready', device: assembly.device });
    else this.#tell({ kind: 'waiting', waitsFor });
  }

  #fail(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.#tell({ kind: 'failed', reason });
    this.#reject(error instanceof Error ? error : new Error(reason));
  }

  #tell(message: FromNode): void {
    this.#link?.send(message);
  }

  #tracer(): TraceWriter {
    return {
      handled: (_node, now, input, effects) => {
        this.#rows.trace(`${JSON.stringify(traceLine(now, input, effects))}\n`);
      }
    };
  }

  #assembled(): NodeAssembly {
    if (this.#assembly !== null) return this.#assembly;
    throw new Error('the supervisor goes on before this node is prepared');
  }
}
